import type { FieldType } from '../../../src/cli/infer/candidates.ts';
import {
  CODE_LIKE_EXPONENTS,
  JsonEvidence,
  TextEvidence,
  type ColumnReading,
} from '../../../src/cli/infer/column-evidence.ts';

function readTexts(texts: readonly string[], name = 'value'): ColumnReading {
  const evidence = new TextEvidence();
  for (const text of texts) evidence.add(text);
  return evidence.read(name);
}

function readJson(values: readonly unknown[]): ColumnReading {
  const evidence = new JsonEvidence();
  for (const value of values) evidence.add(value);
  return evidence.read('value');
}

describe('a column of texts', () => {
  it.each([['3E5'], ['1', '0.5', '12e3'], ['4711', '3E5', '0815']])(
    'with %s is no number: it may hold codes',
    (...texts) => {
      const { type, doubt } = readTexts(texts);
      expect(type).toEqual({ type: 'string' });
      // A leading zero decides already.
      expect(doubt).toBe(texts.includes('0815') ? null : CODE_LIKE_EXPONENTS);
    },
  );

  it.each([
    ['1e-7', '1e+22', '3e+05'],
    ['1.5e3', '2.0E5'],
  ])('with exponents as programs write them is a number: %s', (...texts) => {
    expect(readTexts(texts)).toEqual({ type: { type: 'number' }, doubt: null });
  });

  it.each<[string, string[], FieldType]>([
    ['integers', ['0', '-7', '+12', '1000000'], { type: 'integer' }],
    ['zeros and ones', ['0', '1', '1'], { type: 'integer' }],
    ['the borders of 64 bits', ['9223372036854775807', '-9'], { type: 'integer' }],
    ['an integer beyond 64 bits', ['9223372036854775808'], { type: 'string' }],
    ['postal codes', ['01067', '80331'], { type: 'string' }],
    ['telephone numbers', ['+4930123456', '+4989654321'], { type: 'string' }],
    ['signed changes', ['+5', '-3'], { type: 'integer' }],
    ['decimals', ['1', '-0.5', '.25', '1e-7'], { type: 'number' }],
    ['shortest doubles of 17 digits', ['0.30000000000000004', '1'], { type: 'number' }],
    ['a number that no double holds', ['3.14159265358979323846', '1'], { type: 'string' }],
    ['a number beyond all doubles', ['1e400', '1'], { type: 'string' }],
    ['decimal commas', ['1,5', '2,25', '7'], { type: 'number', decimalChar: ',' }],
    ['thousands with commas', ['1,234,567', '12'], { type: 'integer', groupChar: ',' }],
    ['thousands and decimals', ['1,234.50', '12.00'], { type: 'number', groupChar: ',' }],
    ['thousands with dots', ['1.234.567', '12'], { type: 'integer', groupChar: '.' }],
    [
      'dots and decimal commas',
      ['1.234,50', '12,00'],
      { type: 'number', decimalChar: ',', groupChar: '.' },
    ],
    ['thousands with spaces', ['1 234', '12'], { type: 'integer', groupChar: ' ' }],
    [
      'thousands with hard spaces',
      ['1\u00a0234,5', '12,0'],
      { type: 'number', decimalChar: ',', groupChar: '\u00a0' },
    ],
    ['thousands with apostrophes', ["1'234.50", '12'], { type: 'number', groupChar: "'" }],
    ['numbers with units', ['5 kg', '6 kg'], { type: 'string' }],
    ['numbers and a word', ['1', '2', 'three'], { type: 'string' }],
    ['a number between spaces', ['1', ' 2'], { type: 'string' }],
    ['true and false', ['true', 'FALSE', 'True'], { type: 'boolean' }],
    ['nothing but true', ['true'], { type: 'boolean' }],
    ['yes and no', ['Yes', 'no'], { type: 'boolean', trueValues: ['Yes'], falseValues: ['no'] }],
    ['ja and nein', ['ja', 'nein'], { type: 'boolean', trueValues: ['ja'], falseValues: ['nein'] }],
    ['Y and N', ['Y', 'N', 'Y'], { type: 'boolean', trueValues: ['Y'], falseValues: ['N'] }],
    ['one word of a pair', ['N', 'N'], { type: 'string' }],
    ['a pair and a third word', ['Y', 'N', 'U'], { type: 'string' }],
    ['ISO dates', ['2026-11-20', '1999-02-28'], { type: 'date' }],
    ['a day that is none', ['2026-11-20', '2026-02-30'], { type: 'string' }],
    ['German dates', ['20.11.2026', '1.2.2026'], { type: 'date', format: '%d.%m.%Y' }],
    ['British dates', ['20/11/2026', '01/02/2026'], { type: 'date', format: '%d/%m/%Y' }],
    ['American dates', ['11/20/2026', '01/02/2026'], { type: 'date', format: '%m/%d/%Y' }],
    ['short American dates', ['11/20/26', '1/2/26'], { type: 'date', format: '%m/%d/%y' }],
    ['dates from the year on', ['2026/11/20', '2026/1/2'], { type: 'date', format: '%Y/%m/%d' }],
    ['dates of digits', ['20261119', '20261120', '20261121'], { type: 'date', format: '%Y%m%d' }],
    ['two numbers like dates', ['20261119', '20261120'], { type: 'integer' }],
    ['numbers, one of them no date', ['20261119', '20261120', '20261299'], { type: 'integer' }],
    [
      'dates with names of months',
      ['Jun 12 1998', 'Aug 7 1998'],
      { type: 'date', format: '%b %d %Y' },
    ],
    [
      'dates in British prose',
      ['12 June 1998', '7 May 1998'],
      { type: 'date', format: '%d %B %Y' },
    ],
    ['dates as Oracle has them', ['12-JUN-98', '07-AUG-99'], { type: 'date', format: '%d-%b-%y' }],
    ['versions', ['1.2.10', '1.3.11'], { type: 'string' }],
    ['times', ['09:15:00', '23:59:59.5'], { type: 'time' }],
    ['times on the clock face', ['9:15 AM', '11:59 PM'], { type: 'time', format: '%I:%M %p' }],
    ['proportions', ['16:9', '4:3'], { type: 'string' }],
    ['ISO times', ['2026-11-20T09:15:00Z', '2026-11-20 09:15'], { type: 'datetime' }],
    [
      'American times',
      ['11/20/2026 9:15 AM', '1/2/2026 10:00 PM'],
      { type: 'datetime', format: '%m/%d/%Y %I:%M %p' },
    ],
    [
      "a web server's times",
      ['20/Nov/2026:09:15:00 +0100'],
      { type: 'datetime', format: '%d/%b/%Y:%H:%M:%S %z' },
    ],
    [
      'times of digits',
      ['20261119091500', '20261120091500', '20261121091500'],
      { type: 'datetime', format: '%Y%m%d%H%M%S' },
    ],
    ['dates and times mixed', ['2026-11-20', '2026-11-20T09:15:00Z'], { type: 'string' }],
    ['JSON objects', ['{"a":1}', '{}'], { type: 'object' }],
    ['JSON arrays', ['[1,2]', '[]'], { type: 'array' }],
    ['braces that are no JSON', ['{a}'], { type: 'string' }],
    ['words', ['red', 'green'], { type: 'string' }],
    ['a very long number', ['1'.repeat(100)], { type: 'string' }],
    ['nothing', [], { type: 'string' }],
    ['nothing but texts of no value', ['NA', '-'], { type: 'string' }],
  ])('of %s', (_, texts, expected) => {
    expect(readTexts(texts)).toMatchObject({ type: expected, doubt: null });
  });

  it.each([
    ['year', { type: 'year' }],
    ['Model Year', { type: 'year' }],
    ['birthYear', { type: 'year' }],
    ['price', { type: 'integer' }],
    ['yearly', { type: 'integer' }],
  ])('named "%s" with numbers of four digits', (name, type) => {
    expect(readTexts(['1998', '2026'], name).type).toEqual(type);
  });

  it.each([
    [
      'its dates may be read as day-month-year (%d/%m/%Y) or month-day-year (%m/%d/%Y)',
      ['01/02/2026', '03/04/2026'],
    ],
    [
      'its dates may be read as day-month-year (%d.%m.%Y) or month-day-year (%m.%d.%Y)',
      ['05.05.2026'],
    ],
    [
      'its dates may be read as day-month-year (%d/%m/%Y %H:%M) or month-day-year (%m/%d/%Y %H:%M)',
      ['01/02/2026 10:00'],
    ],
    [
      'its dates may be read as day-month-year (%d/%m/%y) or month-day-year (%m/%d/%y) or year-month-day (%y/%m/%d)',
      ['01/02/03', '04/05/06'],
    ],
    ['its "," may part thousands (groupChar) or decimals (decimalChar)', ['1,234', '12']],
  ])('stays text when %s', (doubt, texts) => {
    expect(readTexts(texts)).toEqual({ type: { type: 'string' }, doubt });
  });

  it.each([
    [['1.234', '12'], 'its "." may part thousands (groupChar)'],
    [['1.234', '0.5'], null],
    [['1.234', '0.123'], null],
  ])('of numbers %j is one of numbers, and a doubt is told: %j', (texts, doubt) => {
    expect(readTexts(texts)).toEqual({ type: { type: 'number' }, doubt });
  });

  it('tells texts that mean no value from values', () => {
    const evidence = new TextEvidence();
    for (const text of ['1', 'NA', '2', 'NA', '-']) evidence.add(text);
    expect(evidence.values).toBe(2);
    expect(Object.fromEntries(evidence.missingTexts)).toEqual({ NA: 2, '-': 1 });
    expect(evidence.read('value').type).toEqual({ type: 'integer' });
  });
});

