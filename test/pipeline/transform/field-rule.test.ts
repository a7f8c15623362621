import fc from 'fast-check';
import { parseJsonObject } from '../../../src/pipeline/formats/json-record.ts';
import {
  FieldRule,
  isProblem,
  type FieldResult,
} from '../../../src/pipeline/transform/field-rule.ts';
import { fieldOf, type FieldSource } from '../../support/contracts.ts';

type Source = Omit<FieldSource, 'name'>;

const ruleFor = (source: Source, missingValues = ['']): FieldRule =>
  new FieldRule(fieldOf(source), missingValues);

/** The JSON text a value became, or the code of its problem. */
const outcome = (result: FieldResult): string => (isProblem(result) ? result.code : result.json);
const fromText = (source: Source, text: string): string => outcome(ruleFor(source).fromText(text));
/** A value given as JSON text, read the way the readers read it. */
const fromJson = (source: Source, json: string): string =>
  outcome(ruleFor(source).fromJson(parseJsonObject(Buffer.from(`{"v":${json}}`)).value.v));

describe('FieldRule on text', () => {
  it.each([
    ['0', '0'],
    ['7', '7'],
    ['+007', '7'],
    ['-007', '-7'],
    ['-0', '-0'],
    ['000', '0'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['1.0', 'INVALID_TYPE'],
    ['1e5', 'INVALID_TYPE'],
    ['0x10', 'INVALID_TYPE'],
    ['1_000', 'INVALID_TYPE'],
    ['1,000', 'INVALID_TYPE'],
    [' 1', 'INVALID_TYPE'],
    ['1\n', 'INVALID_TYPE'],
    ['+', 'INVALID_TYPE'],
    ['--1', 'INVALID_TYPE'],
    ['١', 'INVALID_TYPE'],
    ['abc', 'INVALID_TYPE'],
  ])('takes integer %j as %s', (text, expected) => {
    expect(fromText({ type: 'integer' }, text)).toBe(expected);
  });

  it.each([
    ['0', '0'],
    ['+007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-.5', '-0.5'],
    ['-0', '-0'],
    ['00.50', '0.50'],
    ['1e5', '1e5'],
    ['1E+05', '1e+05'],
    ['.5e-3', '0.5e-3'],
    ['1e400', '1e400'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['12345678901234567890', '12345678901234567890'],
    ['.', 'INVALID_TYPE'],
    ['-.', 'INVALID_TYPE'],
    ['.e5', 'INVALID_TYPE'],
    ['e5', 'INVALID_TYPE'],
    ['1e', 'INVALID_TYPE'],
    ['1.2.3', 'INVALID_TYPE'],
    ['NaN', 'INVALID_TYPE'],
    ['Infinity', 'INVALID_TYPE'],
    ['1,5', 'INVALID_TYPE'],
    ['5 %', 'INVALID_TYPE'],
  ])('takes number %j as %s', (text, expected) => {
    expect(fromText({ type: 'number' }, text)).toBe(expected);
  });

  it.each([
    ['true', 'true'],
    ['True', 'true'],
    ['TRUE', 'true'],
    ['1', 'true'],
    ['false', 'false'],
    ['False', 'false'],
    ['FALSE', 'false'],
    ['0', 'false'],
    ['yes', 'INVALID_TYPE'],
    ['tRue', 'INVALID_TYPE'],
  ])('takes boolean %j as %s', (text, expected) => {
    expect(fromText({ type: 'boolean' }, text)).toBe(expected);
  });

  it.each([
    ['2024-02-29', true],
    ['2000-02-29', true],
    ['2023-02-29', false],
    ['1900-02-29', false],
    ['2024-12-31', true],
    ['2024-04-31', false],
    ['2024-13-01', false],
    ['2024-00-10', false],
    ['2024-01-00', false],
    ['2024-1-1', false],
    ['24-01-01', false],
    ['2024-01-01T00:00:00Z', false],
    ['01.02.2024', false],
  ])('judges date %j: %s', (text, valid) => {
    const expected = valid ? JSON.stringify(text) : 'INVALID_TYPE';
    expect(fromText({ type: 'date' }, text)).toBe(expected);
  });

  it.each([
    ['2024-02-29T23:59:59Z', true],
    ['2024-02-29 23:59', true],
    ['2024-02-29T23:59:59.123456789+05:30', true],
    ['2024-02-29T23:59:59,5-0800', true],
    ['2024-02-29', false],
    ['2023-02-29T00:00:00Z', false],
    ['2024-02-29T24:00:00Z', false],
    ['2024-02-29T12:60:00Z', false],
    ['2024-02-29T12:00:60Z', false],
    ['2024-02-29T12:00:00+25:00', false],
    ['2024-02-29T12:00:00"', false],
  ])('judges datetime %j: %s', (text, valid) => {
    const expected = valid ? JSON.stringify(text) : 'INVALID_TYPE';
    expect(fromText({ type: 'datetime' }, text)).toBe(expected);
  });

  it.each(['string', 'any'] as const)('keeps any text of type %s', (type) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        expect(JSON.parse(fromText({ type }, text))).toBe(text);
      }),
    );
  });

  it('makes JSON of the same value out of every text it takes for a number', () => {
    const numberText = fc.stringMatching(/^[+-]?\d{0,5}(\.\d{0,5})?([eE][+-]?\d{1,2})?$/);
    fc.assert(
      fc.property(numberText, (text) => {
        const json = fromText({ type: 'number' }, text);
        if (json === 'INVALID_TYPE') expect(text).not.toMatch(/^[+-]?(\d|\.\d)/);
        else if (text !== '') expect(JSON.parse(json)).toBe(Number(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['integer', 'number'] as const)('judges a megabyte of zeros for a %s at once', (type) => {
    const started = performance.now();
    const zeros = '0'.repeat(1 << 20);
    expect(fromText({ type }, zeros)).toBe('0');
    expect(fromText({ type }, `${zeros}x`)).toBe('INVALID_TYPE');
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('FieldRule on missing values', () => {
  it('takes each of the missing values as null', () => {
    const rule = ruleFor({ type: 'integer' }, ['', 'NA', '-']);
    expect(['', 'NA', '-', '7'].map((text) => outcome(rule.fromText(text)))).toEqual([
      'null',
      'null',
      'null',
      '7',
    ]);
  });

  it('keeps an empty text where no value counts as missing', () => {
    expect(outcome(ruleFor({ type: 'string' }, []).fromText(''))).toBe('""');
  });

  it('rejects a missing value that is required', () => {
    const rule = ruleFor({ type: 'integer', constraints: { required: true } });
    const results = [rule.fromText(''), rule.missing(), rule.fromJson(null), rule.fromJson('')];
    for (const result of results) {
      expect(result).toMatchObject({ code: 'REQUIRED_VALUE_MISSING', column: 'value' });
    }
  });

  it('does not hold a missing value against the other constraints', () => {
    expect(fromText({ constraints: { minLength: 3, enum: ['abc'] } }, '')).toBe('null');
  });
});

describe('FieldRule on constraints', () => {
  it.each<[string, Source, string, string]>([
    ['minLength', { constraints: { minLength: 2 } }, 'a', 'TOO_SHORT'],
    ['minLength', { constraints: { minLength: 2 } }, 'ab', '"ab"'],
    ['minLength, in characters', { constraints: { minLength: 2 } }, '😀', 'TOO_SHORT'],
    ['maxLength', { constraints: { maxLength: 2 } }, 'abc', 'TOO_LONG'],
    ['maxLength', { constraints: { maxLength: 2 } }, 'ab', '"ab"'],
    ['maxLength, in characters', { constraints: { maxLength: 2 } }, '😀😀', '"😀😀"'],
    ['enum', { constraints: { enum: ['a', 'b'] } }, 'c', 'NOT_IN_ENUM'],
    ['enum', { constraints: { enum: ['a', 'b'] } }, 'b', '"b"'],
    ['enum of integers', { type: 'integer', constraints: { enum: [7] } }, '+007', '7'],
    ['enum of integers', { type: 'integer', constraints: { enum: [7] } }, '8', 'NOT_IN_ENUM'],
    ['enum of booleans', { type: 'boolean', constraints: { enum: [true] } }, '1', 'true'],
    ['enum of booleans', { type: 'boolean', constraints: { enum: [true] } }, '0', 'NOT_IN_ENUM'],
    ['pattern', { constraints: { pattern: '[A-Z]{2}' } }, 'DE', '"DE"'],
    ['pattern', { constraints: { pattern: '[A-Z]{2}' } }, 'de', 'PATTERN_MISMATCH'],
    [
      'pattern of the whole value',
      { constraints: { pattern: '[A-Z]{2}' } },
      'DEU',
      'PATTERN_MISMATCH',
    ],
    ['pattern of the whole value', { constraints: { pattern: 'a|b' } }, 'ab', 'PATTERN_MISMATCH'],
    ['pattern with anchors', { constraints: { pattern: '^[A-Z]{2}$' } }, 'DE', '"DE"'],
    ['pattern with characters', { constraints: { pattern: '.' } }, '😀', '"😀"'],
    ['minimum', { type: 'number', constraints: { minimum: 0 } }, '-0.01', 'BELOW_MINIMUM'],
    ['minimum', { type: 'number', constraints: { minimum: 0 } }, '0', '0'],
    ['minimum as text', { type: 'integer', constraints: { minimum: '10' } }, '9', 'BELOW_MINIMUM'],
    ['maximum', { type: 'integer', constraints: { maximum: 10 } }, '11', 'ABOVE_MAXIMUM'],
    ['maximum', { type: 'integer', constraints: { maximum: 10 } }, '10', '10'],
    ['maximum', { type: 'number', constraints: { maximum: 10 } }, '1e400', 'ABOVE_MAXIMUM'],
    ['maximum', { type: 'integer', constraints: { maximum: 10 } }, '9', '9'],
  ])('holds a value to %s: %j %s', (_, source, text, expected) => {
    expect(fromText(source, text)).toBe(expected);
  });

  it.each<[Source['type'], string, string, string]>([
    ['date', '2024-01-01', '2023-12-31', 'BELOW_MINIMUM'],
    ['date', '2024-01-01', '2024-01-01', 'taken'],
    ['datetime', '2024-01-01', '2024-01-01 00:00', 'taken'],
    ['datetime', '2024-01-01', '2023-12-31T23:59:59Z', 'BELOW_MINIMUM'],
    ['datetime', '2024-01-01T00:00:00Z', '2024-01-01 00:00:00', 'taken'],
    ['datetime', '2024-01-01T00:00:00Z', '2024-01-01T00:30:00+01:00', 'BELOW_MINIMUM'],
    ['datetime', '2024-01-01T00:00:00Z', '2023-12-31T23:30:00-0100', 'taken'],
    ['datetime', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00,4Z', 'BELOW_MINIMUM'],
  ])('compares a %s with the minimum %s in time: %s', (type, minimum, text, expected) => {
    const result = fromText({ type: type!, constraints: { minimum } }, text);
    expect(result).toBe(expected === 'taken' ? JSON.stringify(text) : expected);
  });

  it('names the column and says what is wrong, without the whole of a long value', () => {
    const result = ruleFor({ type: 'integer' }).fromText('x'.repeat(500));
    expect(result).toEqual({
      code: 'INVALID_TYPE',
      column: 'value',
      reason: `"${'x'.repeat(80)}…" is not an integer`,
    });
  });
});

describe('FieldRule on JSON values', () => {
  it.each<[Source['type'], string, string]>([
    ['integer', '12345678901234567890', '12345678901234567890'],
    ['integer', '7', '7'],
    ['integer', '1e3', '1000'],
    ['integer', '"007"', '7'],
    ['integer', '1.5', 'INVALID_TYPE'],
    ['integer', 'true', 'INVALID_TYPE'],
    ['number', '0.1234567890123456789', '0.1234567890123456789'],
    ['number', '1e400', '1e400'],
    ['number', '"1.5"', '1.5'],
    ['number', '[1]', 'INVALID_TYPE'],
    ['number', '{"rawJSON":"1"}', 'INVALID_TYPE'],
    ['boolean', 'true', 'true'],
    ['boolean', '"false"', 'false'],
    ['boolean', '1', 'INVALID_TYPE'],
    ['string', '"a"', '"a"'],
    ['string', '1', 'INVALID_TYPE'],
    ['string', '{"a":1}', 'INVALID_TYPE'],
    ['date', '"2024-02-29"', '"2024-02-29"'],
    ['date', '20240229', 'INVALID_TYPE'],
    ['datetime', '1', 'INVALID_TYPE'],
    ['any', '{"a":[1,null,12345678901234567890]}', '{"a":[1,null,12345678901234567890]}'],
    ['any', '"a"', '"a"'],
    ['any', 'false', 'false'],
  ])('takes a value for a field of type %s: %s as %s', (type, json, expected) => {
    expect(fromJson({ type: type! }, json)).toBe(expected);
  });

  it.each<[Source, string, string]>([
    [{ type: 'integer', constraints: { maximum: 5 } }, '6', 'ABOVE_MAXIMUM'],
    [{ type: 'integer', constraints: { enum: [7] } }, '7', '7'],
    [{ type: 'any', constraints: { enum: [1, 'a'] } }, '1', '1'],
    [{ type: 'any', constraints: { enum: [1, 'a'] } }, '"a"', '"a"'],
    [{ type: 'any', constraints: { enum: [1, 'a'] } }, '2', 'NOT_IN_ENUM'],
    [{ type: 'any', constraints: { enum: [1, 'a'] } }, '[1]', 'NOT_IN_ENUM'],
  ])('holds typed values to the constraints, too: %j %s', (source, json, expected) => {
    expect(fromJson(source, json)).toBe(expected);
  });
});
