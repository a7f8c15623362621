import { FILE_REJECTED } from '../../src/pipeline/dispatch/run-execution.ts';
import { readDefinition, statesOf, tasksOf } from './definition.ts';
import {
  catchName,
  chunkResult,
  INPUT,
  runFilePipeline,
  schemaOf,
  type Fault,
  type Run,
} from './run-file-pipeline.ts';

const definition = readDefinition('file-pipeline');
const tasks = tasksOf(definition);

const WAY_TO_WRITE = ['Validate File', 'Transform Chunks', 'Transform Chunk', 'Write Outputs'];
const REJECTED: Fault = { error: 'FileRejected', message: 'CORRUPT_GZIP: the stream ends early' };
const BROKEN: Fault = { error: 'PermanentFault', message: 'ACCESS_DENIED: no' };

/** Expects that every Task was sent just what its function takes. */
function expectAccepted({ sent }: Run): void {
  for (const [task, inputs] of Object.entries(sent)) {
    expect(inputs.map((input) => schemaOf(task).parse(input))).toEqual(inputs);
  }
}

describe('a file that succeeds', () => {
  it('is validated, transformed chunk by chunk, written and notified', async () => {
    const run = await runFilePipeline();

    expect(run.failure).toBeNull();
    expect(run.route).toEqual([...WAY_TO_WRITE, 'Notify Success', 'File Succeeded']);
    expectAccepted(run);
  });

  it('has a Transform of its own for each chunk, and Write gets their results in order', async () => {
    const { sent } = await runFilePipeline();

    expect(sent['Transform Chunk']).toEqual([
      expect.objectContaining({ chunk: expect.objectContaining({ index: 0 }) as unknown }),
      expect.objectContaining({ chunk: expect.objectContaining({ index: 1 }) as unknown }),
    ]);
    expect(sent['Write Outputs']).toEqual([
      expect.objectContaining({ results: [chunkResult(0), chunkResult(1)] }),
    ]);
  });

  it('keeps its identity from state to state', async () => {
    const { sent } = await runFilePipeline();

    for (const input of Object.values(sent).flat()) expect(input).toMatchObject(INPUT);
  });
});

/** Every way in which an execution fails, with the Catch clauses that it takes. */
const FAILURES: readonly {
  name: string;
  faults: Readonly<Record<string, Fault>>;
  caught: readonly string[];
  route: readonly string[];
  end: { error: string; cause: string };
}[] = [
  ...(['Validate File', 'Transform Chunk', 'Write Outputs'] as const).flatMap((task, index) => {
    const state = task === 'Transform Chunk' ? 'Transform Chunks' : task;
    const way = WAY_TO_WRITE.slice(0, [1, 3, 4][index]);
    return [
      {
        name: `a file that ${task} rejects is quarantined`,
        faults: { [task]: REJECTED },
        caught: [`${state} on FileRejected`],
        route: [...way, 'Quarantine File', 'Notify Rejection', 'File Rejected'],
        end: { error: FILE_REJECTED, cause: 'CORRUPT_GZIP: the stream ends early' },
      },
      {
        name: `a fault in ${task} is told and ends red`,
        faults: { [task]: BROKEN },
        caught: [`${state} on States.ALL`],
        route: [...way, 'Notify Failure', 'File Failed'],
        end: { error: 'FileFailed', cause: 'ACCESS_DENIED: no' },
      },
    ];
  }),
  {
    name: 'a task that runs out of time is told and ends red',
    faults: { 'Write Outputs': { error: 'States.Timeout', message: 'too slow' } },
    caught: ['Write Outputs on States.ALL'],
    route: [...WAY_TO_WRITE, 'Notify Failure', 'File Failed'],
    end: { error: 'FileFailed', cause: 'STEP_TIMED_OUT: States.Timeout: too slow' },
  },
  {
    name: 'a file that cannot be quarantined has failed',
    faults: { 'Validate File': REJECTED, 'Quarantine File': BROKEN },
    caught: ['Validate File on FileRejected', 'Quarantine File on States.ALL'],
    route: ['Validate File', 'Quarantine File', 'Notify Failure', 'File Failed'],
    end: { error: 'FileFailed', cause: 'ACCESS_DENIED: no' },
  },
  {
    name: 'a success that cannot be told is a failure',
    faults: { 'Notify Success': BROKEN },
    caught: ['Notify Success on States.ALL'],
    route: [...WAY_TO_WRITE, 'Notify Success', 'Notify Failure', 'File Failed'],
    end: { error: 'FileFailed', cause: 'ACCESS_DENIED: no' },
  },
  {
    name: 'an attempt that a newer one has replaced says nothing more',
    faults: { 'Notify Success': { error: 'AttemptSuperseded', message: 'ATTEMPT_SUPERSEDED: 1' } },
    caught: ['Notify Success on AttemptSuperseded'],
    route: [...WAY_TO_WRITE, 'Notify Success', 'Attempt Unrecorded'],
    end: { error: 'AttemptSuperseded', cause: expect.stringContaining('SUPERSEDED') as string },
  },
  {
    name: 'a rejection that cannot be told is left to the dispatcher',
    faults: { 'Validate File': REJECTED, 'Notify Rejection': BROKEN },
    caught: ['Validate File on FileRejected', 'Notify Rejection on States.ALL'],
    route: ['Validate File', 'Quarantine File', 'Notify Rejection', 'Attempt Unrecorded'],
    end: { error: 'PermanentFault', cause: expect.stringContaining('ACCESS_DENIED') as string },
  },
  {
    name: 'a failure that cannot be told is left to the dispatcher',
    faults: { 'Notify Success': BROKEN, 'Notify Failure': { error: 'Sandbox.Timedout' } },
    caught: ['Notify Success on States.ALL', 'Notify Failure on States.ALL'],
    route: [...WAY_TO_WRITE, 'Notify Success', 'Notify Failure', 'Attempt Unrecorded'],
    end: { error: 'Sandbox.Timedout', cause: expect.stringContaining('Timedout') as string },
  },
];

