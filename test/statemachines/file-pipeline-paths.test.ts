import { FILE_REJECTED } from '../../src/pipeline/dispatch/run-execution.ts';
import { readDefinition, statesOf, tasksOf } from './definition.ts';
import {
  chunkResult,
  INPUT,
  partResult,
  rangeScan,
  RESOLVED,
  runFilePipeline,
  schemaOf,
} from './run-file-pipeline.ts';
import { catchName, type Fault, type Run } from './run-machine.ts';

const definition = readDefinition('file-pipeline');
const tasks = tasksOf(definition);

const WAY_TO_WRITE = [
  'Validate File',
  'Split File',
  'Transform Chunks',
  'Transform Chunk',
  'Write Outputs',
];
/** From what was written on. */
const WRITTEN = ['Skip File', 'Notify Success'];
const WAY_TO_WRITE_SPLIT = [
  'Validate File',
  'Split File',
  'Scan Ranges',
  'Scan Range',
  'Resolve Chunks',
  'Transform Split',
  'Transform Part',
  'Write Split',
];
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
    expect(run.route).toEqual([...WAY_TO_WRITE, ...WRITTEN, 'Archive Wanted', 'File Succeeded']);
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

describe('a file that is split', () => {
  const split = { isSplit: true };

  it('is scanned range by range, transformed chunk by chunk, written and notified', async () => {
    const run = await runFilePipeline({}, split);

    expect(run.failure).toBeNull();
    expect(run.route).toEqual([
      ...WAY_TO_WRITE_SPLIT,
      ...WRITTEN,
      'Archive Wanted',
      'File Succeeded',
    ]);
    expectAccepted(run);
  });

  it('has a Scan for each range, and Resolve gets their results in order', async () => {
    const { sent } = await runFilePipeline({}, split);

    expect(sent['Scan Range']).toMatchObject([
      { range: { firstByte: 0, lastByte: 999 } },
      { range: { firstByte: 1_000, lastByte: 1_999 } },
    ]);
    expect(sent['Resolve Chunks']).toMatchObject([{ scans: [rangeScan(0), rangeScan(1_000)] }]);
  });

  it('has a Transform Part for each chunk, and Write Split gets them beside what the scans say', async () => {
    const { sent } = await runFilePipeline({}, split);

    const { chunks, upload } = RESOLVED;
    expect(sent['Transform Part']).toMatchObject(chunks.map((chunk) => ({ chunk, upload })));
    expect(sent['Write Split']).toMatchObject([
      { split: { ...RESOLVED, results: [partResult(0), partResult(1)] } },
    ]);
  });
});

const WAY_TO_ARCHIVE = [...WAY_TO_WRITE, ...WRITTEN, 'Archive Wanted', 'Archive Source'];

/** What may become of the archive of a file that has succeeded, with the Catch clauses that it takes. */
const ARCHIVES: readonly {
  name: string;
  faults: Readonly<Record<string, Fault>>;
  caught: readonly string[];
  route: readonly string[];
}[] = [
  {
    name: 'is archived after its success was told',
    faults: {},
    caught: [],
    route: [...WAY_TO_ARCHIVE, 'File Succeeded'],
  },
  {
    name: 'has succeeded, too, when its source object cannot be archived',
    faults: { 'Archive Source': BROKEN },
    caught: ['Archive Source on States.ALL'],
    route: [...WAY_TO_ARCHIVE, 'Record Archive Failure', 'File Succeeded'],
  },
  {
    name: 'has succeeded, too, when its source object is gone',
    faults: { 'Archive Source': { error: 'FileRejected', message: 'OBJECT_NOT_FOUND: gone' } },
    caught: ['Archive Source on States.ALL'],
    route: [...WAY_TO_ARCHIVE, 'Record Archive Failure', 'File Succeeded'],
  },
  {
    name: 'has succeeded, too, when not even that can be recorded',
    faults: { 'Archive Source': BROKEN, 'Record Archive Failure': BROKEN },
    caught: ['Archive Source on States.ALL', 'Record Archive Failure on States.ALL'],
    route: [...WAY_TO_ARCHIVE, 'Record Archive Failure', 'File Succeeded'],
  },
];

