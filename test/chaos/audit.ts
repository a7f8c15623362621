import type { FileEventData } from '../../src/pipeline/notify/file-event.ts';
import type { CloudEvent } from '../../src/shared/cloud-event.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { isEnd } from '../../src/cli/await-files.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import type { ChaosFile } from './chaos-files.ts';
import { timeless, type Outputs } from './evidence.ts';

/** What is wrong with a run, by what an operator would call it. */
export interface Violation {
  readonly kind: 'lost' | 'doubled' | 'partial' | 'unexplained';
  readonly what: string;
}

/** A file version and what has to become of it. */
export interface PutFile extends UploadedFile {
  readonly expected: ChaosFile;
}

/** Everything that a run left behind. */
export interface Evidence {
  readonly files: readonly PutFile[];
  readonly ledger: readonly LedgerItem[];
  readonly outputs: Outputs;
  readonly events: readonly CloudEvent<FileEventData>[];
  /** Messages in the ingest queue and the dead-letter queue at the end. */
  readonly messagesLeft: number;
  /** Whether S3 aborts what is left of an unfinished upload after some time. */
  readonly uploadsAreAborted: boolean;
}

/** What stood still when the queue was empty, and what an operator then found: first what was missed. */
export interface Standstill {
  readonly ledger: readonly LedgerItem[];
  /** Ids of the files that a reconciliation found. */
  readonly missed: readonly string[];
  /** How many notifications of S3 were lost on purpose, to whichever queue. */
  readonly lostNotifications: number;
  /** Ids of the files whose messages lay in the dead-letter queue; null for a message of no file. */
  readonly deadLetters: readonly (string | null)[];
}

/** Holds a run's end against what was put and against the fault-free run. */
export function audit(run: Evidence, reference: Outputs): Violation[] {
  const items = new Map(run.ledger.map((item) => [item.fileId, item]));
  const known = new Set(run.files.map(({ fileId }) => fileId));
  const strangers = run.ledger.filter(({ fileId }) => !known.has(fileId));
  return [
    ...run.files.flatMap((file) => auditItem(file, items.get(file.fileId))),
    ...run.files.flatMap((file) => auditRows(file, items.get(file.fileId), run.outputs)),
    ...strangers.map((item) => violation('doubled', `${item.source}: an item for no file`)),
    ...auditEvents(run),
    ...auditOutputs(run.outputs, reference),
    ...auditVisible(run),
    ...auditLeftovers(run),
  ];
}

const violation = (kind: Violation['kind'], what: string): Violation => ({ kind, what });

const nameOf = ({ key, fileId }: UploadedFile): string => `${key} (${fileId})`;

/** Each version has one end, the right one, and reached it once. */
function auditItem(file: PutFile, item: LedgerItem | undefined): Violation[] {
  const name = nameOf(file);
  if (item === undefined) return [violation('lost', `${name}: not in the ledger`)];
  const { history = [], status, code } = item;
  const found: Violation[] = [];
  if (status !== file.expected.end) {
    const end = `${status} ${code ?? ''}`.trim();
    found.push(violation('lost', `${name}: ended ${end}, not ${file.expected.end}`));
  }
  const ends = history.filter((record) => record.status !== 'FAILED');
  if (ends.length === 0) found.push(violation('lost', `${name}: its history has no end`));
  if (ends.length > 1) found.push(violation('doubled', `${name}: ended ${ends.length} times`));
  const attempts = history.map(({ attempt }) => attempt);
  if (new Set(attempts).size < attempts.length) {
    found.push(violation('doubled', `${name}: attempts ${attempts.join(', ')} in its history`));
  }
  for (const { attempt, status: end, code: reason } of history) {
    if (end === 'FAILED' && reason === undefined) {
      found.push(violation('unexplained', `${name}: attempt ${attempt} failed without a code`));
    }
  }
  return found;
}

/** Rows read are rows written and rows rejected, in the ledger and counted again in the objects. */
function auditRows(file: PutFile, item: LedgerItem | undefined, { objects }: Outputs): Violation[] {
  if (item?.status !== 'SUCCEEDED') return [];
  const { written, rejected } = file.expected;
  const stated = [item.rowsRead, item.rowsWritten, item.rowsRejected].join(', ');
  const linesAt = (key: string | null | undefined): number => {
    if (key == null) return 0;
    const output = objects.get(timeless(key));
    return output?.key === key ? (output.lines ?? -1) : -1;
  };
  const counted = [linesAt(item.processedKey), linesAt(item.rejectedKey)].join(', ');
  const found: Violation[] = [];
  if (stated !== [written + rejected, written, rejected].join(', ')) {
    found.push(violation('partial', `${nameOf(file)}: the ledger states ${stated} rows`));
  }
  if (counted !== [written, rejected].join(', ')) {
    found.push(violation('partial', `${nameOf(file)}: its objects hold ${counted} rows`));
  }
  return found;
}

