import {
  daysOf,
  microsecondsOf,
  microsecondsOfDay,
} from '../../../../src/pipeline/write/parquet/instants.ts';
import fc from '../../../support/fast-check.ts';

const DAY = 86_400_000_000n;

it.each<[string, number]>([
  ['1970-01-01', 0],
  ['1969-12-31', -1],
  ['2026-11-20', 20_777],
  ['2000-02-29', 11_016],
  ['0001-01-01', -719_162],
  ['0000-01-01', -719_528],
  ['9999-12-31', 2_932_896],
])('%s is day %i', (text, days) => {
  expect(daysOf(text)).toBe(days);
});

it.each<[string, bigint]>([
  ['00:00', 0n],
  ['00:00:00', 0n],
  ['23:59:59.999999', DAY - 1n],
  ['12:30:15', 45_015_000_000n],
  ['00:00:00.5', 500_000n],
  ['00:00:00,000001', 1n],
  ['00:00:00.123456000', 123_456n],
])('%s is %i microseconds of the day', (text, microseconds) => {
  expect(microsecondsOfDay(text)).toBe(microseconds);
});

it.each<[string, bigint]>([
  ['1970-01-01T00:00:00Z', 0n],
  ['1970-01-01 00:00', 0n],
  ['1970-01-01T00:00:00.000001', 1n],
  ['1969-12-31T23:59:59.999999Z', -1n],
  ['1970-01-01T02:00:00+02:00', 0n],
  ['1970-01-01T02:00:00+0200', 0n],
  ['1969-12-31 23:30:00-00:30', 0n],
  ['1969-12-31 18:30:00,5-0530', 500_000n],
  ['1970-01-02T05:45Z', DAY + 20_700_000_000n],
  ['0001-01-01T00:00:00Z', -719_162n * DAY],
  ['9999-12-31T23:59:59.999999Z', 2_932_897n * DAY - 1n],
])('%s is an instant, a text without a zone one in UTC', (text, microseconds) => {
  expect(microsecondsOf(text)).toBe(microseconds);
});

it.each(['', '2026-1-1', '2026-11-20T', '20261120', '12026-01-01', 'today', '2026-13-01'])(
  '%j is no date',
  (text) => {
    expect(daysOf(text)).toBeUndefined();
  },
);

it.each(['', '24:00:00', '12:60', '12:00:60', '1:00', '12:00:00.', '12:00:00.0000001', '12:00Z'])(
  '%j is no time of day in microseconds',
  (text) => {
    expect(microsecondsOfDay(text)).toBeUndefined();
  },
);

it.each([
  '2026-11-20',
  '2026-11-20T24:00:00Z',
  '2026-11-20T12:00:00.1234567Z',
  '2026-11-20T12:00:00 Z',
  '2026-11-20T12:00:00+2',
  '2026-11-20t12:00:00z',
])('%j is no instant in microseconds', (text) => {
  expect(microsecondsOf(text)).toBeUndefined();
});

it('agrees with Date to the millisecond, and keeps the microseconds', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, fc.integer({ min: 0, max: 999 }), (instant, micros) => {
      const text = instant.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
      const expected = BigInt(instant.getTime()) * 1_000n + BigInt(micros);
      expect(microsecondsOf(text)).toBe(expected);
    }),
  );
});