describe('a file whose source object is archived', () => {
  it.each(ARCHIVES)('$name', async ({ faults, caught, route }) => {
    const run = await runFilePipeline(faults, { isArchived: true });

    expect(run.failure).toBeNull();
    expect(run.route).toEqual(route);
    expect(run.caught).toEqual(caught);
    expectAccepted(run);
  });

  it('is archived likewise when it was split', async () => {
    const run = await runFilePipeline({}, { isSplit: true, isArchived: true });

    expect(run.failure).toBeNull();
    expect(run.route.slice(-3)).toEqual(['Archive Wanted', 'Archive Source', 'File Succeeded']);
  });

  it('has its archive held against the bytes that Write has read', async () => {
    const { sent } = await runFilePipeline({}, { isArchived: true });

    expect(sent['Archive Source']).toMatchObject([{ contentHash: 'content' }]);
  });

  it.each([
    ['that is rejected', { 'Write Outputs': REJECTED }],
    ['that fails', { 'Write Outputs': BROKEN }],
    ['whose success cannot be told', { 'Notify Success': BROKEN }],
  ])('unlike one %s', async (_, faults) => {
    const { sent } = await runFilePipeline(faults, { isArchived: true });

    expect(sent['Archive Source']).toEqual([]);
  });
});

describe('a file that is a duplicate, under a contract that skips them', () => {
  it.each([
    { isSplit: false, way: WAY_TO_WRITE },
    { isSplit: true, way: WAY_TO_WRITE_SPLIT },
  ])('is told of and ends green (split: $isSplit)', async ({ isSplit, way }) => {
    const run = await runFilePipeline({}, { isSplit, isSkipped: true });

    expect(run.failure).toBeNull();
    expect(run.route).toEqual([...way, 'Skip File', 'Notify Skip', 'File Skipped']);
    expectAccepted(run);
  });
});

/** The steps of a file that is split: what becomes of a file that one of them rejects. */
const SPLIT_STEPS = [
  { task: 'Scan Range', state: 'Scan Ranges', quarantine: 'Quarantine File', steps: 4 },
  { task: 'Resolve Chunks', state: 'Resolve Chunks', quarantine: 'Quarantine File', steps: 5 },
  {
    task: 'Transform Part',
    state: 'Transform Split',
    quarantine: 'Quarantine Split File',
    steps: 7,
  },
  { task: 'Write Split', state: 'Write Split', quarantine: 'Quarantine Split File', steps: 8 },
] as const;

