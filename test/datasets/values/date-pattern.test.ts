import { datePattern, InvalidPatternError } from '../../../src/datasets/values/date-pattern.ts';
import type { TemporalType } from '../../../src/datasets/values/dates.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

describe('datePattern', () => {
  it.each<[TemporalType, string, string, string | null]>([
    ['date', '%d.%m.%Y', '29.02.2024', '2024-02-29'],
    ['date', '%d.%m.%Y', '1.2.2024', '2024-02-01'],
    ['date', '%d.%m.%Y', '30.02.2024', null],
    ['date', '%d.%m.%Y', '01.13.2024', null],
    ['date', '%d.%m.%Y', '00.01.2024', null],
    ['date', '%d.%m.%Y', '01.00.2024', null],
    ['date', '%d.%m.%Y', '01.01.24', null],
    ['date', '%d.%m.%Y', '01-01-2024', null],
    ['date', '%d.%m.%Y', ' 01.01.2024', null],
    ['date', '%m/%d/%y', '12/31/68', '2068-12-31'],
    ['date', '%m/%d/%y', '12/31/69', '1969-12-31'],
    ['date', '%m/%d/%y', '1/1/99', '1999-01-01'],
    ['date', '%m/%d/%y', '1/1/00', '2000-01-01'],
    ['date', '%Y%m%d', '20240229', '2024-02-29'],
    ['date', '%Y%m%d', '2024229', null],
    ['date', '%d%m%Y', '1112024', null],
    ['date', '%y%j', '24366', '2024-12-31'],
    ['date', '%Y-%j', '2023-1', '2023-01-01'],
    ['date', '%Y-%j', '2023-366', null],
    ['date', '%Y-%j', '2023-000', null],
    ['date', '%b %e, %Y', 'Jan  1, 2024', '2024-01-01'],
    ['date', '%b %e, %Y', 'JAN 1, 2024', '2024-01-01'],
    ['date', '%b %e, %Y', 'Jan 31, 2024', '2024-01-31'],
    ['date', '%b %e, %Y', 'Jän 1, 2024', null],
    ['date', '%b %e, %Y', 'Foo 1, 2024', null],
    ['date', '%e%B%Y', ' 1March2024', '2024-03-01'],
    ['date', '%d %B %Y', '09 September 2024', '2024-09-09'],
    ['date', '%a, %d %b %Y', 'Mon, 01 Jan 2024', '2024-01-01'],
    ['date', '%a, %d %b %Y', 'Tue, 01 Jan 2024', null],
    ['date', '%A %d/%m/%Y', 'monday 01/01/2024', '2024-01-01'],
    ['date', '%A %d/%m/%Y', 'mon 01/01/2024', null],
    ['date', '100%% %Y/%m/%d', '100% 2024/01/02', '2024-01-02'],
    ['date', '(%Y)[%m].%d', '(2024)[01].02', '2024-01-02'],
    ['date', '1%d %m %Y', '105 1 2024', '2024-01-05'],
    ['date', '1%d %m %Y', '15 1 2024', null],
    ['time', '%H:%M:%S', '23:59:59', '23:59:59'],
    ['time', '%H:%M', '7:05', '07:05:00'],
    ['time', '%H:%M', '24:00', null],
    ['time', '%H:%M', '23:60', null],
    ['time', '%H:%M:%S', '23:00:60', null],
    ['time', '%Hh', '7h', '07:00:00'],
    ['time', '%I:%M %p', '12:00 AM', '00:00:00'],
    ['time', '%I:%M %p', '12:00 pm', '12:00:00'],
    ['time', '%I:%M %p', '1:30 PM', '13:30:00'],
    ['time', '%I:%M %p', '13:30 PM', null],
    ['time', '%I:%M %p', '0:30 AM', null],
    ['time', '%I:%M %p', '1:30 XM', null],
    ['time', '%H:%M:%S.%f', '12:00:00.5', '12:00:00.5'],
    ['time', '%H:%M:%S.%f', '12:00:00.123456789', '12:00:00.123456789'],
    ['time', '%H%M%S%f', '120000123456', '12:00:00.123456'],
    ['time', '%H%M%S%f', '12000012345', null],
    ['datetime', '%d/%b/%Y:%H:%M:%S %z', '10/Oct/2000:13:55:36 -0700', '2000-10-10T13:55:36-07:00'],
    ['datetime', '%Y-%m-%d %H:%M:%S%z', '2024-01-01 12:00:00+05:30', '2024-01-01T12:00:00+05:30'],
    ['datetime', '%Y-%m-%d %H:%M:%S%z', '2024-01-01 12:00:00Z', '2024-01-01T12:00:00Z'],
    ['datetime', '%Y-%m-%d %H:%M:%S%z', '2024-01-01 12:00:00+25:00', null],
    ['datetime', '%Y-%m-%d %H:%M:%S %Z', '2024-01-01 12:00:00 UTC', '2024-01-01T12:00:00Z'],
    ['datetime', '%Y-%m-%d %H:%M:%S %Z', '2024-01-01 12:00:00 CET', null],
    ['datetime', '%Y%m%d%H', '2024010113', '2024-01-01T13:00:00'],
    ['datetime', '%m/%d/%Y %I:%M:%S %p', '1/2/2024 3:04:05 PM', '2024-01-02T15:04:05'],
  ])('reads a %s in %j from %j: %s', (type, pattern, text, expected) => {
    expect(datePattern(pattern, type)(text)).toBe(expected === null ? null : `"${expected}"`);
  });

  it.each<[TemporalType, string, string]>([
    ['date', '%d.%m', 'does not tell the year'],
    ['date', '%Y', 'does not tell the month'],
    ['date', '%Y-%m', 'does not tell the day'],
    ['date', 'today', 'does not tell the year'],
    ['date', '', 'does not tell the year'],
    ['date', '%Y-%m-%d %H', 'tells a hour: a date has none'],
    ['date', '%Y-%m-%d%z', 'tells a zone: a date has none'],
    ['date', '%Y-%y-%m-%d', 'tells the year twice'],
    ['date', '%Y-%m-%b-%d', 'tells the month twice'],
    ['date', '%Y-%j-%d', 'tells the day of the year and the day of the month'],
    ['date', '%Y-%m-%D', 'has the unknown directive "%D"'],
    ['date', '%Y-%-m-%d', 'has the unknown directive "%-"'],
    ['date', '%Y-%m-%d%', 'has the unknown directive "%"'],
    ['time', '%M:%S', 'does not tell the hour'],
    ['time', '%I:%M', 'does not tell the half of the day'],
    ['time', '%H:%M %p', 'tells the half of the day without %I'],
    ['time', '%H:%S', 'does not tell the minute'],
    ['time', '%H:%M.%f', 'does not tell the second'],
    ['time', '%Y %H', 'tells a year: a time has none'],
    ['time', '%H:%M%z', 'tells a zone: a time has none'],
    ['datetime', '%Y-%m-%d', 'does not tell the hour'],
    ['datetime', '%H:%M', 'does not tell the year'],
    ['datetime', '%Y-%m-%d %H:%M%z %Z', 'tells the zone twice'],
  ])('refuses for a %s the pattern %j: it %s', (type, pattern, reason) => {
    expect(() => datePattern(pattern, type)).toThrow(InvalidPatternError);
    expect(() => datePattern(pattern, type)).toThrow(reason);
  });

  it('reads what a formatter wrote', () => {
    const day = ['%d', '%e'].flatMap((d) =>
      ['%m', '%b', '%B'].flatMap((m) => ['%Y', '%y'].map((y) => [d, m, y])),
    );
    const dates = [
      ...day,
      ['%Y', '%j'],
      ['%j', '%y'],
      ['%A', '%d', '%m', '%Y'],
      ['%a', '%e', '%b', '%y'],
    ];
    const times = [
      ['%H'],
      ['%H', '%M'],
      ['%I', '%M', '%p'],
      ['%H', '%M', '%S'],
      ['%p', '%I', '%M', '%S', '%f'],
    ];
    const pattern = fc
      .record({
        date: fc
          .constantFrom(...dates)
          .chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length })),
        time: fc.constantFrom(...times),
        zone: fc.constantFrom('', ' %z', ' %Z'),
        separator: fc.constantFrom('.', '/', ' ', ', ', '%%', 'T', '(*)'),
      })
      .map(({ date, time, zone, separator }) => [...date, ...time].join(separator) + zone);
    const moment = fc.date({
      min: new Date('1969-01-01'),
      max: new Date('2068-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(pattern, moment, (given, date) => {
        const read = datePattern(given, 'datetime')(formatted(given, date));
        expectSame(read, `"${expectedIso(given, date)}"`);
      }),
      { numRuns: 5_000 },
    );
  });
});

