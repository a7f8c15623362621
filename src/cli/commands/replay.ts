import type { FileRequest } from '../../shared/file-request.ts';
import { fileIdOf, type FileVersion } from '../../shared/file-version.ts';
import { sourceOf, type FileStatus, type LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { isMeant } from '../operate/file-filter.ts';
import { fileOfItem } from '../operate/file-of-item.ts';
import { filesOf, formatPlan } from '../operate/format-plan.ts';
import { beginOperation, mayAct, tellNothingDone, type BulkOptions } from '../operate/operation.ts';
import { requestFiles, tellUnsent, type Unsent } from '../operate/request-files.ts';

export interface ReplayOptions extends BulkOptions {
  /** Name of the replay. */
  readonly as: string;
  readonly prefix?: string;
  readonly dataset?: string;
}

/** What `replay --json` answers. */
export interface ReplayAnswer {
  readonly replay: string;
  /** Null when nothing was done. */
  readonly operationId: string | null;
  /** The originals of the files that are processed once more, each with the file id that it has in the replay. */
  readonly replayed: readonly (Original & { readonly replayFileId: string })[];
  readonly leftAlone: readonly (Original & { readonly why: string })[];
  readonly unsent: readonly { readonly fileId: string; readonly reason: string }[];
}

type Original = Pick<LedgerItem, 'fileId' | 'status'> & { readonly key: string };

const DAY_MILLISECONDS = 86_400_000;

interface ReplayedFile {
  readonly item: LedgerItem;
  readonly file: FileVersion;
}
interface LeftOriginal {
  readonly item: LedgerItem;
  readonly why: string;
}
interface Chosen {
  readonly replayed: readonly ReplayedFile[];
  readonly left: readonly LeftOriginal[];
}

/** Where files stand that are replayed: the pipeline has read them to an end. */
const ENDED: readonly FileStatus[] = ['SUCCEEDED', 'REJECTED', 'SKIPPED'];

/**
 * Processes every file that arrived in UTC days once more, as files of a replay: their outputs lie under
 * `replays/<name>/`, and nothing of the originals changes. Doing it again does what is missing.
 *
 * @param days oldest first
 * @returns the exit code: 1 when a file could not be asked for
 */
export async function replay(
  deployment: Deployment,
  days: readonly string[],
  options: ReplayOptions,
  console: Console,
): Promise<number> {
  const chosen = await choose(deployment, days, options);
  const items = chosen.replayed.map(({ item }) => item);
  if (options.json !== true) show(chosen, options, console);
  if (items.length === 0) return answer({ chosen, options }, console);
  if (!mayAct(options, items.length)) {
    answer({ chosen, options }, console);
    return tellNothingDone(options, items.length, console);
  }
  const { as, prefix, dataset, reason } = options;
  const filter = { as, from: days[0], to: days.at(-1), prefix, dataset };
  const operationId = await beginOperation(deployment, { action: 'replay', reason, filter, items });
  const unsent = await requestFiles(deployment, chosen.replayed.map(requestOf(operationId)));
  return answer({ chosen, options, operationId, unsent }, console);
}

async function choose(
  { ledger, outputs }: Deployment,
  days: readonly string[],
  { as, prefix, dataset }: ReplayOptions,
): Promise<Chosen> {
  const filter = {
    ...(prefix !== undefined && { prefix }),
    ...(dataset !== undefined && { dataset }),
  };
  const [first = '', last = first] = [days[0], days.at(-1)];
  const to = new Date(Date.parse(last) + DAY_MILLISECONDS - 1);
  const found: LeftOriginal[] = [];
  const candidates: ReplayedFile[] = [];
  for await (const item of ledger.arrivedBetween(new Date(first), to)) {
    if (!isMeant(item, filter)) continue;
    if (isGone(item)) found.push({ item, why: whyNot('SOURCE_DELETED') });
    else if (ENDED.includes(item.status)) {
      candidates.push({ item, file: inReplay(item, as, outputs.TargetBucketName) });
    } else found.push({ item, why: whyNot(item.status) });
  }
  const known = await statusesOf(ledger, candidates);
  const missing = candidates.filter(({ file }) => !isDone(known.get(file.fileId)));
  const done = candidates.filter(({ file }) => isDone(known.get(file.fileId)));
  const why = `it is in the replay ${as} already`;
  return { replayed: missing, left: [...found, ...done.map(({ item }) => ({ item, why }))] };
}

/** Whether no bytes of a version are left: it was deleted for good, and lies in no archive. */
const isGone = ({ sourceDeletedAt, archive }: LedgerItem): boolean =>
  sourceDeletedAt !== undefined && archive?.key === undefined;

/** A version in a replay: a file of its own. Its bytes may have been moved to the target bucket's archive. */
export function inReplay(item: LedgerItem, name: string, targetBucket: string): FileVersion {
  const file = { ...fileOfItem(item), replay: name };
  const fileId = fileIdOf(file);
  const key = item.archive?.key;
  if (key === undefined) return { ...file, fileId };
  return { ...file, fileId, location: { bucket: targetBucket, key, versionId: null } };
}

/** Where files of the replay stand that are in the ledger already, by file id. */
async function statusesOf(
  ledger: Deployment['ledger'],
  files: readonly ReplayedFile[],
): Promise<Map<string, FileStatus>> {
  const keys = files.map(({ file }) => ({ source: sourceOf(file), fileId: file.fileId }));
  const statuses = new Map<string, FileStatus>();
  for await (const { fileId, status } of ledger.existing(keys)) statuses.set(fileId, status);
  return statuses;
}

/** A file of the replay that failed, or is abandoned, is asked for again. */
const isDone = (status: FileStatus | undefined): boolean =>
  status !== undefined && status !== 'FAILED' && status !== 'RUNNING';

function whyNot(status: FileStatus): string {
  if (status === 'FORGOTTEN') return 'it was forgotten, and is never processed again';
  if (status === 'SOURCE_DELETED') return 'it is gone from the source bucket';
  return 'it has not come to an end; "npx millrace retry" tries again what failed';
}

const requestOf =
  (operationId: string) =>
  ({ item, file }: ReplayedFile): FileRequest => ({
    file,
    arrivedAt: item.arrivedAt,
    operationId,
  });

function show({ replayed, left }: Chosen, { as }: ReplayOptions, console: Console): void {
  console.result(
    replayed.length === 0 ? 'No files to replay.' : formatPlan(replayed.map(({ item }) => item)),
  );
  const kinds = Map.groupBy(left, ({ item, why }) => `${item.status}: ${why}`);
  for (const [kind, files] of kinds) {
    console.note(`Left alone: ${filesOf(files.length)} ${kind}`);
  }
  if (replayed.length > 0) console.note(`Outputs: replays/${as}/ in the target bucket.`);
}

interface Done {
  readonly chosen: Chosen;
  readonly options: ReplayOptions;
  readonly operationId?: string;
  readonly unsent?: readonly Unsent[];
}

/** Tells what was done; returns the exit code. */
function answer(done: Done, console: Console): number {
  const { chosen, options, operationId, unsent = [] } = done;
  if (options.json === true) console.result(jsonOf(done));
  if (operationId !== undefined) {
    const asked = filesOf(chosen.replayed.length - unsent.length);
    console.note(`Asked for ${asked}. Operation: ${operationId}`);
    console.note(`See them with "npx millrace status --replay ${options.as} --since 30d".`);
  }
  tellUnsent(unsent, console);
  return unsent.length === 0 ? 0 : 1;
}

function jsonOf({ chosen, options, operationId, unsent = [] }: Done): string {
  const shown: ReplayAnswer = {
    replay: options.as,
    operationId: operationId ?? null,
    replayed: chosen.replayed.map(({ item, file }) => ({
      ...originalOf(item),
      replayFileId: file.fileId,
    })),
    leftAlone: chosen.left.map(({ item, why }) => ({ ...originalOf(item), why })),
    unsent: unsent.map(({ request, reason }) => ({ fileId: request.file.fileId, reason })),
  };
  return JSON.stringify(shown, null, 2);
}

function originalOf(item: LedgerItem): Original {
  const { key, fileId } = fileOfItem(item);
  return { key, fileId, status: item.status };
}