/** Every way in which an execution fails, with the Catch clauses that it takes. */
const FAILURES: readonly {
  name: string;
  isSplit?: boolean;
  isSkipped?: boolean;
  faults: Readonly<Record<string, Fault>>;
  caught: readonly string[];
  route: readonly string[];
  end: { error: string; cause: string };
}[] = [
  ...(['Validate File', 'Transform Chunk', 'Write Outputs'] as const).flatMap((task, index) => {
    const state = task === 'Transform Chunk' ? 'Transform Chunks' : task;
    const way = WAY_TO_WRITE.slice(0, [1, 4, 5][index]);
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
  ...SPLIT_STEPS.flatMap(({ task, state, quarantine, steps }) => [
    {
      name: `a file that ${task} rejects is quarantined`,
      isSplit: true,
      faults: { [task]: REJECTED },
      caught: [`${state} on FileRejected`],
      route: [
        ...WAY_TO_WRITE_SPLIT.slice(0, steps),
        quarantine,
        'Notify Rejection',
        'File Rejected',
      ],
      end: { error: FILE_REJECTED, cause: 'CORRUPT_GZIP: the stream ends early' },
    },
    {
      name: `a fault in ${task} is told and ends red`,
      isSplit: true,
      faults: { [task]: BROKEN },
      caught: [`${state} on States.ALL`],
      route: [...WAY_TO_WRITE_SPLIT.slice(0, steps), 'Notify Failure', 'File Failed'],
      end: { error: 'FileFailed', cause: 'ACCESS_DENIED: no' },
    },
  ]),
  {
    name: 'a split file that cannot be quarantined has failed',
    isSplit: true,
    faults: { 'Write Split': REJECTED, 'Quarantine Split File': BROKEN },
    caught: ['Write Split on FileRejected', 'Quarantine Split File on States.ALL'],
    route: [...WAY_TO_WRITE_SPLIT, 'Quarantine Split File', 'Notify Failure', 'File Failed'],
    end: { error: 'FileFailed', cause: 'ACCESS_DENIED: no' },
  },
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
    route: [...WAY_TO_WRITE, ...WRITTEN, 'Notify Failure', 'File Failed'],
    end: { error: 'FileFailed', cause: 'ACCESS_DENIED: no' },
  },
  {
    name: 'an attempt that a newer one has replaced says nothing more',
    faults: { 'Notify Success': { error: 'AttemptSuperseded', message: 'ATTEMPT_SUPERSEDED: 1' } },
    caught: ['Notify Success on AttemptSuperseded'],
    route: [...WAY_TO_WRITE, ...WRITTEN, 'Attempt Unrecorded'],
    end: { error: 'AttemptSuperseded', cause: expect.stringContaining('SUPERSEDED') as string },
  },
  {
    name: 'a skip that cannot be told is a failure',
    isSkipped: true,
    faults: { 'Notify Skip': BROKEN },
    caught: ['Notify Skip on States.ALL'],
    route: [...WAY_TO_WRITE, 'Skip File', 'Notify Skip', 'Notify Failure', 'File Failed'],
    end: { error: 'FileFailed', cause: 'ACCESS_DENIED: no' },
  },
  {
    name: 'a skip by an attempt that a newer one has replaced says nothing more',
    isSkipped: true,
    faults: { 'Notify Skip': { error: 'AttemptSuperseded', message: 'ATTEMPT_SUPERSEDED: 1' } },
    caught: ['Notify Skip on AttemptSuperseded'],
    route: [...WAY_TO_WRITE, 'Skip File', 'Notify Skip', 'Attempt Unrecorded'],
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
    route: [...WAY_TO_WRITE, ...WRITTEN, 'Notify Failure', 'Attempt Unrecorded'],
    end: { error: 'Sandbox.Timedout', cause: expect.stringContaining('Timedout') as string },
  },
];

describe('a file that does not succeed', () => {
  it.each(FAILURES)(
    '$name',
    async ({ faults, isSplit = false, isSkipped = false, caught, route, end }) => {
      const run = await runFilePipeline(faults, { isSplit, isSkipped });

      expect(run.failure).toEqual(end);
      expect(run.route).toEqual(route);
      expect(run.caught).toEqual(caught);
      expectAccepted(run);
    },
  );

  it('these are all the catches there are', () => {
    const clauses = statesOf(definition).flatMap(([name, { Catch = [] }]) =>
      Catch.map(({ ErrorEquals }) => catchName(name, ErrorEquals)),
    );

    const taken = [...FAILURES, ...ARCHIVES].flatMap(({ caught }) => caught);
    expect([...new Set(taken)].sort()).toEqual(clauses.sort());
  });
});

/** Tasks that only a file that is split comes to. */
const OF_SPLIT_FILES = new Set<string>([
  ...SPLIT_STEPS.map(({ task }) => task),
  'Quarantine Split File',
]);

/** Tasks behind the success of a file. */
const OF_ARCHIVED_FILES = new Set(['Archive Source', 'Record Archive Failure']);

/** Faults that lead to each Task, so that its retries can be seen. */
const WAY_TO: Readonly<Record<string, Readonly<Record<string, Fault>>>> = {
  'Quarantine File': { 'Validate File': REJECTED },
  'Quarantine Split File': { 'Write Split': REJECTED },
  'Notify Rejection': { 'Validate File': REJECTED },
  'Notify Failure': { 'Validate File': BROKEN },
  'Record Archive Failure': { 'Archive Source': BROKEN },
};

const RETRIES = tasks.flatMap(([task, { Retry }]) =>
  Retry!.flatMap(({ ErrorEquals, MaxAttempts }) =>
    ErrorEquals.map((error) => ({
      task,
      error,
      attempts: MaxAttempts,
      faults: WAY_TO[task] ?? {},
      plan: {
        isSplit: OF_SPLIT_FILES.has(task),
        isArchived: OF_ARCHIVED_FILES.has(task),
        isSkipped: task === 'Notify Skip',
      },
    })),
  ),
);

describe('a fault that passes', () => {
  it.each(RETRIES)('$error in $task is retried, and changes nothing', async (retry) => {
    const { task, error, attempts, faults, plan } = retry;
    const undisturbed = await runFilePipeline(faults, plan);

    const run = await runFilePipeline({ ...faults, [task]: { error, times: attempts } }, plan);

    expect(run).toEqual({ ...undisturbed, sent: expect.anything() as unknown });
    expect(run.sent[task]).toHaveLength(attempts + undisturbed.sent[task]!.length);
  });
});

/** The error of an execution in which a Task fails for good; none where the file has succeeded before. */
function endOf(task: string, error: string): string | undefined {
  if (OF_ARCHIVED_FILES.has(task)) return undefined;
  return WAY_TO[task] && !task.startsWith('Quarantine') ? error : 'FileFailed';
}

const IN_MAPS = new Set(['Transform Chunk', 'Scan Range', 'Transform Part']);

describe('a fault that does not pass', () => {
  it.each(RETRIES)('$error in $task fails when its tries are used up', async (retry) => {
    const { task, error, attempts, faults, plan } = retry;

    const run = await runFilePipeline({ ...faults, [task]: { error } }, plan);

    const chunks = IN_MAPS.has(task) ? 2 : 1;
    expect(run.sent[task]!.length).toBeGreaterThanOrEqual(attempts + 1);
    expect(run.sent[task]!.length).toBeLessThanOrEqual(chunks * (attempts + 1));
    expect(run.failure?.error).toBe(endOf(task, error));
    expectAccepted(run);
  });
});
