import type { ArchiveRecord } from '../../shared/ledger/ledger-item.ts';
import { timesUsage, sumOfUsages, type Usage } from './usage.ts';

/*
 * What each step of the file pipeline calls, one call after the other as its code makes them. The
 * calls of a step stand in one place, so that a test can hold them to what AWS has seen.
 */

const MIB = 1_048_576;
const KIB = 1_024;

/** lib-storage sends what fits one part as one PUT, and longer content in parts of this length. */
const UPLOAD_PART_BYTES = 5 * MIB;
/** The shortest parts that Transform Part sends. */
const SPLIT_PART_BYTES = 8 * MIB;
/** CreateMultipartUpload and CompleteMultipartUpload. */
const CALLS_AROUND_PARTS = 2;
/**
 * Powertools writes a record before a step's work and another one behind it. A result of less than
 * 1 KiB, like that of most steps, costs one unit each time.
 */
const IDEMPOTENCY_WRITES = 2;
/** What Resolve's result holds of a chunk: places, row and line. */
const RESOLVED_CHUNK_BYTES = 110;
/** What a function logs: Lambda's three JSON lines, and one of metrics. */
const FUNCTION_LOG_BYTES = 1_100;
/**
 * What the machine logs of one iteration of a Map at level ALL: six events with their data, and its part
 * of the data of those around.
 */
const ITERATION_LOG_BYTES = 11_000;

/** What the machine logs of one more Task at level ALL. */
const TASK_LOG_BYTES = 7_000;

/** What decides how many calls a file takes, as its manifest tells. */
export interface FileShape {
  /** Pieces in which the file was read: 1 where it was not split. */
  readonly chunks: number;
  readonly isCsv: boolean;
  /** Size of the processed object; 0 where there is none. */
  readonly processedBytes: number;
  readonly rowsRejected: number;
}

/** Memory of the functions in MiB, as they are deployed (a test holds the two together). */
export const FUNCTION_MEMORY = {
  Dispatch: 256,
  Validate: 512,
  Transform: 1_769,
  Write: 1_769,
  Scan: 1_769,
  Resolve: 512,
  TransformPart: 1_769,
  WriteSplit: 1_769,
  Quarantine: 256,
  Notify: 256,
  Archive: 1_769,
} as const;

/** One run of a guarded step: its invocation, its idempotency record and its log. */
const STEP: Partial<Usage> = {
  lambdaRequests: 1,
  writeUnits: IDEMPOTENCY_WRITES,
  logBytes: FUNCTION_LOG_BYTES,
};

const step = (calls: Partial<Usage> = {}): Usage => sumOfUsages(STEP, calls);

/** A sample from the start of the file. */
export const validateCalls = (): Usage => step({ s3Reads: 1 });

/** The whole file. */
export const transformCalls = (): Usage => step({ s3Reads: 1 });

/**
 * The claim of the content. A refused one, of a duplicate that is written all the same, costs as much. A
 * contract that allows duplicates saves it; its manifests do not tell, and are priced with it.
 */
const CONTENT_CLAIM: Partial<Usage> = { writeUnits: 1 };

/** A claim that is refused, and the item of the file that has the content, read consistently. */
const REFUSED_CLAIM: Partial<Usage> = { writeUnits: 1, halfReadUnits: 2 };

/** The whole file once more; records and rejected rows where there are any, and the manifest. */
export const writeCalls = ({ processedBytes, rowsRejected }: FileShape): Usage =>
  sumOfUsages(
    step({ s3Reads: 1, s3Writes: putsOf(processedBytes) + putsOfRejects(rowsRejected) + 1 }),
    CONTENT_CLAIM,
  );

/** What Write asks of a file that it skips: the whole file once more, and the manifest. */
export const skipCalls = (): Usage => sumOfUsages(step({ s3Reads: 1, s3Writes: 1 }), REFUSED_CLAIM);

/** One range. */
export const scanCalls = (): Usage => step({ s3Reads: 1, executionLogBytes: ITERATION_LOG_BYTES });

/** CreateMultipartUpload; the record grows with the chunks. */
export const resolveCalls = ({ chunks }: FileShape): Usage =>
  sumOfUsages(step({ s3Writes: 1 }), {
    writeUnits: Math.ceil((chunks * RESOLVED_CHUNK_BYTES) / KIB) - 1,
  });

