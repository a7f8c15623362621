import { DayAggregate } from '../../../src/report/aggregate/day-aggregate.ts';
import { readManifest } from '../../../src/report/aggregate/manifest-facts.ts';
import {
  composeReport,
  type ComposeReportOptions,
} from '../../../src/report/compose/compose-report.ts';
import { daysBefore } from '../../../src/report/compose/earlier-reports.ts';
import type { Report } from '../../../src/report/report.ts';
import { DAY, dayFile, itemOf, manifestOf, type DayFile } from '../day-files.ts';

const MORNING_AFTER = new Date('2026-11-21T08:00:00.000Z');

function aggregateOf(files: readonly DayFile[]): DayAggregate {
  const aggregate = new DayAggregate((key) => key.split('/')[1] ?? '');
  for (const file of files) {
    aggregate.addLedgerItem(itemOf(file));
    const manifest = manifestOf(file);
    if (manifest !== null) aggregate.addManifest(readManifest(JSON.stringify(manifest))!);
  }
  aggregate.settle();
  return aggregate;
}

const compose = (files: readonly DayFile[], options: Partial<ComposeReportOptions> = {}): Report =>
  composeReport({
    stage: 'test',
    day: DAY,
    now: MORNING_AFTER,
    execution: 'execution-1',
    aggregate: aggregateOf(files),
    missingHours: [],
    earlier: [],
    previous: null,
    unreadableReports: [],
    deadLetters: 0,
    stream: { state: 'unchecked' },
    billing: { logsExecutions: true },
    ...options,
  });

const many = (count: number, parts: Partial<DayFile> = {}): DayFile[] =>
  Array.from({ length: count }, (_, index) =>
    dayFile({ key: `in/orders/${parts.status ?? ''}${index}.csv`, ...parts }),
  );

/** A day with so many files, some of them rejected, as its report had it. */
const earlierDay = (day: string, files: number, rejected = 0): Report => ({
  ...compose([...many(files), ...many(rejected, { status: 'REJECTED' })]),
  day,
});

const week = (files: number, rejected = 0): Report[] =>
  daysBefore(DAY).map((day) => earlierDay(day, files, rejected));

describe('the figures', () => {
  const report = compose([
    ...many(2, { rowsWritten: 8, rejects: { TOO_LONG: 2, NUL_BYTE: 1 }, latencySeconds: 4 }),
    dayFile({
      key: 'in/events/a.json',
      dataset: 'events',
      hour: 9,
      duplicateEvents: 3,
      attempts: 2,
    }),
    dayFile({ key: 'in/events/b.json', dataset: 'events', status: 'REJECTED' }),
    dayFile({ key: 'in/events/c.json', dataset: 'events', status: 'FAILED', attempts: 3 }),
    dayFile({ key: 'in/events/d.json', dataset: 'events', status: 'RUNNING' }),
  ]);

  it('are those of the files', () => {
    const values = (figures: object): unknown =>
      Object.fromEntries(
        Object.entries(figures as Record<string, { value: number }>).map(([name, { value }]) => [
          name,
          value,
        ]),
      );
    expect(values(report.files)).toEqual({
      arrived: 6,
      succeeded: 3,
      rejected: 1,
      failed: 1,
      open: 1,
      skipped: 0,
      forgotten: 0,
    });
    expect(values(report.rows)).toEqual({ read: 32, written: 26, rejected: 6 });
    expect(values(report.bytes)).toEqual({ read: 3 * 1_024, written: 26 * 20 });
    expect(report.operations).toMatchObject({
      retries: { value: 3 },
      duplicateEvents: { value: 3 },
      duplicateContents: { value: 0 },
      deadLetters: { value: 0 },
      oldestOpen: { key: 'in/events/d.json' },
    });
    expect(report.latency.maximum.value).toBe(4);
    expect(report.hours[9]).toEqual({
      hour: 9,
      files: 1,
      rowsRead: 10,
      rowsRejected: 0,
      isCounted: true,
    });
  });

  it('are told by dataset', () => {
    expect(report.datasets).toMatchObject([
      { dataset: 'events', files: { succeeded: 1, rejected: 1, failed: 1, open: 1 }, rowsRead: 10 },
      { dataset: 'orders', files: { succeeded: 2, rejected: 0, failed: 0, open: 0 }, rowsRead: 22 },
    ]);
  });

  it('name the columns at fault, the most frequent codes first', () => {
    expect(report.rowRejects).toMatchObject([
      { code: 'TOO_LONG', rows: 4, columns: [{ column: 'column of TOO_LONG', rows: 4 }] },
      { code: 'NUL_BYTE', rows: 2, columns: [{ column: 'column of NUL_BYTE', rows: 2 }] },
    ]);
  });

  it('hold the values and numbers of the rows', () => {
    const counted = compose(
      many(3, {
        values: [
          ['a', 2],
          [null, 1],
        ],
        numbers: ['0.1', '0.2', '-7'],
      }),
    );
    expect(counted.datasets[0]).toMatchObject({
      dimensions: [
        {
          column: 'kind',
          values: [
            { value: 'a', rows: 6 },
            { value: null, rows: 3 },
          ],
          otherRows: 0,
          distinctValues: 2,
          isExact: true,
          maxError: 0,
        },
      ],
      measures: [{ column: 'amount', count: 9, sum: '-20.1', minimum: '-7', maximum: '0.2' }],
    });
  });

  it('say what a day costs, of which its own report is a part', () => {
    expect(report.cost.usd.value).toBeGreaterThan(0);
    expect(report.cost.services.map(({ service }) => service)).toEqual(
      expect.arrayContaining(['Lambda', 'S3', 'DynamoDB', 'Step Functions Standard']),
    );
    const total = report.cost.services.reduce((sum, { usd }) => sum + usd, 0);
    expect(total).toBeCloseTo(report.cost.usd.value!, 8);
  });
});

