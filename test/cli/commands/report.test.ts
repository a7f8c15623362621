import { report, type ReportOptions } from '../../../src/cli/commands/report.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import { chooseDays, parseDay } from '../../../src/cli/report/report-days.ts';
import { reportKeys, type Report } from '../../../src/report/report.ts';
import { sampleReport } from '../../report/sample-report.ts';
import { keptConsole } from '../../support/kept-console.ts';

const NOW = new Date('2026-11-20T16:00:00.000Z');

interface Call {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, string>;
}

/** A deployment whose machine writes the report of the day it is started with, or fails for it. */
function deploymentWith(given: readonly Report[], { failing = [] as readonly string[] } = {}) {
  const objects = new Map<string, string>();
  const put = (made: Report): void => {
    objects.set(reportKeys(made.day).json, JSON.stringify(made));
    objects.set(reportKeys(made.day).text, `Report of ${made.day}\n`);
  };
  for (const each of given) put(each);
  const started: { day: string; name: string }[] = [];
  let polls = 0;
  const stepFunctions = {
    send: ({ constructor, input }: Call) => {
      if (constructor.name === 'StartExecutionCommand') {
        const { day } = JSON.parse(input.input!) as { day: string };
        started.push({ day, name: input.name! });
        return Promise.resolve({ executionArn: day });
      }
      polls += 1;
      const day = input.executionArn!;
      if (polls % 2 === 1) return Promise.resolve({ status: 'RUNNING' });
      if (failing.includes(day))
        return Promise.resolve({ status: 'FAILED', cause: 'ACCESS_DENIED: no' });
      put({ ...sampleReport, day });
      return Promise.resolve({ status: 'SUCCEEDED' });
    },
  };
  const s3 = {
    send: ({ input }: Call) => {
      const text = objects.get(input.Key!);
      if (text !== undefined) {
        return Promise.resolve({ Body: { transformToString: () => Promise.resolve(text) } });
      }
      return Promise.reject(Object.assign(new Error('gone'), { name: 'NoSuchKey' }));
    },
  };
  const outputs = { DailyReportArn: 'machine', ReportsBucketName: 'reports' };
  return { deployment: { stepFunctions, s3, outputs } as unknown as Deployment, started };
}

async function run(
  fake: ReturnType<typeof deploymentWith>,
  days: readonly string[],
  options: ReportOptions = {},
) {
  const console = keptConsole();
  const exitCode = await report(fake.deployment, days, options, console);
  return { exitCode, ...console };
}

describe('the report of one day', () => {
  it('is made, waited for and printed', async () => {
    const fake = deploymentWith([]);

    const { exitCode, results, notes } = await run(fake, ['2026-11-19']);

    expect(exitCode).toBe(0);
    expect(fake.started.map(({ day }) => day)).toEqual(['2026-11-19']);
    expect(fake.started[0]!.name).toMatch(/^2026-11-19-by-hand-[0-9a-f]{8}$/);
    expect(results).toEqual(['Report of 2026-11-19']);
    expect(notes.at(-1)).toContain('s3://reports/daily-reports/2026-11-19/report.html');
  });

  it('is printed as data', async () => {
    const { results } = await run(deploymentWith([]), ['2026-11-19'], { json: true });

    expect(JSON.parse(results[0]!)).toEqual({ ...sampleReport, day: '2026-11-19' });
  });

  it('that is there is shown without being made', async () => {
    const fake = deploymentWith([{ ...sampleReport, day: '2026-11-19' }]);

    const { exitCode, results } = await run(fake, ['2026-11-19'], { show: true });

    expect({ exitCode, results, started: fake.started }).toEqual({
      exitCode: 0,
      results: ['Report of 2026-11-19'],
      started: [],
    });
  });

  it('that is not there cannot be shown', async () => {
    await expect(run(deploymentWith([]), ['2026-11-19'], { show: true })).rejects.toMatchObject({
      name: 'UserError',
      message: 'There is no report of 2026-11-19.',
      hint: 'Make it with "npx millrace report --date 2026-11-19".',
    });
  });

  it('that could not be made says why, and the exit code says so', async () => {
    const fake = deploymentWith([{ ...sampleReport, day: '2026-11-19' }], {
      failing: ['2026-11-19'],
    });

    const { exitCode, results, notes } = await run(fake, ['2026-11-19']);

    expect(exitCode).toBe(1);
    expect(results).toEqual([]);
    expect(notes.join('\n')).toContain('could not be made: ACCESS_DENIED: no');
    expect(notes.join('\n')).toContain(`Execution: ${fake.started[0]!.name}`);
  });

  it('of another version is not guessed at', async () => {
    const other = { ...sampleReport, day: '2026-11-19', reportVersion: 99 } as unknown as Report;

    await expect(
      run(deploymentWith([other]), ['2026-11-19'], { show: true }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('another version of Millrace') as string,
    });
  });
});