/**
 * All chunks of a file. Each is one read; those of a CSV file behind the first read its header too.
 * Their records are sent as parts, their rejected rows and their summary are staged.
 */
export function transformPartsCalls(shape: FileShape): Usage {
  const { chunks, isCsv, processedBytes } = shape;
  return sumOfUsages(timesUsage(step({ executionLogBytes: ITERATION_LOG_BYTES }), chunks), {
    s3Reads: chunks + (isCsv ? chunks - 1 : 0),
    s3Writes: partsOf(processedBytes, chunks) + stagedOf(shape),
  });
}

/** What was staged; then CompleteMultipartUpload, rejected rows where there are any, and the manifest. */
export function writeSplitCalls(shape: FileShape): Usage {
  const { processedBytes, rowsRejected } = shape;
  const completed = processedBytes > 0 ? 1 : 0;
  return sumOfUsages(
    step({
      s3Reads: stagedOf(shape),
      s3Writes: completed + putsOfRejects(rowsRejected) + 1,
    }),
    CONTENT_CLAIM,
  );
}

/** What Write Split asks of a file that it skips: the summaries that the chunks staged, and the manifest. */
export const skipSplitCalls = ({ chunks }: FileShape): Usage =>
  sumOfUsages(step({ s3Reads: chunks, s3Writes: 1 }), REFUSED_CLAIM);

/** The copy of the original where there is one, the reason and the manifest. */
export const quarantineCalls = ({ isCopied }: { readonly isCopied: boolean }): Usage =>
  step({ s3Writes: (isCopied ? 1 : 0) + 2 });

/** Holds the ledger's item, publishes the event, and records the end in an item of so many bytes. */
export const notifyCalls = (itemBytes: number): Usage =>
  step({ snsPublishes: 1, writeUnits: 1 + writeUnitsOf(itemBytes) });

/** What Archive calls, by what came of it; deleting is free. */
const ARCHIVE_CALLS: Readonly<Record<ArchiveRecord['status'], Partial<Usage>>> = {
  // The copy, and the copy read again.
  ARCHIVED: { s3Writes: 1, s3Reads: 1 },
  // All tags read and written.
  TAGGED: { s3Writes: 1, s3Reads: 1 },
  NOT_ARCHIVED: {},
  // As if it had got as far as to be held against the file; then it is called again to record that.
  FAILED: sumOfUsages(STEP, { s3Writes: 1, s3Reads: 1, executionLogBytes: TASK_LOG_BYTES }),
};

/** Archives the source object, and records that in an item of so many bytes. */
export const archiveCalls = (status: ArchiveRecord['status'], itemBytes: number): Usage =>
  sumOfUsages(step(ARCHIVE_CALLS[status]), {
    writeUnits: writeUnitsOf(itemBytes),
    executionLogBytes: TASK_LOG_BYTES,
  });

/** Write units of a DynamoDB item. */
export const writeUnitsOf = (itemBytes: number): number => Math.max(1, Math.ceil(itemBytes / KIB));

/** PUT requests of an object that is uploaded as a whole; none for one without content. */
function putsOf(bytes: number): number {
  if (bytes === 0) return 0;
  if (bytes <= UPLOAD_PART_BYTES) return 1;
  return Math.ceil(bytes / UPLOAD_PART_BYTES) + CALLS_AROUND_PARTS;
}

/** A manifest does not tell the size of the rejected rows' object: it is taken to fit one PUT. */
const putsOfRejects = (rowsRejected: number): number => (rowsRejected > 0 ? 1 : 0);

/** At least one part a chunk; the manifest tells the size of all together. */
const partsOf = (processedBytes: number, chunks: number): number =>
  processedBytes === 0 ? 0 : Math.max(chunks, Math.ceil(processedBytes / SPLIT_PART_BYTES));

/**
 * Objects that the chunks stage: a summary each, and rejected rows. In which chunks those are is not
 * told: in as many as there may be.
 */
const stagedOf = ({ chunks, rowsRejected }: FileShape): number =>
  chunks + Math.min(chunks, rowsRejected);
