import * as z from 'zod/mini';
import { describeFailure } from '../../src/shared/failure.ts';
import {
  ArchiveInput,
  NotifyInput,
  QuarantineInput,
  TransformInput,
  ValidateInput,
  WriteInput,
  type ChunkResult,
  type PipelineInput,
  type Plan,
  type QuarantineResult,
  type WriteResult,
} from '../../src/pipeline/payload.ts';
import {
  ResolveInput,
  ScanInput,
  TransformPartInput,
  WriteSplitInput,
  type PartResult,
  type ResolvedSplit,
} from '../../src/pipeline/split-payload.ts';
import type { RangeScan } from '../../src/pipeline/scan/range-scan.ts';
import { runMachine, type Faults, type Run, type Step } from './run-machine.ts';
import { PLAIN_CSV_PLAN } from '../support/dialects.ts';

export const INPUT: PipelineInput = {
  file: {
    fileId: '0123456789abcdef0123',
    bucket: 'source-bucket',
    key: 'in/airports.csv',
    versionId: 'version-1',
    etag: '9b2cf535f27731c974343645a3985328',
    size: 2_000,
    sequencer: '0055AED6DCD90281E5',
  },
  arrivedAt: '2026-11-20T08:00:00.000Z',
  attempt: 1,
  startedAt: '2026-11-20T08:00:01.000Z',
};

const PLAN: Plan = {
  dataset: 'airports',
  contract: null,
  ...PLAIN_CSV_PLAN,
  detection: { confidence: 1, sampleRecords: 10, stated: [] },
  isSplit: false,
  isArchived: false,
  chunks: [
    { index: 0, firstByte: 0, lastByte: 999, firstRow: 1 },
    { index: 1, firstByte: 1_000, lastByte: 1_999, firstRow: 11 },
  ],
  ranges: [],
  concurrency: 40,
};

/** The plan of a file that is split. */
const SPLIT_PLAN: Plan = {
  ...PLAN,
  isSplit: true,
  chunks: [],
  ranges: [
    { firstByte: 0, lastByte: 999 },
    { firstByte: 1_000, lastByte: 1_999 },
  ],
};

const COUNTS = {
  rowsRead: 10,
  rowsWritten: 9,
  rowsRejected: 1,
  rejectsByCode: { TOO_LONG: 1 },
  noticesByCode: {},
};

export const chunkResult = (index: number): ChunkResult => ({
  index,
  counts: COUNTS,
  bytesRead: 1_000,
  contentHash: `content-${index}`,
  recordsDigest: `records-${index}`,
  rejectsDigest: `rejects-${index}`,
});

export const rangeScan = (firstByte: number): RangeScan => ({
  firstByte,
  bytes: 1_000,
  states: [0],
  starts: [10],
  first: [0],
  firstLine: [0],
  last: [900],
  lastLine: [9],
  pending: [-1],
  lineEnds: 10,
  startsWithLineFeed: false,
  endsWithCarriageReturn: false,
  blocks: ['hash'],
});

export const RESOLVED: ResolvedSplit = {
  chunks: [
    { index: 0, firstByte: 0, lastByte: 999, firstRow: 0, firstLine: 1, rows: 11 },
    { index: 1, firstByte: 1_000, lastByte: 1_999, firstRow: 11, firstLine: 12, rows: 10 },
  ],
  rows: 20,
  contentHash: 'content',
  upload: { key: 'processed/airports.jsonl.gz', uploadId: 'upload' },
};

export const partResult = (index: number): PartResult => ({
  index,
  pipelineVersion: 'version',
  counts: COUNTS,
  bytesRead: 1_000,
  recordsDigest: `records-${index}`,
  rejectsDigest: `rejects-${index}`,
  parts: [{ number: index + 1, etag: 'etag', bytes: 500 }],
  stagedRejectsBytes: 100,
  stagedSummaryBytes: 100,
});