/** Whoever drops events of an id that it has seen is told of each file's end once. */
function auditEvents({ files, events }: Evidence): Violation[] {
  const ids = new Map<string, Set<string>>();
  for (const { id, data } of events) {
    if (data.status === 'FAILED') continue;
    const seen = ids.get(data.file.fileId) ?? new Set();
    ids.set(data.file.fileId, seen.add(id));
  }
  return files.flatMap((file) => {
    const { size } = ids.get(file.fileId) ?? { size: 0 };
    if (size === 1) return [];
    const kind = size === 0 ? 'lost' : 'doubled';
    return [violation(kind, `${nameOf(file)}: ${size} different events of its end`)];
  });
}

/** The outputs are, and always were, those of the run without faults, byte for byte. */
function auditOutputs({ objects, repeated }: Outputs, reference: Outputs): Violation[] {
  const missing = [...reference.objects].filter(([key]) => !objects.has(key));
  const more = [...objects].filter(([key]) => !reference.objects.has(key));
  const other = [...objects].filter(([key, { digest }]) => {
    const expected = reference.objects.get(key);
    return expected !== undefined && expected.digest !== digest;
  });
  const unsteady = [...objects].filter(([, { isSteady }]) => !isSteady);
  return [
    ...missing.map(([key]) => violation('lost', `${key}: not there`)),
    ...more.map(([key]) => violation('doubled', `${key}: not there without faults`)),
    ...other.map(([key]) => violation('partial', `${key}: other bytes than without faults`)),
    ...unsteady.map(([key]) =>
      violation('partial', `${key}: had other bytes, or was gone, before`),
    ),
    ...repeated.map((key) => violation('doubled', `${key}: in another day or hour, too`)),
  ];
}

/** What lies under `processed/` belongs to a file that succeeded. */
function auditVisible({ ledger, outputs }: Evidence): Violation[] {
  const owned = new Set(
    ledger.flatMap(({ status, processedKey }) =>
      status === 'SUCCEEDED' && processedKey != null ? [timeless(processedKey)] : [],
    ),
  );
  return [...outputs.objects.keys()]
    .filter((key) => key.startsWith('processed/') && !owned.has(key))
    .map((key) => violation('partial', `${key}: visible, but of no file that succeeded`));
}

function auditLeftovers({ messagesLeft, uploadsAreAborted, outputs }: Evidence): Violation[] {
  const { openUploads } = outputs;
  return [
    ...(messagesLeft > 0 ? [violation('unexplained', `${messagesLeft} messages are left`)] : []),
    ...(openUploads > 0 && !uploadsAreAborted
      ? [violation('unexplained', `${openUploads} unfinished uploads that nobody will abort`)]
      : []),
  ];
}

/**
 * When the queue is empty, each file that has no end lies in the dead-letter queue, and says why, or is one that
 * nothing was told of, which a reconciliation finds.
 */
export function auditStandstill(
  files: readonly PutFile[],
  { ledger, missed, lostNotifications, deadLetters }: Standstill,
): Violation[] {
  const items = new Map(ledger.map((item) => [item.fileId, item]));
  const dead = new Set(deadLetters);
  const explained = new Set([...missed, ...deadLetters]);
  const untold = missed.filter((fileId) => !dead.has(fileId)).length - lostNotifications;
  const known = new Set<string | null>(files.map(({ fileId }) => fileId));
  const unexplained = files.filter(
    ({ fileId }) => !isEnded(items.get(fileId)) && !explained.has(fileId),
  );
  const found = missed.filter((fileId) => items.has(fileId) || !known.has(fileId));
  const strange = deadLetters.filter((fileId) => !known.has(fileId));
  return [
    ...unexplained.map((file) => {
      const { status = 'not in the ledger' } = items.get(file.fileId) ?? {};
      const place = 'neither at its end, nor in the dead-letter queue, nor missed';
      return violation('unexplained', `${nameOf(file)}: ${status}, ${place}`);
    }),
    ...(untold > 0
      ? [violation('lost', `${untold} files or more that were told of are missed`)]
      : []),
    ...found.map((id) => violation('unexplained', `${id}: said to be missed, and is not`)),
    ...strange.map(() => violation('unexplained', 'a dead letter that is of no file')),
  ];
}

export const isEnded = (item: LedgerItem | undefined): boolean =>
  item !== undefined && isEnd(item.status);
