import type { LedgerFacts } from '../aggregate/ledger-facts.ts';
import type {
  ManifestFacts,
  RejectedFacts,
  SkippedFacts,
  SucceededFacts,
} from '../aggregate/manifest-facts.ts';
import { FileStatus, type AttemptStatus } from '../../shared/ledger/ledger-item.ts';
import { FileCode } from '../../shared/error-codes.ts';
import {
  archiveCalls,
  FUNCTION_MEMORY,
  notifyCalls,
  quarantineCalls,
  resolveCalls,
  scanCalls,
  skipCalls,
  skipSplitCalls,
  transformCalls,
  transformPartsCalls,
  validateCalls,
  writeCalls,
  writeSplitCalls,
  writeUnitsOf,
  type FileShape,
} from './calls.ts';
import { sumOfUsages, timesUsage, type Usage } from './usage.ts';

/*
 * What a file has used, in two parts that add up whichever is known first: the steps of the attempt
 * that succeeded or rejected it follow from its manifest, everything around them from its ledger item.
 */

const { Dispatch, Validate, Transform, Write, Quarantine, Notify, Archive } = FUNCTION_MEMORY;

const meanOf = (...memory: number[]): number =>
  Math.round(memory.reduce((sum, mebibytes) => sum + mebibytes, 0) / memory.length);

/**
 * Memory of the steps of an attempt, in MiB. They run one after the other, and how long each takes is
 * known nowhere: each is taken to last as long as the others.
 */
const STEPS_MEMORY = {
  SUCCEEDED: meanOf(Validate, Transform, Write, Notify),
  REJECTED: meanOf(Validate, Transform, Quarantine, Notify),
  FAILED: meanOf(Validate, Transform, Write, Notify),
  SKIPPED: meanOf(Validate, Transform, Write, Notify),
  RUNNING: meanOf(Validate, Transform, Write, Notify),
} as const satisfies Record<AttemptStatus | 'RUNNING', number>;

/** An Express execution is billed by 64 MiB and 100 ms. */
const EXPRESS_MEMORY = 64;
const EXPRESS_BILLED_MILLISECONDS = 100;
/**
 * What an execution logs at level ALL, with the data of its events and with what CloudWatch Logs counts
 * for each beside its text. An end-to-end test holds it to what the executions of the local AWS log.
 */
const EXECUTION_LOG_BYTES = { rejectedByValidate: 28_000, otherwise: 45_000 } as const;
/** What the dispatcher logs of a message: Lambda's three JSON lines, and one of metrics. */
const DISPATCH_LOG_BYTES = 1_100;
/** The dispatcher renews the message's visibility and the claim this often. */
const RENEWAL_MILLISECONDS = 10_000;
/** Receive, hold and delete, as if each message came in a batch of its own; ten share them at best. */
const MESSAGE_REQUESTS = 3;
/** The message's visibility is set to the back-off. */
const BACK_OFF_REQUESTS = 1;
/** What the functions of a split file read, decode and write a millisecond: about 19 MB/s. */
const SPLIT_BYTES_PER_MILLISECOND = 19_000;

/** Archive takes no longer. */
const LONGEST_ARCHIVING_MILLISECONDS = 50_000;

/** Codes that Validate rejects a file with; all others are found by a step behind it. */
const FOUND_BY_VALIDATE: ReadonlySet<string> = new Set([
  FileCode.EMPTY_FILE,
  FileCode.UNSUPPORTED_FORMAT,
  FileCode.BINARY_CONTENT,
  FileCode.WRONG_EXTENSION,
  FileCode.FILE_TOO_LARGE,
  FileCode.MALFORMED_HEADER,
  FileCode.TOO_MANY_COLUMNS,
  FileCode.DUPLICATE_COLUMN,
  FileCode.MISSING_REQUIRED_COLUMN,
  FileCode.NO_KNOWN_COLUMN,
  FileCode.OBJECT_NOT_FOUND,
]);

/** What the steps of the attempt used that wrote the manifest, but for Notify and their time. */
export function usageOfManifest(manifest: ManifestFacts): Usage {
  if (manifest.status === 'REJECTED') return usageOfRejection(manifest);
  if (manifest.status === 'SKIPPED') return usageOfSkip(manifest);
  const shape = shapeOf(manifest);
  if (shape.chunks > 1) {
    return sumOfUsages(usageOfChunks(shape, manifest.bytesRead), writeSplitCalls(shape));
  }
  return sumOfUsages(validateCalls(), transformCalls(), writeCalls(shape));
}

function shapeOf({ chunks, format, processedBytes, counts }: SucceededFacts): FileShape {
  return {
    chunks: chunks.length,
    isCsv: format.type === 'csv',
    processedBytes,
    rowsRejected: counts.rowsRejected,
  };
}

/** The chunks' functions run beside each other: their time is more than the attempt's. */
function usageOfChunks(shape: FileShape, bytesRead: number): Usage {
  const milliseconds = Math.ceil(bytesRead / SPLIT_BYTES_PER_MILLISECOND);
  return sumOfUsages(
    validateCalls(),
    timesUsage(scanCalls(), shape.chunks),
    resolveCalls(shape),
    transformPartsCalls(shape),
    { lambdaMibMilliseconds: milliseconds * FUNCTION_MEMORY.TransformPart },
  );
}

