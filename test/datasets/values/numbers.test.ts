import {
  integerType,
  numberType,
  yearType,
  type NumberFormat,
} from '../../../src/datasets/values/numbers.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

const GERMAN: NumberFormat = { decimalChar: ',', groupChar: '.' };
const LOOSE: NumberFormat = { bareNumber: false };

describe('numberType', () => {
  it.each<[NumberFormat, string, string | null]>([
    [GERMAN, '1.234.567,89', '1234567.89'],
    [GERMAN, '-1.234,5', '-1234.5'],
    [GERMAN, '1234,5', '1234.5'],
    [GERMAN, ',5', '0.5'],
    [GERMAN, '1,5e3', '1.5e3'],
    [GERMAN, '1.5', null],
    [GERMAN, '0.125', null],
    [GERMAN, '1.2345', null],
    [GERMAN, '1.234.56', null],
    [GERMAN, '1..234', null],
    [GERMAN, '.234', null],
    [GERMAN, '1.234.', null],
    [GERMAN, '1,234.567', null],
    [GERMAN, '1,5,5', null],
    [{ groupChar: ',' }, '1,234,567.89', '1234567.89'],
    [{ groupChar: ',' }, '12,34,567', '1234567'],
    [{ groupChar: ',' }, '1,234.567,890', null],
    [{ groupChar: "'" }, "1'234.50", '1234.50'],
    [{ groupChar: ' ' }, '+1 234', '1234'],
    [{ groupChar: '\u202f' }, '1\u202f234', '1234'],
    [{ groupChar: '^' }, '1^234', '1234'],
    [{ groupChar: ']' }, '1]234', '1234'],
    [{ decimalChar: '|' }, '1|5', '1.5'],
    [{ decimalChar: ',' }, '1.5', null],
    [LOOSE, '95 %', '95'],
    [LOOSE, '€95', '95'],
    [LOOSE, 'EUR 95.50', '95.50'],
    [LOOSE, '$.50', '0.50'],
    [LOOSE, '-€95', '-95'],
    [LOOSE, '€ -95', '-95'],
    [LOOSE, '€-95.5 net', '-95.5'],
    [LOOSE, '- 95', '-95'],
    [LOOSE, '95.–', '95'],
    [LOOSE, '95', '95'],
    [LOOSE, '1e5 m', '1e5'],
    [LOOSE, '95 EUR', '95'],
    [LOOSE, 'Fr.95', null],
    [LOOSE, ',95', null],
    [LOOSE, '(95)', null],
    [LOOSE, '95-', null],
    [LOOSE, '\u221295', null],
    [LOOSE, '–95', null],
    [LOOSE, '-€-95', null],
    [LOOSE, 'a-b 95', null],
    [LOOSE, '12 34', null],
    [LOOSE, '95 m2', null],
    [LOOSE, 'none', null],
    [LOOSE, '', null],
    [{ ...GERMAN, ...LOOSE }, '1.234,50 €', '1234.50'],
    [{ groupChar: ' ', bareNumber: false }, 'CHF 1 234', '1234'],
    [{}, 'INF', null],
    [{}, '-INF', null],
    [{}, 'NaN', null],
    [{}, '1e999999999999999', '1e999999999999999'],
    [{}, '1e1000000000000000', null],
    [{}, '', null],
  ])('reads under %j the text %j as %s', (format, text, expected) => {
    expect(numberType(format).read(text)).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['1.5', true],
    ['-0', true],
    ['1E+400', true],
    ['true', false],
    ['"1"', false],
    ['{"rawJSON":"1"}', false],
    ['1e1000000000000000', false],
  ])('takes of JSON %s: %s', (json, isNumber) => {
    expect(numberType({}).readJson(json)).toBe(isNumber ? json : null);
  });

  it('reads what a formatter wrote, digit by digit', () => {
    const separators = fc.constantFrom([',', '.'], ['.', ','], ['.', "'"], [',', ' '], [';', '_']);
    const digits = fc.stringMatching(/^[1-9]\d{0,20}$/);
    fc.assert(
      fc.property(
        separators,
        fc.constantFrom('', '-', '+'),
        digits,
        fc.stringMatching(/^\d{0,10}$/),
        fc.boolean(),
        ([decimalChar = '', groupChar = ''], sign, whole, fraction, isGrouped) => {
          const groups = whole.replace(/\B(?=(?:\d{3})+$)/g, groupChar);
          const text = `${sign}${isGrouped ? groups : whole}${fraction && decimalChar + fraction}`;
          const expected = `${sign === '-' ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
          expectSame(numberType({ decimalChar, groupChar }).read(text), expected);
          const decorated = `${text} USD`;
          expectSame(
            numberType({ decimalChar, groupChar, bareNumber: false }).read(decorated),
            expected,
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('judges a megabyte of anything at once', () => {
    const started = performance.now();
    for (const piece of ['0', '.', '1.', ',111', '-', 'e', ' ', '(', '9']) {
      const text = piece.repeat(1 << 18);
      for (const format of [{}, GERMAN, LOOSE, { ...GERMAN, ...LOOSE }]) {
        numberType(format).read(text);
        numberType(format).read(`${text}x`);
        integerType(format).read(`${text}-`);
      }
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('integerType', () => {
  it.each<[NumberFormat, string, string | null]>([
    [{ groupChar: ',' }, '1,234,567', '1234567'],
    [{ groupChar: ',' }, '12,34', null],
    [{ groupChar: '.' }, '1.234', '1234'],
    [LOOSE, '95 %', '95'],
    [LOOSE, '#-95', '-95'],
    [LOOSE, '.95', null],
    [LOOSE, '9.5 kg', null],
  ])('reads under %j the text %j as %s', (format, text, expected) => {
    expect(integerType(format).read(text)).toBe(expected);
  });

  it('reads every integer as the integer it is', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(5), (value, zeros) => {
        const text = String(value).replace(/^-?/, `$&${'0'.repeat(zeros)}`);
        expectSame(integerType({}).read(text), String(value));
      }),
    );
  });
});

describe('yearType', () => {
  it.each<[string, string | null]>([
    ['2024', '2024'],
    ['0045', '45'],
    ['-0045', '-45'],
    ['12024', '12024'],
    ['999999999', '999999999'],
    ['1234567890', null],
    ['24', null],
    ['02024', null],
    ['+2024', null],
    ['2024Z', null],
    ['2024.0', null],
    ['', null],
  ])('reads %j as %s, in text and in JSON', (text, expected) => {
    expect(yearType().read(text)).toBe(expected);
    expect(yearType().readJson(text)).toBe(expected);
  });
});
