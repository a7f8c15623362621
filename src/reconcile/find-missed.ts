import { BATCH_KEYS } from '../shared/batch-get.ts';
import { batchesOf } from '../shared/batches.ts';
import type { FileVersion } from '../shared/file-version.ts';
import { sourceOf, type LedgerItem } from '../shared/ledger/ledger-item.ts';
import type { LedgerReader } from '../shared/ledger/ledger-reader.ts';
import type { ListedVersion, VersionsPage } from './object-versions.ts';

/**
 * A worker that lives renews its claim long before it lapses, and the queue delivers the file of one that
 * died soon after: a claim that lapsed so long ago has been left alone.
 */
export const STUCK_AFTER_MILLISECONDS = 15 * 60_000;

/** How a file of the source bucket does not match the ledger. */
export const Mismatch = {
  /** The ledger does not know it. */
  MISSED: 'MISSED',
  /** It is RUNNING there, but nobody has been at it for long. */
  STUCK: 'STUCK',
} as const;
export type Mismatch = (typeof Mismatch)[keyof typeof Mismatch];

/** A file that is not, and will not be, processed unless somebody asks for it. */
export interface MissedFile {
  readonly file: FileVersion;
  readonly mismatch: Mismatch;
  /** ISO 8601. */
  readonly arrivedAt: string;
}

/** Which files are looked at: those that arrived between two instants, both included. */
export interface ArrivalSpan {
  readonly since: Date;
  readonly until: Date;
}

/** What came of a part of the listing. */
export interface ReconciledPage {
  /** How many files had arrived in the span. */
  readonly looked: number;
  /** In the order of the listing. */
  readonly missed: readonly MissedFile[];
  /** The object key up to which the listing has come; null at its end. */
  readonly reachedKey: string | null;
}

/** The part of the ledger that is read. */
export type KnownFiles = Pick<LedgerReader, 'existing'>;

/** Holds a listing against the ledger, page by page: memory stays flat whatever the bucket holds. */
export async function* reconciledPages(
  pages: AsyncIterable<VersionsPage>,
  ledger: KnownFiles,
  span: ArrivalSpan,
  now: Date,
): AsyncGenerator<ReconciledPage> {
  for await (const { versions, reachedKey } of pages) {
    const arrived = versions.filter(({ lastModified }) => isWithin(lastModified, span));
    const known = await knownItems(ledger, arrived);
    const missed = arrived.flatMap((version) => missedFile(version, known, now));
    yield { looked: arrived.length, missed, reachedKey };
  }
}

const isWithin = (instant: Date, { since, until }: ArrivalSpan): boolean =>
  instant >= since && instant <= until;

/** The ledger's items of versions by file id; as many batches at once as a page needs, which are ten. */
async function knownItems(
  ledger: KnownFiles,
  versions: readonly ListedVersion[],
): Promise<ReadonlyMap<string, LedgerItem>> {
  const keys = versions.map(({ file }) => ({ source: sourceOf(file), fileId: file.fileId }));
  const batches = await Promise.all(
    [...batchesOf(keys, BATCH_KEYS)].map((batch) => Array.fromAsync(ledger.existing(batch))),
  );
  return new Map(batches.flat().map((item) => [item.fileId, item]));
}

/** Empty when the ledger knows the file and somebody is, or was, at it. */
function missedFile(
  { file, lastModified }: ListedVersion,
  known: ReadonlyMap<string, LedgerItem>,
  now: Date,
): MissedFile[] {
  const item = known.get(file.fileId);
  if (item !== undefined && !isStuck(item, now)) return [];
  const mismatch = item === undefined ? Mismatch.MISSED : Mismatch.STUCK;
  return [{ file, mismatch, arrivedAt: lastModified.toISOString() }];
}

function isStuck({ status, leaseUntil }: LedgerItem, now: Date): boolean {
  if (status !== 'RUNNING' || leaseUntil === undefined) return false;
  return now.getTime() - leaseUntil > STUCK_AFTER_MILLISECONDS;
}