const WRITE_RESULT: WriteResult = {
  dataset: 'airports',
  counts: COUNTS,
  bytesRead: 2_000,
  contentHash: 'content',
  processedKey: 'processed/airports.jsonl.gz',
  processedBytes: 500,
  rejectedKey: null,
  manifestKey: 'manifests/airports.json',
  duplicateOf: null,
  isSkipped: false,
};

/** What Write answers of a file whose content its dataset has already. */
const SKIP_RESULT: WriteResult = {
  ...WRITE_RESULT,
  processedKey: null,
  processedBytes: 0,
  duplicateOf: { fileId: 'abcdef0123456789abcd', key: 'in/first.csv' },
  isSkipped: true,
};

const QUARANTINE_RESULT: QuarantineResult = {
  dataset: 'airports',
  originalKey: null,
  reasonKey: 'rejected/reason.json',
  manifestKey: 'manifests/airports.json',
};

const NOTIFY: Step = { schema: NotifyInput, work: notify };

const ARCHIVE: Step = { schema: ArchiveInput, work: () => ({ status: 'ARCHIVED' }) };

/** A stand-in for the function behind each Task: it takes what the function takes. */
const STEPS: Readonly<Record<string, Step>> = {
  'Validate File': { schema: ValidateInput, work: () => PLAN },
  'Transform Chunk': {
    schema: TransformInput,
    work: ({ chunk }: TransformInput) => chunkResult(chunk.index),
  },
  'Write Outputs': { schema: WriteInput, work: () => WRITE_RESULT },
  'Scan Range': {
    schema: ScanInput,
    work: ({ range }: ScanInput) => rangeScan(range.firstByte),
  },
  'Resolve Chunks': { schema: ResolveInput, work: () => RESOLVED },
  'Transform Part': {
    schema: TransformPartInput,
    work: ({ chunk }: TransformPartInput) => partResult(chunk.index),
  },
  'Write Split': { schema: WriteSplitInput, work: () => WRITE_RESULT },
  'Quarantine File': { schema: QuarantineInput, work: () => QUARANTINE_RESULT },
  'Quarantine Split File': {
    schema: z.required(QuarantineInput, { upload: true }),
    work: () => QUARANTINE_RESULT,
  },
  'Notify Success': NOTIFY,
  'Notify Skip': NOTIFY,
  'Notify Rejection': NOTIFY,
  'Notify Failure': NOTIFY,
  'Archive Source': ARCHIVE,
  'Record Archive Failure': ARCHIVE,
};

const SKIPPING: typeof STEPS = {
  'Write Outputs': { schema: WriteInput, work: () => SKIP_RESULT },
  'Write Split': { schema: WriteSplitInput, work: () => SKIP_RESULT },
};

/** Answers as the Notify function does: with the cause that the execution shows. */
function notify(input: NotifyInput): { status: string; cause?: string } {
  if (input.status === 'SUCCEEDED' || input.status === 'SKIPPED') return { status: input.status };
  const { code, reason } = describeFailure(input.error);
  return { status: input.status, cause: `${code}: ${reason}` };
}

export interface RunFileOptions {
  /**
   * Whether Validate plans to split the file.
   *
   * @default false
   */
  readonly isSplit?: boolean;
  /**
   * Whether Validate plans to archive the source object.
   *
   * @default false
   */
  readonly isArchived?: boolean;
  /**
   * Whether Write finds that the file is a duplicate that is not to be written.
   *
   * @default false
   */
  readonly isSkipped?: boolean;
}

/** Runs the file pipeline. */
export function runFilePipeline(
  faults: Faults = {},
  { isSplit = false, isArchived = false, isSkipped = false }: RunFileOptions = {},
): Promise<Run> {
  const plan: Plan = { ...(isSplit ? SPLIT_PLAN : PLAN), isArchived };
  const steps = {
    ...STEPS,
    ...(isSkipped && SKIPPING),
    'Validate File': { schema: ValidateInput, work: () => plan },
  };
  return runMachine({ name: 'file-pipeline', steps, input: INPUT, faults });
}

/** The schema of what the function behind a Task takes. */
export function schemaOf(task: string): z.ZodMiniType {
  return STEPS[task]!.schema;
}
