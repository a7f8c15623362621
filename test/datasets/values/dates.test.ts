import { temporalType, type TemporalType } from '../../../src/datasets/values/dates.ts';
import { fractionDigits } from '../../../src/datasets/values/instant.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

describe('temporalType, ISO 8601', () => {
  it.each<[TemporalType, string, boolean]>([
    ['time', '23:59:59', true],
    ['time', '00:00', true],
    ['time', '12:30:15.123456789', true],
    ['time', '12:30:15,5', true],
    ['time', '24:00:00', false],
    ['time', '12:60:00', false],
    ['time', '12:00:60', false],
    ['time', '1:00:00', false],
    ['time', '12:00:00Z', false],
    ['time', '12:00:00+01:00', false],
    ['time', '12', false],
    ['date', '2024-02-29', true],
    ['date', '2024-02-30', false],
    ['datetime', '2024-02-29T12:00:00Z', true],
    ['datetime', '2024-02-30T12:00:00Z', false],
  ])('judges as %s %j: %s', (type, text, isValue) => {
    expect(temporalType(type).read(text)).toBe(isValue ? JSON.stringify(text) : null);
  });

  it('takes exactly the days that JavaScript has', () => {
    const part = (max: number, width: number) =>
      fc.integer({ min: 0, max }).map((value) => String(value).padStart(width, '0'));
    fc.assert(
      fc.property(part(9999, 4), part(13, 2), part(32, 2), (year, month, day) => {
        const text = `${year}-${month}-${day}`;
        const date = new Date(`${text}T00:00:00Z`);
        const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        expectSame(temporalType('date').read(text) !== null, exists);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('temporalType, as moments', () => {
  it.each<[TemporalType, string, string, -1 | 0 | 1]>([
    ['date', '2024-02-29', '2024-03-01', -1],
    ['date', '0999-12-31', '1000-01-01', -1],
    ['time', '12:00', '12:00:00.000', 0],
    ['time', '12:00:00.1', '12:00:00,10', 0],
    ['time', '12:00:00.1', '12:00:00.09', 1],
    ['time', '12:00:00.123456789012345678', '12:00:00.123456789012345679', -1],
    ['datetime', '2024-01-01T00:00:00Z', '2024-01-01 01:00+01:00', 0],
    ['datetime', '2024-01-01T00:00:00', '2024-01-01T00:00:00Z', 0],
    ['datetime', '2024-01-01T00:00:00-0530', '2024-01-01T05:30:00Z', 0],
    ['datetime', '2023-12-31T23:30:00-01:00', '2024-01-01T00:29:59Z', 1],
    ['datetime', '2024-01-01T00:00:00.0000000001Z', '2024-01-01T00:00:00Z', 1],
    ['datetime', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', -1],
  ])('compares the %s %s with %s: %i', (name, a, b, expected) => {
    const type = temporalType(name);
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    expect(Math.sign(type.compareWith!(right)(left))).toBe(expected);
    expect(Math.sign(type.compareWith!(left)(right))).toBe(expected === 0 ? 0 : -expected);
    expect(type.key(left) === type.key(right)).toBe(expected === 0);
  });

  it('orders datetimes as JavaScript does, to the millisecond, in any zone', () => {
    const moment = fc.record({
      time: fc.integer({ min: -62_000_000_000_000, max: 250_000_000_000_000 }),
      offset: fc.integer({ min: -14 * 60, max: 14 * 60 }),
    });
    const textOf = ({ time, offset }: { time: number; offset: number }): string => {
      const local = new Date(time + offset * 60_000).toISOString().slice(0, -1);
      const ahead = Math.abs(offset);
      const pad = (value: number): string => String(value).padStart(2, '0');
      return `"${local}${offset < 0 ? '-' : '+'}${pad(Math.floor(ahead / 60))}:${pad(ahead % 60)}"`;
    };
    const type = temporalType('datetime');
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        expectSame(type.read(textOf(a).slice(1, -1)), textOf(a));
        expectSame(Math.sign(type.compareWith!(textOf(b))(textOf(a))), Math.sign(a.time - b.time));
        expectSame(type.key(textOf(a)), type.key(textOf({ ...a, offset: 0 })));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['"12:00"', 0],
    ['"12:00:00.120"', 2],
    ['"2024-01-01T12:00:00,1234567Z"', 7],
    ['"2024-01-01T12:00:00.0000000Z"', 0],
  ])('counts the digits of the second in %s: %i', (json, digits) => {
    expect(fractionDigits(json)).toBe(digits);
  });
});
