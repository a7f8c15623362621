import { INSTANTS } from '../../../src/datasets/values/instant.ts';
import { EventTimes, EventTimesJson } from '../../../src/shared/aggregates/event-times.ts';
import fc from '../../support/fast-check.ts';
import { arrangementsOf, mergedInGroups, mergedInOrder } from './any-order.ts';

const DAY_MILLISECONDS = 86_400_000;
const dayOf = (text: string): number => Date.parse(text.slice(0, 10)) / DAY_MILLISECONDS;
const ARRIVAL_DAY = dayOf('2026-11-20');

const two = (number: number): string => String(number).padStart(2, '0');

/** Moments near each other, written in all ways that records have. */
const moments = fc
  .record({
    day: fc.constantFrom('2026-11-19', '2026-11-20', '2024-02-29', '0001-01-01', '9999-12-31'),
    hour: fc.constantFrom(0, 1, 12, 22, 23),
    minute: fc.constantFrom(0, 30, 59),
    second: fc.constantFrom('', ':00', ':59'),
    fraction: fc.constantFrom('', '.5', '.50', ',5', '.123456789', '.1234567891', '.12345678900'),
    zone: fc.constantFrom('', 'Z', '+01:00', '-0130', '+23:59'),
    separator: fc.constantFrom('T', ' '),
    isDay: fc.constantFrom(false, false, false, true),
  })
  .map(({ day, hour, minute, second, fraction, zone, separator, isDay }) =>
    isDay
      ? day
      : `${day}${separator}${two(hour)}:${two(minute)}${second}${second && fraction}${zone}`,
  );

function timesOf(texts: readonly string[], arrivalDay = ARRIVAL_DAY): EventTimes {
  const times = new EventTimes();
  for (const text of texts) {
    const bytes = Buffer.from(`"${text}"`);
    times.add(bytes, 1, bytes.length - 1, arrivalDay);
  }
  return times;
}

/** The order of moments as contracts compare them, and of equal ones that of their texts. */
function compare(a: string, b: string): number {
  const order = INSTANTS.compareWith!(`"${b}"`)(`"${a}"`);
  if (order !== 0) return order;
  return a < b ? -1 : 1;
}

/** The UTC day of a moment, by the platform's own clock. */
function utcDay(text: string): number {
  const [, date, time = '00:00', zone = ''] =
    /^(.{10})(?:[T ](\d\d:\d\d).*?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text)!;
  const offset = zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2') || 'Z';
  return Math.floor(Date.parse(`${date}T${time}${offset}`) / DAY_MILLISECONDS);
}

describe('EventTimes', () => {
  it('finds the first and the last moment, and those of earlier days', () => {
    fc.assert(
      fc.property(fc.array(moments, { minLength: 1, maxLength: 100 }), (texts) => {
        const inOrder = texts.toSorted(compare);
        const last = inOrder.at(-1)!;
        const latest = inOrder.find(
          (text) => INSTANTS.compareWith!(`"${last}"`)(`"${text}"`) === 0,
        );
        expect(timesOf(texts).toJson()).toEqual({
          rows: texts.length,
          lateRows: texts.filter((text) => utcDay(text) < ARRIVAL_DAY).length,
          earliest: inOrder[0],
          latest,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same for any split and any order', () => {
    const json = fc
      .array(moments, { maxLength: 8 })
      .map((texts) => EventTimesJson.parse(timesOf(texts).toJson()));
    fc.assert(
      fc.property(arrangementsOf(json), (arrangement) => {
        const create = () => new EventTimes();
        const expected = mergedInOrder(create, arrangement.items);
        expect(mergedInGroups(create, arrangement)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['2026-11-19', 1],
    ['2026-11-20', 0],
    ['2026-11-20T00:00:00+00:01', 1],
    ['2026-11-19T23:59:59.999Z', 1],
    ['2026-11-19T23:59:59-00:01', 0],
  ])('counts %s, of a file of 20 November, as late: %d', (text, lateRows) => {
    expect(timesOf([text]).toJson()).toMatchObject({ lateRows });
  });

  it('cuts off further decimals, of which a record may have any number', () => {
    const digits = '1'.repeat(1_000_000);
    const { earliest, latest } = timesOf([`2026-11-20T12:00:00.${digits}+01:00`]).toJson();
    expect(earliest).toBe(`2026-11-20T12:00:00.${'1'.repeat(30)}+01:00`);
    expect(latest).toBe(earliest);
  });

  it('knows nothing of no event', () => {
    expect(new EventTimes().toJson()).toEqual({
      rows: 0,
      lateRows: 0,
      earliest: null,
      latest: null,
    });
  });

  it.each(['', '2026', '2026-11-20T', '12:30', 'x'.repeat(100)])(
    'refuses a manifest whose first moment is %j',
    (earliest) => {
      const json = { rows: 1, lateRows: 0, earliest, latest: null };
      expect(EventTimesJson.safeParse(json).success).toBe(false);
    },
  );
});