describe('a file that does not succeed', () => {
  it.each(FAILURES)('$name', async ({ faults, caught, route, end }) => {
    const run = await runFilePipeline(faults);

    expect(run.failure).toEqual(end);
    expect(run.route).toEqual(route);
    expect(run.caught).toEqual(caught);
    expectAccepted(run);
  });

  it('these are all the catches there are', () => {
    const clauses = statesOf(definition).flatMap(([name, { Catch = [] }]) =>
      Catch.map(({ ErrorEquals }) => catchName(name, ErrorEquals)),
    );

    expect([...new Set(FAILURES.flatMap(({ caught }) => caught))].sort()).toEqual(clauses.sort());
  });
});

/** Faults that lead to each Task, so that its retries can be seen. */
const WAY_TO: Readonly<Record<string, Readonly<Record<string, Fault>>>> = {
  'Quarantine File': { 'Validate File': REJECTED },
  'Notify Rejection': { 'Validate File': REJECTED },
  'Notify Failure': { 'Validate File': BROKEN },
};

const RETRIES = tasks.flatMap(([task, { Retry }]) =>
  Retry!.flatMap(({ ErrorEquals, MaxAttempts }) =>
    ErrorEquals.map((error) => ({
      task,
      error,
      attempts: MaxAttempts,
      faults: WAY_TO[task] ?? {},
    })),
  ),
);

describe('a fault that passes', () => {
  it.each(RETRIES)('$error in $task is retried, and changes nothing', async (retry) => {
    const { task, error, attempts, faults } = retry;
    const undisturbed = await runFilePipeline(faults);

    const run = await runFilePipeline({ ...faults, [task]: { error, times: attempts } });

    expect(run).toEqual({ ...undisturbed, sent: expect.anything() as unknown });
    expect(run.sent[task]).toHaveLength(attempts + undisturbed.sent[task]!.length);
  });
});

describe('a fault that does not pass', () => {
  it.each(RETRIES)('$error in $task fails when its tries are used up', async (retry) => {
    const { task, error, attempts, faults } = retry;

    const run = await runFilePipeline({ ...faults, [task]: { error } });

    const chunks = task === 'Transform Chunk' ? 2 : 1;
    expect(run.sent[task]!.length).toBeGreaterThanOrEqual(attempts + 1);
    expect(run.sent[task]!.length).toBeLessThanOrEqual(chunks * (attempts + 1));
    expect(run.failure?.error).toBe(
      WAY_TO[task] && task !== 'Quarantine File' ? error : 'FileFailed',
    );
    expectAccepted(run);
  });
});
