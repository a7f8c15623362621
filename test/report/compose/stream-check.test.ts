import { FILE_EVENT_TYPES, ObjectEventType } from '../../../src/analytics/event-types.ts';
import { FileEventType } from '../../../src/pipeline/notify/file-event.ts';
import {
  slowestLatency,
  STREAM_TYPES,
  streamDifferences,
  streamSpan,
  type CheckedTotals,
} from '../../../src/report/compose/stream-check.ts';
import fc from '../../support/fast-check.ts';
import { minutesWith, type Counted } from '../stream-minutes.ts';

const DAY = '2026-11-20';
const MINUTE = 60_000;
const { arrived, succeeded, rejected } = STREAM_TYPES;

const NONE: CheckedTotals = {
  arrived: 0,
  succeeded: 0,
  rejected: 0,
  forgotten: 0,
  rowsRead: 0,
  rowsRejected: 0,
};
const ONE: CheckedTotals = {
  arrived: 1,
  succeeded: 1,
  rejected: 0,
  forgotten: 0,
  rowsRead: 10,
  rowsRejected: 2,
};

const differences = (totals: CheckedTotals, counted: readonly Counted[], latency = MINUTE) =>
  streamDifferences(totals, DAY, { state: 'read', minutes: minutesWith(counted), latency });

const ROWS = { rows: 10, rejects: 2 };
const NOON: readonly Counted[] = [
  [`${DAY}T12:00:10Z`, arrived, {}],
  [`${DAY}T12:00:12Z`, succeeded, ROWS],
];

it('the types are those that are published', () => {
  expect(arrived).toBe(ObjectEventType.CREATED);
  expect({ succeeded, rejected }).toEqual({
    succeeded: FileEventType.SUCCEEDED,
    rejected: FileEventType.REJECTED,
  });
  expect(FILE_EVENT_TYPES).toEqual(new Set(Object.values(FileEventType)));
});

describe('the report against the stream', () => {
  it('agrees where both have counted the same', () => {
    expect(differences(ONE, NOON)).toEqual([]);
    expect(differences(NONE, [])).toEqual([]);
  });

  it('holds only arrivals against it where files were forgotten, whose events remain', () => {
    const totals = { ...NONE, arrived: 1, forgotten: 1 };
    expect(differences(totals, NOON)).toEqual([]);
    expect(differences({ ...totals, arrived: 2 }, NOON)).toHaveLength(1);
  });

  it('differs with both numbers for each figure', () => {
    const totals = {
      ...ONE,
      arrived: 1_300,
      succeeded: 2,
      rejected: 3,
      rowsRead: 9,
      rowsRejected: 0,
    };
    expect(differences(totals, NOON)).toEqual([
      'files arrived: 1,300 by the report, 1 by the stream',
      'files succeeded: 2 by the report, 1 by the stream',
      'files rejected: 3 by the report, 0 by the stream',
      'rows read: 9 by the report, 10 by the stream',
      'rows rejected: 0 by the report, 2 by the stream',
    ]);
  });

  it.each<[what: string, totals: CheckedTotals, counted: readonly Counted[]]>([
    [
      'a file that ended after midnight',
      ONE,
      [
        [`${DAY}T23:59:59Z`, arrived, {}],
        ['2026-11-21T00:00:30Z', succeeded, ROWS],
      ],
    ],
    [
      'a file of the day before that ended on the day',
      NONE,
      [
        ['2026-11-19T23:59:59Z', arrived, {}],
        [`${DAY}T00:00:30Z`, succeeded, ROWS],
      ],
    ],
    [
      'a file that ended before it arrived, by clocks that differ',
      ONE,
      [
        [`${DAY}T00:00:00Z`, arrived, {}],
        ['2026-11-19T23:59:59Z', succeeded, ROWS],
      ],
    ],
  ])('agrees in spite of %s', (_, totals, counted) => {
    expect(differences(totals, counted)).toEqual([]);
  });

  it('tells a range where midnight leaves it open', () => {
    const counted: readonly Counted[] = [...NOON, ['2026-11-21T00:00:30Z', succeeded, ROWS]];
    expect(differences({ ...ONE, succeeded: 3 }, counted)).toEqual([
      'files succeeded: 3 by the report, 1 to 2 by the stream',
    ]);
  });

  it('leaves open what a window does not tell apart', () => {
    const other: readonly Counted[] = [[`${DAY}T12:00:10Z`, '(other)', { events: 5, rows: 100 }]];
    expect(differences({ ...NONE, arrived: 5, rejected: 5, rowsRead: 100 }, other)).toEqual([]);
    expect(differences({ ...NONE, arrived: 6 }, other)).toEqual([
      'files arrived: 6 by the report, 0 to 5 by the stream',
    ]);
  });

  it('compares arrivals alone where files take more than a day', () => {
    const totals = { ...ONE, arrived: 2, succeeded: 9 };
    expect(differences(totals, NOON, 25 * 60 * MINUTE)).toHaveLength(1);
  });

  it('agrees for any files that take no longer than said', () => {
    const start = Date.parse(DAY);
    const file = fc.record({
      at: fc.integer({ min: start - 2 * 3_600_000, max: start + 26 * 3_600_000 }),
      takes: fc.integer({ min: 0, max: 30 * MINUTE }),
      isRejected: fc.boolean(),
      rows: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.array(file, { maxLength: 60 }), (files) => {
        const latency = slowestLatency({
          day: Math.max(0, ...files.map(({ takes }) => takes)) / 1_000,
          dayBefore: 0,
        });
        const { from, to } = streamSpan(DAY, latency);
        const iso = (time: number): string => new Date(time).toISOString();
        const counted = files.flatMap(({ at, takes, isRejected, rows }): Counted[] => [
          [iso(at), arrived, {}],
          [iso(at + takes), isRejected ? rejected : succeeded, { rows, rejects: rows }],
        ]);
        const minutes = minutesWith(counted).filter(({ start }) => start >= from && start < to);
        const ofDay = files.filter(({ at }) => iso(at).startsWith(DAY));
        const good = ofDay.filter(({ isRejected }) => !isRejected);
        const rows = good.reduce((sum, each) => sum + each.rows, 0);
        const totals = {
          arrived: ofDay.length,
          succeeded: good.length,
          rejected: ofDay.length - good.length,
          forgotten: 0,
          rowsRead: rows,
          rowsRejected: rows,
        };
        expect(streamDifferences(totals, DAY, { state: 'read', minutes, latency })).toEqual([]);
      }),
    );
  });
});

describe('how long files take', () => {
  it.each([
    [{ day: null, dayBefore: null }, 60],
    [{ day: 7_201, dayBefore: null }, 121],
    [{ day: null, dayBefore: 0.2 }, 1],
    [{ day: 61, dayBefore: 2 }, 2],
    [{ day: 2, dayBefore: 180 }, 3],
  ])('%j is %i minutes', (seconds, minutes) => {
    expect(slowestLatency(seconds)).toBe(minutes * MINUTE);
  });
});