const english = (options: Intl.DateTimeFormatOptions, date: Date): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options }).format(date);

/** Formats a moment by JavaScript's own means. */
function formatted(pattern: string, date: Date): string {
  const pad = (value: number, width = 2, fill = '0'): string => String(value).padStart(width, fill);
  const startOfYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  const parts: Record<string, () => string> = {
    Y: () => String(date.getUTCFullYear()),
    y: () => String(date.getUTCFullYear()).slice(2),
    m: () => pad(date.getUTCMonth() + 1),
    b: () => english({ month: 'short' }, date),
    B: () => english({ month: 'long' }, date),
    d: () => pad(date.getUTCDate()),
    e: () => pad(date.getUTCDate(), 2, ' '),
    j: () => pad(Math.floor((date.getTime() - startOfYear) / 86_400_000) + 1, 3),
    a: () => english({ weekday: 'short' }, date),
    A: () => english({ weekday: 'long' }, date),
    H: () => pad(date.getUTCHours()),
    I: () => pad(((date.getUTCHours() + 11) % 12) + 1),
    p: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    M: () => pad(date.getUTCMinutes()),
    S: () => pad(date.getUTCSeconds()),
    f: () => pad(date.getUTCMilliseconds(), 3),
    z: () => '+0000',
    Z: () => 'GMT',
    '%': () => '%',
  };
  return pattern.replace(/%(.)/g, (_, letter: string) => parts[letter]!());
}

/** What of a moment a pattern tells, in ISO 8601. */
function expectedIso(pattern: string, date: Date): string {
  const iso = date.toISOString();
  const minutes = pattern.includes('%M') ? iso.slice(13, 16) : ':00';
  const seconds = pattern.includes('%S') ? iso.slice(16, 19) : ':00';
  const fraction = pattern.includes('%f') ? iso.slice(19, 23) : '';
  const zone = pattern.endsWith('%z') ? '+00:00' : pattern.endsWith('%Z') ? 'Z' : '';
  return `${iso.slice(0, 13)}${minutes}${seconds}${fraction}${zone}`;
}
