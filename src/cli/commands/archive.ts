import type { Archive } from '../../datasets/contract.ts';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { archiveSource } from '../../pipeline/archive/archive-source.ts';
import { classifyError } from '../../shared/aws-errors.ts';
import { describeFailure, type Failure } from '../../shared/failure.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { fileOfItem } from '../operate/file-of-item.ts';
import { beginOperation, type OperateOptions } from '../operate/operation.ts';
import { formatFiles, hasArchiveFault, keyOf } from './file-rows.ts';
import { findItems, unknownFile } from './find-items.ts';
import { latestItems } from './latest-items.ts';

export interface ArchiveOptions extends OperateOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  /** Take all files whose archive has failed. */
  readonly failed?: boolean;
  /** Contracts of the deployment. */
  readonly contracts: ContractRegistry;
}

/**
 * Archives the source objects of files that have succeeded, as the pipeline would have: those named, or
 * all whose archive has failed.
 *
 * @returns the exit code: 1 when a source object could not be archived
 */
export async function archive(
  deployment: Deployment,
  files: readonly string[],
  { since, failed = false, json = false, reason, contracts }: ArchiveOptions,
  console: Console,
): Promise<number> {
  const items = failed
    ? await Array.fromAsync(faultyItems(deployment, since))
    : await namedItems(deployment, files, since);
  const wanted = items.flatMap((item) => {
    const action = actionFor(item, contracts);
    if (action !== undefined) return [{ item, action }];
    console.note(`${keyOf(item)}: ${item.status}: nothing to archive.`);
    return [];
  });
  if (wanted.length > 0) {
    const filter = { files: failed ? undefined : files, failed };
    const concerned = wanted.map(({ item }) => item);
    await beginOperation(deployment, { action: 'archive', reason, filter, items: concerned });
  }
  const ended: LedgerItem[] = [];
  for (const { item, action } of wanted) ended.push(await archiveItem(deployment, item, action));
  if (json) console.result(JSON.stringify(ended, null, 2));
  else console.result(ended.length === 0 ? 'No files.' : formatFiles(ended));
  return ended.some(hasArchiveFault) ? 1 : 0;
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