describe('the comparison', () => {
  it('is with the day before and the mean of the days that have a report', () => {
    const earlier = [10, 20, 30].map((files, index) => earlierDay(daysBefore(DAY)[index]!, files));
    expect(compose(many(5), { earlier }).files.arrived).toEqual({
      value: 5,
      dayBefore: 10,
      weekMean: 20,
    });
  });

  it('knows no day before when only older days have a report', () => {
    const earlier = [earlierDay(daysBefore(DAY)[3]!, 8)];
    expect(compose(many(5), { earlier }).files.arrived).toEqual({
      value: 5,
      dayBefore: null,
      weekMean: 8,
    });
  });

  it('leaves out days that were not over, lack hours, or lie further back', () => {
    const [first, second, third] = week(10);
    const earlier = [
      { ...first!, isDayOver: false },
      { ...second!, hours: second!.hours.map((hour) => ({ ...hour, isCounted: hour.hour > 3 })) },
      { ...third!, day: '2026-11-12' },
    ];
    expect(compose(many(5), { earlier }).files.arrived).toMatchObject({
      dayBefore: null,
      weekMean: null,
    });
  });
});

describe('the edition', () => {
  it('is the first where there was none', () => {
    expect(compose([])).toMatchObject({ revision: 1, replaces: null, isDayOver: true });
  });

  it('says which one it replaces', () => {
    const previous = compose([]);
    const later = new Date('2026-11-22T09:00:00.000Z');
    expect(compose([], { previous, now: later, execution: 'execution-2' })).toMatchObject({
      revision: 2,
      replaces: MORNING_AFTER.toISOString(),
    });
  });

  it('stays the same when an execution is run again', () => {
    const first = compose([]);
    const second = compose([], { previous: first, execution: 'execution-2' });
    expect(compose([], { previous: second, execution: 'execution-2' })).toEqual(second);
  });

  it('says when the day was not over', () => {
    const now = new Date('2026-11-20T23:59:59.999Z');
    expect(compose([], { now }).isDayOver).toBe(false);
  });
});

describe('findings', () => {
  const missingHours = [{ hour: 4, reason: 'STEP_TIMED_OUT: too slow' }];

  it('say which hours are missing, and why', () => {
    const report = compose(many(3), { missingHours });
    expect(report.findings).toMatchObject([
      { code: 'HOUR_NOT_COUNTED', count: 1, examples: ['04:00 (STEP_TIMED_OUT: too slow)'] },
    ]);
    expect(report.hours.map(({ isCounted }) => isCounted).indexOf(false)).toBe(4);
  });

  it('of all hours leave no figure', () => {
    const all = Array.from({ length: 24 }, (_, hour) => ({ hour, reason: 'denied' }));
    const report = compose([], { missingHours: all });
    expect(report.files.arrived.value).toBeNull();
    expect(report.rows.read.value).toBeNull();
    expect(report.cost.usd.value).toBeNull();
    expect(report.headlines[0]).toBe('None of the hours could be counted.');
  });

  it('say what else is not known', () => {
    const report = compose([], { deadLetters: null, unreadableReports: ['daily-reports/x'] });
    expect(report.findings.map(({ code }) => code)).toEqual([
      'EARLIER_REPORT_UNREADABLE',
      'BACKLOG_UNKNOWN',
    ]);
  });

  it('are none when all agrees', () => {
    expect(compose(many(3)).findings).toEqual([]);
  });
});