describe('a property of JSON objects', () => {
  it.each<[string, unknown[], FieldType]>([
    ['integers', [1, -2], { type: 'integer' }],
    ['numbers', [1, 2.5], { type: 'number' }],
    ['large numbers', [1e21], { type: 'number' }],
    ['booleans', [true, false], { type: 'boolean' }],
    ['objects', [{ a: 1 }, {}], { type: 'object' }],
    ['arrays', [[1], []], { type: 'array' }],
    ['strings', ['a'], { type: 'string' }],
    ['numbers as strings', ['1', '2'], { type: 'string' }],
    ['words for true and false', ['yes', 'no'], { type: 'string' }],
    ['dates', ['2026-11-20'], { type: 'date' }],
    ['dates in a pattern', ['Jun 12 1998'], { type: 'date', format: '%b %d %Y' }],
    ['numbers and NA', [1, 'NA'], { type: 'integer' }],
    ['nothing', [], { type: 'string' }],
  ])('with %s', (_, values, expected) => {
    expect(readJson(values)).toEqual({ type: expected, doubt: null });
  });

  it('may hold anything when it holds several kinds', () => {
    expect(readJson([1, 'a', [true]])).toEqual({
      type: { type: 'any' },
      doubt: 'its values are of several kinds: number, array, string',
    });
  });
});
