import {
  ExecutionError,
  StateMachine,
  type RunOptions,
  type StateMachineDefinition,
} from 'aws-local-stepfunctions';
import type { ZodMiniType } from 'zod/mini';
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
  chunks: [
    { index: 0, firstByte: 0, lastByte: 999, firstRow: 1 },
    { index: 1, firstByte: 1_000, lastByte: 1_999, firstRow: 11 },
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
  readonly schema: ZodMiniType;
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
  'Quarantine File': { schema: QuarantineInput, work: () => QUARANTINE_RESULT },
  'Notify Success': NOTIFY,
  'Notify Rejection': NOTIFY,
  'Notify Failure': NOTIFY,
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

/** Runs the file pipeline in an interpreter that shares no code with the local AWS, and waits for no retry. */
export async function runFilePipeline(faults: Faults = {}): Promise<Run> {
  const definition = readDefinition('file-pipeline');
  const tasks = tasksOf(definition).map(([name]) => name);
  const sent: Record<string, unknown[]> = Object.fromEntries(tasks.map((name) => [name, []]));
  const handlers = tasks.map((name) => [name, standIn(name, sent[name]!, faults[name])] as const);
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

function standIn(name: string, sent: unknown[], fault?: Fault): (input: unknown) => unknown {
  return (input) => {
    sent.push(structuredClone(input));
    if (fault !== undefined && sent.length <= (fault.times ?? Infinity)) throw lambdaError(fault);
    return STEPS[name]!.work(input as never);
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
export function schemaOf(task: string): ZodMiniType {
  return STEPS[task]!.schema;
}
