import type { ErrorCode } from '../error-codes.ts';
import type { FileVersion } from '../file-version.ts';

/** Where a file stands. */
export const FileStatus = {
  RUNNING: 'RUNNING',
  SUCCEEDED: 'SUCCEEDED',
  REJECTED: 'REJECTED',
  FAILED: 'FAILED',
  /** Read, but not written: its contract skips contents that were written before. */
  SKIPPED: 'SKIPPED',
  /** Gone from the source bucket before it was processed; or the marker that says that a key is gone. */
  SOURCE_DELETED: 'SOURCE_DELETED',
  /** Its outputs were removed, by an operator or as its contract says. It is never processed again. */
  FORGOTTEN: 'FORGOTTEN',
} as const;
export type FileStatus = (typeof FileStatus)[keyof typeof FileStatus];

/** How an attempt ends. */
export const ATTEMPT_STATUSES = [
  'SUCCEEDED',
  'REJECTED',
  'FAILED',
  'SKIPPED',
] as const satisfies FileStatus[];
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** One finished try at a file. */
export interface AttemptRecord {
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly execution: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly code?: ErrorCode;
  /** Its beginning: the item has the latest one in full. */
  readonly reason?: string;
}

/** The file whose content another one has. */
export interface DuplicateOf {
  readonly fileId: string;
  readonly key: string;
}

/** What a finished attempt leaves in the ledger beside its record. */
export interface OutcomeDetails {
  readonly dataset?: string;
  readonly rowsRead?: number;
  readonly rowsWritten?: number;
  readonly rowsRejected?: number;
  readonly contentHash?: string;
  readonly processedKey?: string | null;
  readonly rejectedKey?: string | null;
  readonly manifestKey?: string;
  /** The file of the dataset that had the same content before. */
  readonly duplicateOf?: DuplicateOf;
}

/** All that a finished attempt may leave. */
export const OUTCOME_DETAILS = Object.keys({
  dataset: true,
  rowsRead: true,
  rowsWritten: true,
  rowsRejected: true,
  contentHash: true,
  processedKey: true,
  rejectedKey: true,
  manifestKey: true,
  duplicateOf: true,
} satisfies Record<keyof OutcomeDetails, true>) as (keyof OutcomeDetails)[];

/** What became of the source object of a file that succeeded and whose contract asks for an archive. */
export const ARCHIVE_STATUSES = ['ARCHIVED', 'TAGGED', 'NOT_ARCHIVED', 'FAILED'] as const;

export interface ArchiveRecord {
  /**
   * ARCHIVED is never taken back: a copy that was verified lies under `key`. If it has a code, the source
   * object could not be deleted. NOT_ARCHIVED and FAILED leave the source object as it is.
   */
  readonly status: (typeof ARCHIVE_STATUSES)[number];
  /** ISO 8601. */
  readonly at: string;
  /** The copy's key in the target bucket, once it is there. */
  readonly key?: string;
  readonly code?: ErrorCode;
  readonly reason?: string;
}

/**
 * The ledger's item for one file version. Partition key `source`, sort key `fileId`, so that all
 * versions of a key lie together; index `by-arrival` over `arrivalHour` and `arrivedAt`.
 */
export interface LedgerItem extends OutcomeDetails {
  /** `bucket/key`. */
  readonly source: string;
  readonly fileId: string;
  readonly versionId: string | null;
  readonly etag: string;
  readonly size: number;
  /** Null where no event has told of the version. */
  readonly sequencer: string | null;
  readonly status: FileStatus;
  /** Number of the latest attempt, 0 where there was none; every write of an attempt is conditional on it. */
  readonly attempt: number;
  readonly arrivedAt: string;
  /** Arrival hour and write shard, see `arrivalHour`. */
  readonly arrivalHour: string;
  /** When the running attempt started. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /**
   * The claim of a running attempt lapses then, in milliseconds since 1970. Left by one that failed without
   * its execution having been seen to end.
   */
  readonly leaseUntil?: number;
  /** Id of the queue message that holds the claim. */
  readonly claimedBy?: string;
  readonly code?: ErrorCode;
  readonly reason?: string;
  /** Events of the file that came when it was known already. */
  readonly duplicateEvents?: number;
  /** Every finished attempt, oldest first. */
  readonly history?: readonly AttemptRecord[];
  /** Name of the replay that the item belongs to; absent from what the source bucket brought. */
  readonly replay?: string | undefined;
  /** Where the version's bytes lay when it was claimed, if not where it arrived. */
  readonly location?: FileVersion['location'];
  /** Ids of what operators did to the file, oldest first; `OperationLog` has more of each. */
  readonly operations?: readonly string[];
  /** The version is a delete marker: it has no content, and while it is the newest the key is gone. */
  readonly deleteMarker?: true;
  /** When the version, or the marker, was deleted from the source bucket for good. */
  readonly sourceDeletedAt?: string;
  /** When the outputs of a forgotten version had been removed. */
  readonly outputsRemovedAt?: string;
  readonly archive?: ArchiveRecord;
}

/** Name of the index over arrival hours. */
export const BY_ARRIVAL_INDEX = 'by-arrival';

/**
 * Partitions of the index per hour. One partition takes 1,000 writes a second; four keep the
 * index ahead of what Lambda can start.
 */
export const ARRIVAL_SHARDS = 4;

/** Partition key of a file's ledger item. */
export const sourceOf = (file: Pick<FileVersion, 'bucket' | 'key'>): string =>
  `${file.bucket}/${file.key}`;

/** What names an item. */
export type LedgerKey = Pick<LedgerItem, 'source' | 'fileId'>;

/** The key of a file's ledger item. */
export const ledgerKeyOf = (file: Pick<FileVersion, 'bucket' | 'key' | 'fileId'>): LedgerKey => ({
  source: sourceOf(file),
  fileId: file.fileId,
});

/**
 * The index partition of a file: its arrival hour in UTC and a shard, `2026-11-20T16#2`. Files of a replay
 * lie in partitions of their own, `2026-11-20T16#2@name`, so that a day is not counted twice.
 */
export function arrivalHour(
  arrivedAt: string,
  file: Pick<FileVersion, 'fileId' | 'replay'>,
): string {
  const shard = Number.parseInt(file.fileId.slice(-2), 16) % ARRIVAL_SHARDS;
  return partitionOf(arrivedAt.slice(0, 13), shard, file.replay);
}

/** All index partitions of one hour, given as `YYYY-MM-DDTHH`; of a replay if one is named. */
export const arrivalPartitions = (hour: string, replay?: string): string[] =>
  Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => partitionOf(hour, shard, replay));

const partitionOf = (hour: string, shard: number, replay: string | undefined): string =>
  `${hour}#${shard}${replay === undefined ? '' : `@${replay}`}`;