describe('the reports of many days', () => {
  const days = ['2026-11-17', '2026-11-18', '2026-11-19'];

  it('are made one after the other, oldest first, and shown in a line each', async () => {
    const fake = deploymentWith([]);

    const { exitCode, results } = await run(fake, days);

    expect(exitCode).toBe(0);
    expect(fake.started.map(({ day }) => day)).toEqual(days);
    const [head, ...lines] = results[0]!.split('\n');
    expect(head).toMatch(/DAY +REVISION +FILES +ROWS +REJECTED +FINDINGS +KEY/);
    expect(lines.map((line) => line.slice(0, 10))).toEqual(days);
    expect(lines[0]).toContain('daily-reports/2026-11-17/report.txt');
  });

  it('go on after one that could not be made', async () => {
    const { exitCode, results } = await run(deploymentWith([], { failing: ['2026-11-18'] }), days);

    expect(exitCode).toBe(1);
    expect(results[0]!.split('\n')[2]).toMatch(/^2026-11-18 .*no report$/);
    expect(results[0]!.split('\n')[3]).toContain('daily-reports/2026-11-19/report.txt');
  });

  it('are printed as data, those that are there', async () => {
    const fake = deploymentWith([{ ...sampleReport, day: '2026-11-18' }]);

    const { exitCode, results } = await run(fake, days, { show: true, json: true });

    expect(exitCode).toBe(1);
    expect(JSON.parse(results[0]!)).toEqual([{ ...sampleReport, day: '2026-11-18' }]);
  });
});

describe('a day on the command line', () => {
  it.each([
    ['today', '2026-11-20'],
    ['yesterday', '2026-11-19'],
    ['2024-02-29', '2024-02-29'],
  ])('%s is %s', (text, day) => {
    expect(parseDay(text, NOW)).toBe(day);
  });

  it.each([
    ['2026-11-21', 'It has not begun: in UTC it is 2026-11-20.'],
    ['2026-02-30', 'Give a day as YYYY-MM-DD'],
    ['20.11.2026', 'Give a day as YYYY-MM-DD'],
    ['', 'Give a day as YYYY-MM-DD'],
  ])('"%s" is refused', (text, message) => {
    expect(() => parseDay(text, NOW)).toThrow(message);
  });
});

describe('days on the command line', () => {
  it.each([
    [{}, ['2026-11-20']],
    [{ date: '2026-11-01' }, ['2026-11-01']],
    [{ from: '2026-10-31', to: '2026-11-02' }, ['2026-10-31', '2026-11-01', '2026-11-02']],
    [{ from: '2026-11-01', to: '2026-11-01' }, ['2026-11-01']],
  ])('%j', (options, days) => {
    expect(chooseDays(options, NOW)).toEqual(days);
  });

  it('may be a whole year, and no more', () => {
    expect(chooseDays({ from: '2024-01-01', to: '2024-12-31' }, NOW)).toHaveLength(366);
    expect(() => chooseDays({ from: '2024-01-01', to: '2025-01-01' }, NOW)).toThrow(
      'A range has at most 366 days.',
    );
  });

  it.each([
    [{ from: '2026-11-01' }, 'Give both ends of the range'],
    [{ to: '2026-11-01' }, 'Give both ends of the range'],
    [{ from: '2026-11-02', to: '2026-11-01' }, 'The range ends before it begins'],
  ])('%j is refused', (options, message) => {
    expect(() => chooseDays(options, NOW)).toThrow(message);
  });
});
