import type { Archive } from '../../datasets/contract.ts';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { archiveSource } from '../../pipeline/archive/archive-source.ts';
import { classifyError } from '../../shared/aws-errors.ts';
import { describeFailure, type Failure } from '../../shared/failure.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatFiles, hasArchiveFault, keyOf, shownKey } from '../files/file-rows.ts';
import { findItems, unknownFile } from '../files/find-items.ts';
import { latestItems } from '../files/latest-items.ts';
import { fileOfItem } from '../operate/file-of-item.ts';
import { formatPlan } from '../operate/format-plan.ts';
import { beginOperation, mayAct, tellNothingDone, type BulkOptions } from '../operate/operation.ts';

export interface ArchiveOptions extends BulkOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  /** Take all files whose archive has failed. */
  readonly failed?: boolean;
  /** Only files whose object key begins with it. */
  readonly prefix?: string;
  /** Contracts of the deployment. */
  readonly contracts: ContractRegistry;
}

/** What `archive --json` answers. */
export interface ArchiveAnswer {
  /** Null when nothing was done. */
  readonly operationId: string | null;
  /** The files that are to be archived, as they stand now. */
  readonly files: readonly LedgerItem[];
  /** Files of which nothing is to be archived. */
  readonly leftAlone: readonly Pick<LedgerItem, 'source' | 'fileId' | 'status'>[];
}

interface ArchivedFile {
  readonly item: LedgerItem;
  readonly action: Archive;
}
interface Chosen {
  readonly wanted: readonly ArchivedFile[];
  readonly left: readonly LedgerItem[];
}

/**
 * Archives the source objects of files that have succeeded, as the pipeline would have: those named, or
 * all whose archive has failed. As this may delete source objects, many are only listed unless it is confirmed.
 *
 * @returns the exit code: 1 when a source object could not be archived, or it was not told to do it
 */
export async function archive(
  deployment: Deployment,
  files: readonly string[],
  options: ArchiveOptions,
  console: Console,
): Promise<number> {
  const chosen = await choose(deployment, files, options);
  const items = chosen.wanted.map(({ item }) => item);
  for (const item of chosen.left) {
    console.note(`${shownKey(item)}: ${item.status}: nothing to archive.`);
  }
  if (!mayAct(options, items.length) || items.length === 0) {
    answer({ files: items, left: chosen.left, operationId: null }, options, console);
    return items.length === 0 ? 0 : tellNothingDone(options, items.length, console);
  }
  const { reason, failed, prefix } = options;
  const filter = { files: failed === true ? undefined : files, failed, prefix };
  const operationId = await beginOperation(deployment, {
    action: 'archive',
    reason,
    filter,
    items,
  });
  const ended: LedgerItem[] = [];
  for (const { item, action } of chosen.wanted) {
    ended.push(await archiveItem(deployment, item, action));
  }
  answer({ files: ended, left: chosen.left, operationId }, options, console);
  return ended.some(hasArchiveFault) ? 1 : 0;
}

async function choose(
  deployment: Deployment,
  files: readonly string[],
  { since, failed = false, prefix = '', contracts }: ArchiveOptions,
): Promise<Chosen> {
  const found = failed
    ? await Array.fromAsync(faultyItems(deployment, since))
    : await namedItems(deployment, files, since);
  const items = found.filter((item) => keyOf(item).startsWith(prefix));
  const wanted: ArchivedFile[] = [];
  const left: LedgerItem[] = [];
  for (const item of new Map(items.map((item) => [item.fileId, item])).values()) {
    const action = actionFor(item, contracts);
    if (action === undefined) left.push(item);
    else wanted.push({ item, action });
  }
  return { wanted, left };
}

interface Done {
  readonly files: readonly LedgerItem[];
  readonly left: readonly LedgerItem[];
  readonly operationId: string | null;
}

function answer(
  { files, left, operationId }: Done,
  { json = false }: ArchiveOptions,
  console: Console,
): void {
  if (json) {
    const leftAlone = left.map(({ source, fileId, status }) => ({ source, fileId, status }));
    const shown: ArchiveAnswer = { operationId, files, leftAlone };
    console.result(JSON.stringify(shown, null, 2));
  } else if (files.length === 0) console.result('No files to archive.');
  else console.result(operationId === null ? formatPlan(files) : formatFiles(files));
  if (operationId !== null) console.note(`Operation: ${operationId}`);
}

async function* faultyItems({ ledger }: Deployment, since: number): AsyncGenerator<LedgerItem> {
  for await (const item of latestItems(ledger, since)) if (hasArchiveFault(item)) yield item;
}

/** All versions of the files that are named. */
async function namedItems(
  deployment: Deployment,
  files: readonly string[],
  since: number,
): Promise<LedgerItem[]> {
  const items: LedgerItem[] = [];
  for (const file of files) {
    const versions = await findItems(deployment, file, since);
    if (versions.length === 0) throw unknownFile(file);
    items.push(...versions);
  }
  return items;
}

/** As the pipeline decides: replays, and what did not succeed, are left alone. */
function actionFor(item: LedgerItem, contracts: ContractRegistry): Archive | undefined {
  if (item.status !== 'SUCCEEDED' || item.replay !== undefined) return undefined;
  return contracts.match(keyOf(item))?.millrace.archive;
}

/** @returns the file's item, with what came of it */
async function archiveItem(
  { s3, ledger, ledgerWriter, outputs }: Deployment,
  item: LedgerItem,
  action: Archive,
): Promise<LedgerItem> {
  const file = fileOfItem(item);
  const { arrivedAt, contentHash = '' } = item;
  const bucket = outputs.TargetBucketName;
  const options = { s3, ledger: ledgerWriter, bucket, action, now: () => new Date() };
  try {
    await archiveSource({ file, arrivedAt, contentHash }, options);
  } catch (error) {
    await ledgerWriter.recordArchiveFailure(file, failureOf(error), new Date().toISOString());
  }
  return (await ledger.get(file)) ?? item;
}

/** The same words as if the pipeline had met the error. */
function failureOf(error: unknown): Failure {
  const { name, message } = classifyError(error) as Error;
  return describeFailure({ Error: name, Cause: message });
}