/** Of what the chunks of a skipped file have written its manifest tells nothing: as if it were nothing. */
function usageOfSkip({ chunks, bytesRead }: SkippedFacts): Usage {
  if (chunks === 1) return sumOfUsages(validateCalls(), transformCalls(), skipCalls());
  const shape = { chunks, isCsv: true, processedBytes: 0, rowsRejected: 0 };
  return sumOfUsages(usageOfChunks(shape, bytesRead), skipSplitCalls(shape));
}

/** The earlier manifest, and two lists, which cost what writes do. */
const OUTPUTS_LOOKUP: Partial<Usage> = { s3Reads: 1, s3Writes: 2 };

function usageOfRejection({ code, originalKey }: RejectedFacts): Usage {
  return sumOfUsages(
    validateCalls(),
    FOUND_BY_VALIDATE.has(code) ? {} : transformCalls(),
    // The contract's limit on bad rows is for Write to apply, before it reads anything.
    code === FileCode.TOO_MANY_REJECTED_ROWS ? { lambdaRequests: 1, writeUnits: 2 } : {},
    quarantineCalls({ isCopied: originalKey !== null }),
    code === FileCode.OBJECT_NOT_FOUND ? OUTPUTS_LOOKUP : {},
  );
}

/**
 * What the file's messages and attempts used, without what its manifest tells.
 *
 * @param itemBytes size of the whole ledger item
 */
export function usageOfItem(item: LedgerFacts, itemBytes: number): Usage {
  return sumOfUsages(
    // The index takes the file in once.
    { writeUnits: 1 },
    ...attemptsOf(item).map((attempt) => usageOfAttempt(attempt, itemBytes)),
    { executionLogBytes: executionLogBytesOf(item) },
    usageOfArchive(item, itemBytes),
    timesUsage(DUPLICATE_EVENT, item.duplicateEvents ?? 0),
  );
}

/** The execution goes on behind the file's end while its source object is archived. */
function usageOfArchive({ archive, endedAt }: LedgerFacts, itemBytes: number): Partial<Usage> {
  if (archive === undefined || endedAt === undefined) return {};
  const passed = Math.max(0, Date.parse(archive.at) - Date.parse(endedAt));
  // An operator may have had it archived long afterwards.
  const milliseconds = Math.min(passed, LONGEST_ARCHIVING_MILLISECONDS);
  // S3 tells of the version that was moved away, and the dispatcher notes it.
  const noted = { ...KNOWN_EVENT, writeUnits: writeUnitsOf(itemBytes) };
  const removal = archive.status === 'ARCHIVED' ? noted : {};
  return sumOfUsages(archiveCalls(archive.status, itemBytes), removal, {
    lambdaMibMilliseconds: milliseconds * (Dispatch + Archive),
    expressMibMilliseconds: milliseconds * EXPRESS_MEMORY,
  });
}

/** An event of a file that the ledger knows: published, received, and noted in the item. */
const KNOWN_EVENT: Partial<Usage> = {
  snsPublishes: 1,
  sqsRequests: MESSAGE_REQUESTS,
  lambdaRequests: 1,
  logBytes: DISPATCH_LOG_BYTES,
  writeUnits: 1,
};

/** The claim that is refused comes on top. */
const DUPLICATE_EVENT = sumOfUsages(KNOWN_EVENT, { writeUnits: 1 });

function executionLogBytesOf({ attempt, status, code }: LedgerFacts): number {
  const { rejectedByValidate, otherwise } = EXECUTION_LOG_BYTES;
  const isShort =
    status === FileStatus.REJECTED && code !== undefined && FOUND_BY_VALIDATE.has(code);
  return (attempt - 1) * otherwise + (isShort ? rejectedByValidate : otherwise);
}

interface Attempt {
  readonly number: number;
  readonly status: AttemptStatus | 'RUNNING';
  /** 0 for one that is not at its end: nobody knows for how long it is really at work. */
  readonly milliseconds: number;
}

function attemptsOf({ history = [], status }: LedgerFacts): Attempt[] {
  const ended = history.map((attempt, index) => ({
    number: index + 1,
    status: attempt.status,
    milliseconds: Math.max(0, Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt)),
  }));
  if (status !== FileStatus.RUNNING) return ended;
  return [...ended, { number: ended.length + 1, status, milliseconds: 0 }];
}

function usageOfAttempt({ number, status, milliseconds }: Attempt, itemBytes: number): Usage {
  const renewals = Math.floor(milliseconds / RENEWAL_MILLISECONDS);
  const billed =
    Math.ceil(milliseconds / EXPRESS_BILLED_MILLISECONDS) * EXPRESS_BILLED_MILLISECONDS;
  return sumOfUsages(
    {
      // S3 publishes the event once; the queue delivers it again.
      snsPublishes: number === 1 ? 1 : 0,
      sqsRequests: MESSAGE_REQUESTS + renewals + (status === 'FAILED' ? BACK_OFF_REQUESTS : 0),
      lambdaRequests: 1,
      lambdaMibMilliseconds: milliseconds * (Dispatch + STEPS_MEMORY[status]),
      expressRequests: 1,
      expressMibMilliseconds: billed * EXPRESS_MEMORY,
      // The first claim makes the item, which grows with its attempts.
      writeUnits: (number === 1 ? 1 : writeUnitsOf(itemBytes)) + renewals,
      logBytes: DISPATCH_LOG_BYTES,
    },
    status === 'FAILED' ? FAILED_STEPS : {},
    status === 'RUNNING' ? {} : notifyCalls(itemBytes),
  );
}

/** Which step failed is not told: as if it had been Write, before it wrote anything. */
const FAILED_STEPS: Usage = sumOfUsages(validateCalls(), timesUsage(transformCalls(), 2));
