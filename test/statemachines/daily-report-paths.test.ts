import { readDefinition, statesOf, tasksOf } from './definition.ts';
import { counted, RENDERED, runDailyReport, schemaOf } from './run-daily-report.ts';
import { catchName, EXECUTION, type Fault, type Run } from './run-machine.ts';

const definition = readDefinition('daily-report');
const tasks = tasksOf(definition);
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

const WAY = [
  'Resolve Day',
  'Count Hours',
  'Aggregate Hour',
  'Render Report',
  'Publish Report',
] as const;
const FAILURE_WAY = ['Mail Failure', 'Report Failed'] as const;
const BROKEN: Fault = { error: 'PermanentFault', message: 'ACCESS_DENIED: no' };

/** Expects that every Task was sent just what its function takes. */
function expectAccepted({ sent }: Run): void {
  for (const [task, inputs] of Object.entries(sent)) {
    expect(inputs.map((input) => schemaOf(task).parse(input))).toEqual(inputs);
  }
}

describe('a report', () => {
  it('is resolved, counted by hour, rendered and published', async () => {
    const run = await runDailyReport();

    expect(run.failure).toBeNull();
    expect(run.route).toEqual([...WAY, 'Report Made']);
    expectAccepted(run);
  });

  it('started by the schedule is of the day before the scheduled time', async () => {
    const { sent } = await runDailyReport();

    expect(sent['Aggregate Hour']).toEqual(
      HOURS.map((hour) => ({ day: '2026-11-19', hour, workPrefix: `work/${EXECUTION}/` })),
    );
  });

  it('started by hand is of the day that was asked for', async () => {
    const { sent } = await runDailyReport({}, { day: '2026-11-03' });

    expect(sent['Render Report']).toEqual([
      expect.objectContaining({ day: '2026-11-03', execution: EXECUTION }),
    ]);
  });

  it('gets all hours, in order, and mails what was rendered', async () => {
    const { sent } = await runDailyReport();

    expect(sent['Render Report']).toMatchObject([
      { hours: HOURS.map((hour) => ({ hour, key: counted(hour).key })) },
    ]);
    expect(sent['Publish Report']).toEqual([RENDERED]);
  });
});

describe('an hour that cannot be counted', () => {
  it('does not fail the day: the report is told which, and why', async () => {
    const run = await runDailyReport({ 'Aggregate Hour': { ...BROKEN, times: 1 } });

    expect(run.failure).toBeNull();
    expect(run.route).toContain('Hour Not Counted');
    expect(run.route.at(-1)).toBe('Report Made');
    const [{ hours }] = run.sent['Render Report'] as [{ hours: object[] }];
    expect(hours.filter((hour) => 'key' in hour)).toHaveLength(23);
    expect(hours.filter((hour) => 'error' in hour)).toEqual([
      {
        hour: expect.any(Number) as number,
        error: {
          Error: 'PermanentFault',
          Cause: expect.stringContaining('ACCESS_DENIED: no') as string,
        },
      },
    ]);
    expectAccepted(run);
  });

  it('may be every hour', async () => {
    const run = await runDailyReport({ 'Aggregate Hour': BROKEN });

    expect(run.failure).toBeNull();
    expect(run.sent['Render Report']).toMatchObject([{ hours: HOURS.map((hour) => ({ hour })) }]);
    expectAccepted(run);
  });
});

/** Every way in which an execution fails, with the Catch clauses that it takes. */
const FAILURES: readonly {
  name: string;
  faults: Readonly<Record<string, Fault>>;
  input?: unknown;
  caught: readonly string[];
  route: readonly string[];
  cause: unknown;
}[] = [
  ...(['Resolve Day', 'Render Report', 'Publish Report'] as const).map((task) => ({
    name: `a fault in ${task} is mailed and ends red`,
    faults: { [task]: BROKEN },
    caught: [`${task} on States.ALL`],
    route: [...WAY.slice(0, WAY.indexOf(task) + 1), ...FAILURE_WAY],
    cause: 'ACCESS_DENIED: no',
  })),
  {
    name: 'a day that is none is mailed and ends red',
    faults: {
      'Resolve Day': { error: 'InvalidDay', message: 'INVALID_DAY: "tomorrow" is no day' },
    },
    input: { day: 'tomorrow' },
    caught: ['Resolve Day on States.ALL'],
    route: ['Resolve Day', ...FAILURE_WAY],
    cause: 'INVALID_DAY: "tomorrow" is no day',
  },
  {
    name: 'a task that runs out of time is mailed and ends red',
    faults: { 'Render Report': { error: 'States.Timeout', message: 'too slow' } },
    caught: ['Render Report on States.ALL'],
    route: [...WAY.slice(0, 4), ...FAILURE_WAY],
    cause: 'STEP_TIMED_OUT: States.Timeout: too slow',
  },
  {
    name: 'a failure that cannot be mailed ends red with its own cause',
    faults: { 'Render Report': BROKEN, 'Mail Failure': { error: 'Sandbox.Timedout' } },
    caught: ['Render Report on States.ALL', 'Mail Failure on States.ALL'],
    route: [...WAY.slice(0, 4), 'Mail Failure', 'Failure Unmailed'],
    cause: expect.stringContaining('ACCESS_DENIED: no'),
  },
];

/** A Map fails only where its results are too large, which no task can bring about here. */
const UNREACHED = ['Count Hours on States.ALL'];

describe('a report that cannot be made', () => {
  it.each(FAILURES)('$name', async ({ faults, input, caught, route, cause }) => {
    const run = await runDailyReport(faults, input);

    expect(run.failure).toEqual({ error: 'ReportFailed', cause });
    expect(run.route).toEqual(route);
    expect(run.caught).toEqual(caught);
    expectAccepted(run);
  });

  it('these are all the catches there are', () => {
    const clauses = statesOf(definition).flatMap(([name, { Catch = [] }]) =>
      Catch.map(({ ErrorEquals }) => catchName(name, ErrorEquals)),
    );
    const taken = FAILURES.flatMap(({ caught }) => caught);

    expect([...new Set([...taken, 'Aggregate Hour on States.ALL', ...UNREACHED])].sort()).toEqual(
      clauses.sort(),
    );
  });
});

const RETRIES = tasks.flatMap(([task, { Retry }]) =>
  Retry!.flatMap(({ ErrorEquals, MaxAttempts }) =>
    ErrorEquals.map((error) => ({ task, error, attempts: MaxAttempts })),
  ),
);

describe('a fault that passes', () => {
  it.each(RETRIES)(
    '$error in $task is retried, and changes nothing',
    async ({ task, error, attempts }) => {
      const faults = task === 'Mail Failure' ? { 'Render Report': BROKEN } : {};
      const undisturbed = await runDailyReport(faults);

      const run = await runDailyReport({ ...faults, [task]: { error, times: attempts } });

      expect(run).toEqual({ ...undisturbed, sent: expect.anything() as unknown });
      expect(run.sent[task]).toHaveLength(attempts + undisturbed.sent[task]!.length);
    },
  );
});
