import {
  ExecutionError,
  StateMachine,
  type RunOptions,
  type StateMachineDefinition,
} from 'aws-local-stepfunctions';
import * as z from 'zod/mini';
import { describeFailure } from '../../src/pipeline/failure.ts';
import {
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
import { readDefinition, tasksOf } from './definition.ts';

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
  compression: 'none',
  encoding: 'utf-8',
  byteOrderMark: false,
  format: {
    type: 'csv',
    dialect: {
      delimiter: ',',
      quote: '"',
      lineEnd: 'lf',
      header: true,
      comment: null,
      trailingDelimiter: false,
    },
  },
  detection: { confidence: 1, sampleRecords: 10, stated: [] },
  isSplit: false,
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
};

const QUARANTINE_RESULT: QuarantineResult = {
  dataset: 'airports',
  originalKey: null,
  reasonKey: 'rejected/reason.json',
  manifestKey: 'manifests/airports.json',
};

interface Step {
  readonly schema: z.ZodMiniType;
  readonly work: (input: never) => unknown;
}

const NOTIFY: Step = { schema: NotifyInput, work: notify };

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
  'Notify Rejection': NOTIFY,
  'Notify Failure': NOTIFY,
};

const SPLITTING: typeof STEPS = {
  'Validate File': { schema: ValidateInput, work: () => SPLIT_PLAN },
};

/** Answers as the Notify function does: with the cause that the execution shows. */
function notify(input: NotifyInput): { status: string; cause?: string } {
  if (input.status === 'SUCCEEDED') return { status: input.status };
  const { code, reason } = describeFailure(input.error);
  return { status: input.status, cause: `${code}: ${reason}` };
}

/** How often, and with which error, the function behind a Task fails before it works. */
export interface Fault {
  readonly error: string;
  /** What the error says; Step Functions gets it inside Lambda's description of the error. */
  readonly message?: string;
  /** @default always */
  readonly times?: number;
}

/** Faults by the name of the Task they happen in. */
export type Faults = Readonly<Record<string, Fault>>;

export interface Run {
  /** Names of the states in the order in which they were first entered. */
  readonly route: readonly string[];
  /** What each Task was sent, try by try. */
  readonly sent: Readonly<Record<string, readonly unknown[]>>;
  /** Which Catch was used where: the state's name and its errors. */
  readonly caught: readonly string[];
  /** Error and cause of the execution; null when it succeeded. */
  readonly failure: { readonly error: string; readonly cause: string } | null;
}

export interface RunFileOptions {
  /**
   * Whether Validate plans to split the file.
   *
   * @default false
   */
  readonly isSplit?: boolean;
}

/** Runs the file pipeline in an interpreter that shares no code with the local AWS, and waits for no retry. */
export async function runFilePipeline(
  faults: Faults = {},
  { isSplit = false }: RunFileOptions = {},
): Promise<Run> {
  const definition = readDefinition('file-pipeline');
  const tasks = tasksOf(definition).map(([name]) => name);
  const sent: Record<string, unknown[]> = Object.fromEntries(tasks.map((name) => [name, []]));
  const steps = isSplit ? { ...STEPS, ...SPLITTING } : STEPS;
  const handlers = tasks.map(
    (name) => [name, standIn(steps[name]!, sent[name]!, faults[name])] as const,
  );
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries(handlers),
    retryIntervalOverrides: Object.fromEntries(tasks.map((name) => [name, 0])),
  } as NonNullable<RunOptions['overrides']>;
  // The definition has a test of its own; checking it here again takes longer than the run.
  const machine = new StateMachine(definition as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const execution = machine.run(INPUT, { overrides });
  const [failure, { route, caught }] = await Promise.all([
    execution.result.then(() => null, failureOf),
    follow(execution.eventLogs),
  ]);
  return { route, sent, caught, failure };
}

function standIn(step: Step, sent: unknown[], fault?: Fault): (input: unknown) => unknown {
  return (input) => {
    sent.push(structuredClone(input));
    if (fault !== undefined && sent.length <= (fault.times ?? Infinity)) throw lambdaError(fault);
    return step.work(input as never);
  };
}

/** An error as Step Functions gets it from Lambda: its name, and its description in JSON. */
function lambdaError({ error, message = `${error} happened` }: Fault): Error {
  const description = { errorType: error, errorMessage: message, trace: [] };
  return Object.assign(new Error(JSON.stringify(description)), { name: error });
}

function failureOf(error: unknown): Run['failure'] {
  if (!(error instanceof ExecutionError)) throw error;
  const { name, message } = error.cause as Error;
  return { error: name, cause: message };
}

async function follow(
  events: ReturnType<StateMachine['run']>['eventLogs'],
): Promise<Pick<Run, 'route' | 'caught'>> {
  const route = new Set<string>();
  const caught: string[] = [];
  for await (const event of events) {
    if (event.type === 'StateEntered') route.add(event.state.name);
    if (event.type === 'StateCaught') {
      caught.push(catchName(event.state.name, event.catch.catcher.ErrorEquals));
    }
  }
  return { route: [...route], caught };
}

/** How tests name a Catch. */
export function catchName(state: string, errors: readonly string[]): string {
  return `${state} on ${errors.join(', ')}`;
}

/** The schema of what the function behind a Task takes. */
export function schemaOf(task: string): z.ZodMiniType {
  return STEPS[task]!.schema;
}