describe('headlines', () => {
  const failed = many(2, { status: 'FAILED', code: 'SERVICE_THROTTLED' });
  const rejected = (count: number) => many(count, { status: 'REJECTED' });
  const badRows = many(4, { rowsWritten: 50, rejects: { TOO_LONG: 50 } });
  const slow = many(10, { latencySeconds: 100 });

  it.each<[string, readonly DayFile[], Partial<ComposeReportOptions>, string]>([
    ['a quiet day', many(1_234), {}, '1,234 files, all succeeded; nothing stands out.'],
    ['a single file', many(1), {}, '1 file succeeded; nothing stands out.'],
    ['a day without files', [], {}, 'No files arrived; nothing stands out.'],
    [
      'a usual share of rejected files',
      [...many(9), ...rejected(1)],
      { earlier: week(9, 1) },
      '10 files: 9 succeeded and 1 rejected; nothing stands out.',
    ],
    [
      'a day that is not over',
      many(3, { status: 'RUNNING' }),
      { now: new Date(`${DAY}T12:00:00Z`) },
      '3 files, all under way; nothing stands out.',
    ],
    [
      'missing hours',
      many(3),
      {
        missingHours: [2, 3, 11].map((hour) => ({ hour, reason: 'denied' })),
      },
      '3 hours could not be counted (02:00, 03:00 and 11:00 UTC): every figure lacks their files.',
    ],
    ['failed files', [...many(3), ...failed], {}, '2 files failed with SERVICE_THROTTLED.'],
    [
      'messages that were given up',
      many(1),
      { deadLetters: 3 },
      'The dead-letter queue holds 3 messages: these files will not be tried again by themselves.',
    ],
    [
      'a queue that does not answer',
      many(1),
      { deadLetters: null },
      'How many messages the dead-letter queue holds is not known.',
    ],
    [
      'open files',
      many(1, { status: 'RUNNING' }),
      {},
      '1 file has not come to an end; the oldest has waited since 2026-11-20 07:05 UTC.',
    ],
    [
      'no files where every day had some',
      [],
      { earlier: week(4) },
      'No files arrived; on each of 7 days before some did (4 on average).',
    ],
    [
      'rejected files without a week to compare with',
      [...many(9), ...rejected(1)],
      {},
      '1 file of 10 was rejected with EMPTY_FILE.',
    ],
    [
      'twice the share of rejected files',
      [...many(8), ...rejected(2)],
      { earlier: week(9, 1) },
      '2 files of 10 were rejected with EMPTY_FILE.',
    ],
    [
      'many rejected rows',
      badRows,
      {},
      '50 % of the rows were rejected (200 of 400), most with TOO_LONG.',
    ],
    [
      'twice the share of rejected rows',
      badRows,
      {
        earlier: daysBefore(DAY).map((day) => ({
          ...compose(many(4, { rowsWritten: 90, rejects: { TOO_LONG: 10 } })),
          day,
        })),
      },
      "50 % of the rows were rejected (200 of 400), 5 times the week's share, most with TOO_LONG.",
    ],
    [
      'many more files',
      many(40),
      { earlier: week(10) },
      "40 files arrived, 4 times the week's mean of 10.",
    ],
    [
      'far fewer files',
      many(3),
      { earlier: week(10) },
      "Only 3 files arrived, 30 % of the week's mean of 10.",
    ],
    [
      'slow files',
      slow,
      {},
      '5 % of the files took 1 min 40 s or longer from arrival to notification.',
    ],
    [
      'equal contents',
      many(3, { content: 'same' }),
      {},
      '2 files have the content of an earlier file of the day.',
    ],
  ])('of %s', (_, files, options, expected) => {
    const [first] = compose(files, options).headlines;
    expect(first).toBe(expected);
  });

  it.each<[string, readonly DayFile[], Partial<ComposeReportOptions>]>([
    ['a little more than the week', many(25), { earlier: week(10) }],
    ['a little less than the week', many(4), { earlier: week(10) }],
    ['few files by noon', many(1), { earlier: week(10), now: new Date(`${DAY}T12:00:00Z`) }],
    [
      'a few bad rows in a new installation',
      many(4, { rowsWritten: 97, rejects: { TOO_LONG: 3 } }),
      {},
    ],
    ['ten times hardly anything', many(40), { earlier: week(4) }],
  ])('say nothing of %s', (_, files, options) => {
    expect(compose(files, options).headlines).toEqual([
      expect.stringMatching(/nothing stands out\.$/),
    ]);
  });

  it('put what is missing first, then what went wrong', () => {
    const { headlines } = compose([...many(3, { content: 'same' }), ...failed, ...rejected(1)], {
      missingHours: [{ hour: 3, reason: 'denied' }],
      deadLetters: 1,
    });
    expect(headlines.map((headline) => headline.split(' ').slice(0, 3).join(' '))).toEqual([
      '1 hour could',
      '2 files failed',
      'The dead-letter queue',
      '1 file of',
      '2 files have',
    ]);
  });
});
