import {
  dayNumber,
  isIsoDate,
  isIsoDateTime,
  isIsoTime,
  isPlainInteger,
  isPlainNumber,
  isUuid,
  plainNumber,
  type ByteForm,
} from '../../../src/datasets/values/byte-forms.ts';
import { temporalType } from '../../../src/datasets/values/dates.ts';
import { compareDecimals, parseDecimal } from '../../../src/datasets/values/decimal.ts';
import { integerType, numberType } from '../../../src/datasets/values/numbers.ts';
import { stringType } from '../../../src/datasets/values/strings.ts';
import type { ValueType } from '../../../src/datasets/values/value-type.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

/** Whether a text between other bytes, which must not matter, is of a form. */
const isOf = (form: ByteForm, text: string): boolean => {
  const bytes = Buffer.from(`12${text}34`);
  return form(bytes, 2, bytes.length - 2);
};

const numeric = fc.stringMatching(/^-?\d{0,20}(\.\d{0,20})?$/);
const near = (alphabet: string) =>
  fc
    .array(fc.constantFrom(...alphabet.split('')), { maxLength: 12 })
    .map((letters) => letters.join(''));
const two = fc.integer({ min: 0, max: 62 }).map((value) => String(value).padStart(2, '0'));
const day = fc
  .tuple(fc.constantFrom('2024', '1900', '2000', '0000', 'x024'), two, two)
  .map((parts) => parts.join('-'));
const time = fc
  .tuple(two, two, fc.constantFrom('', ':', ':07', ':60', ':59.1', ':59,123', ':59.'))
  .map(([hour, minute, rest]) => `${hour}:${minute}${rest}`);
const zone = fc.constantFrom('', 'Z', 'z', '+01:00', '-2359', '+24:00', '+1', '-01:60', '+01:0');

describe('A byte form', () => {
  it.each<[string, ByteForm, ValueType, (text: string) => string, fc.Arbitrary<string>]>([
    ['integers', isPlainInteger, integerType({}), String, fc.oneof(numeric, near('0017-+. '))],
    ['numbers', isPlainNumber, numberType({}), String, fc.oneof(numeric, near('0017-+.eE '))],
    ['dates', isIsoDate, temporalType('date'), JSON.stringify, fc.oneof(day, near('012-'))],
    ['times', isIsoTime, temporalType('time'), JSON.stringify, fc.oneof(time, near('012:.'))],
    [
      'datetimes',
      isIsoDateTime,
      temporalType('datetime'),
      JSON.stringify,
      fc.tuple(day, fc.constantFrom('T', ' ', 't', ''), time, zone).map((parts) => parts.join('')),
    ],
    [
      'UUIDs',
      isUuid,
      stringType('uuid'),
      JSON.stringify,
      fc.oneof(
        fc.uuid(),
        fc.uuid().map((uuid) => uuid.toUpperCase()),
        fc.stringMatching(/^[0-9a-g-]{35,37}$/),
      ),
    ],
  ])('of %s takes only what its type keeps as it is written', (_, form, type, jsonOf, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        if (isOf(form, text)) expectSame(type.read(text), jsonOf(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each<[ByteForm, readonly string[], readonly string[]]>([
    [isPlainInteger, ['0', '-0', '7', '-12', '9'.repeat(40)], ['', '-', '+7', '07', '1.', '1e5']],
    [isPlainNumber, ['0', '0.50', '-7.0', '12'], ['', '.5', '5.', '00.5', '1e5', '1.2.3', '-']],
    [isIsoDate, ['2024-02-29'], ['2023-02-29', '2024-2-29', 'abcd-02-10', '2024-02-29T']],
    [isIsoTime, ['12:30', '23:59:59', '00:00:00,5'], ['24:00', '12:60', '12:30:', '12:30:59.']],
    [
      isIsoDateTime,
      ['2024-02-29T12:30', '2024-02-29 12:30:59.123Z', '2024-02-29T12:30-0130'],
      ['2024-02-29', '2024-02-29T', '2023-02-29T12:30', '2024-02-29T12:30+24:00'],
    ],
    [
      isUuid,
      ['123e4567-e89b-12d3-A456-42661417400F'],
      ['', '123e4567-e89b-12d3-a456-42661417400g'],
    ],
  ])('knows what is usual: %p', (form, usual, others) => {
    for (const text of usual) expect([text, isOf(form, text)]).toEqual([text, true]);
    for (const text of others) expect([text, isOf(form, text)]).toEqual([text, false]);
  });
});

describe('plainNumber', () => {
  const plain = fc.stringMatching(/^-?(0|[1-9]\d{0,9})(\.\d{1,8})?$/);
  const valueOf = (text: string): number => plainNumber(Buffer.from(text), 0, text.length);

  it('is the double that the text stands for', () => {
    fc.assert(
      fc.property(plain, (text) => {
        expectSame(
          valueOf(text),
          text.length > 15 && Number.isNaN(valueOf(text)) ? NaN : Number(text),
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it('never turns the order of two numbers around', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const order = Math.sign(valueOf(a) - valueOf(b));
        const exact = Math.sign(compareDecimals(parseDecimal(a), parseDecimal(b)));
        if (order !== 0 && !Number.isNaN(order)) expectSame(order, exact);
      }),
      { numRuns: 5_000 },
    );
  });

  it('does not judge a number with more digits than a double holds', () => {
    expect(valueOf('9007199254740993')).toBeNaN();
    expect(valueOf('-123456789012345')).toBe(-123_456_789_012_345);
  });
});

describe('dayNumber', () => {
  it('is in the order of the days', () => {
    const days = ['0000-01-01', '1999-12-31', '2000-01-01', '2000-02-29', '9999-12-31'];
    const numbers = days.map((text) => dayNumber(Buffer.from(text), 0));
    expect(numbers).toEqual([101, 19_991_231, 20_000_101, 20_000_229, 99_991_231]);
  });
});
