import { parseJsonObject } from '../../../src/pipeline/formats/json-record.ts';
import {
  FieldRule,
  isProblem,
  type FieldResult,
} from '../../../src/pipeline/transform/field-rule.ts';
import { fieldOf, type FieldSource } from '../../support/contracts.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

type Source = Omit<FieldSource, 'name'>;

const ruleFor = (source: Source, missingValues = ['']): FieldRule =>
  new FieldRule(fieldOf(source), missingValues);

/** The JSON text a value became, or the code of its problem. */
const outcome = (result: FieldResult): string => (isProblem(result) ? result.code : result);
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
        expectSame(JSON.parse(fromText({ type }, text)), text);
      }),
    );
  });

  it('makes JSON of the same value out of every text it takes for a number', () => {
    const numberText = fc.stringMatching(/^[+-]?\d{0,5}(\.\d{0,5})?([eE][+-]?\d{1,2})?$/);
    fc.assert(
      fc.property(numberText, (text) => {
        const json = fromText({ type: 'number' }, text);
        if (json === 'INVALID_TYPE') expect(text).not.toMatch(/^[+-]?(\d|\.\d)/);
        else if (text !== '') expectSame(JSON.parse(json), Number(text));
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

  it.each([
    ['[a-z]*', 'a'.repeat(1_000), 'taken'],
    ['[a-z]*', 'a'.repeat(1_001), 'PATTERN_MISMATCH'],
    ['.*a.*b.*c', 'ab'.repeat(100_000), 'PATTERN_MISMATCH'],
  ])('tries the pattern %s on no more than 1,000 characters', (pattern, text, expected) => {
    const result = fromText({ type: 'string', constraints: { pattern } }, text);
    expect(result).toBe(expected === 'taken' ? JSON.stringify(text) : expected);
  });

  it('says that a value is too long for a pattern', () => {
    const rule = ruleFor({ type: 'string', constraints: { pattern: 'x*' } });
    expect(rule.fromText('x'.repeat(1_001))).toMatchObject({
      reason: `"${'x'.repeat(80)}…" is longer than the 1,000 characters that a pattern is tried on`,
    });
  });

  it('shows a JSON number as the file spells it', () => {
    const { value } = parseJsonObject(Buffer.from('{"a":1e-3}'));
    expect(ruleFor({ type: 'integer' }).fromJson(value.a)).toMatchObject({
      reason: '"1e-3" is not an integer',
    });
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
    ['integer', '1e21', `1${'0'.repeat(21)}`],
    ['integer', '-1.50E2', '-150'],
    ['integer', '12345678901234567890.0', '12345678901234567890'],
    ['integer', '1e399', `1${'0'.repeat(399)}`],
    ['integer', '1e400', 'INVALID_TYPE'],
    ['integer', '1e-999999999999999', 'INVALID_TYPE'],
    ['integer', '0e999999999999999', '0'],
    ['integer', '-0', '-0'],
    ['integer', '-0.0', '-0'],
    ['number', '-0', '-0'],
    ['number', '-0.0', '-0.0'],
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
    [{ type: 'any', constraints: { enum: [1000] } }, '1e3', '1e3'],
    [{ type: 'any', constraints: { enum: [1e21] } }, '1e21', '1e21'],
    [{ type: 'any', constraints: { enum: [0] } }, '-0', '-0'],
    [{ type: 'any', constraints: { enum: [1] } }, '1e400', 'NOT_IN_ENUM'],
    [{ type: 'integer', constraints: { maximum: 1e21 } }, '1e21', `1${'0'.repeat(21)}`],
    [{ type: 'integer', constraints: { maximum: 1e21 } }, '1e22', 'ABOVE_MAXIMUM'],
    [{ type: 'any', constraints: { enum: [1, 'a'] } }, '"a"', '"a"'],
    [{ type: 'any', constraints: { enum: [1, 'a'] } }, '2', 'NOT_IN_ENUM'],
    [{ type: 'any', constraints: { enum: [1, 'a'] } }, '[1]', 'NOT_IN_ENUM'],
  ])('holds typed values to the constraints, too: %j %s', (source, json, expected) => {
    expect(fromJson(source, json)).toBe(expected);
  });
});

describe('FieldRule on nested values', () => {
  it.each<[Source, string, string]>([
    [
      { type: 'object' },
      ' { "b" : 1.50, "a" : [ 12345678901234567890 ] } ',
      '{"b":1.5,"a":[12345678901234567890]}',
    ],
    [{ type: 'object' }, '{"__proto__":1}', '{"__proto__":1}'],
    [{ type: 'object' }, '[1]', 'INVALID_TYPE'],
    [{ type: 'object' }, '{"a":1', 'INVALID_TYPE'],
    [{ type: 'object' }, 'null', 'INVALID_TYPE'],
    [{ type: 'array' }, ' [ 1, {"a": 12345678901234567890} ] ', '[1,{"a":12345678901234567890}]'],
    [{ type: 'array' }, '[]', '[]'],
    [{ type: 'array' }, '{}', 'INVALID_TYPE'],
    [{ type: 'array' }, '1', 'INVALID_TYPE'],
    [{ type: 'array' }, '[1],"more":[2]', 'INVALID_TYPE'],
    [{ type: 'array' }, '[1],"array":[2]', 'INVALID_TYPE'],
    [{ type: 'array' }, '[1]}', 'INVALID_TYPE'],
    [{ type: 'array' }, `${'['.repeat(2_000)}${']'.repeat(2_000)}`, 'INVALID_TYPE'],
    [{ type: 'array' }, `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 'INVALID_TYPE'],
    [{ type: 'array', constraints: { minLength: 2 } }, '[1]', 'TOO_SHORT'],
    [{ type: 'array', constraints: { maxLength: 1 } }, '["a","b"]', 'TOO_LONG'],
    [{ type: 'array', constraints: { minLength: 2, maxLength: 2 } }, '[1,2]', '[1,2]'],
    [{ type: 'object', constraints: { maxLength: 1 } }, '{"a":[1,2,3]}', '{"a":[1,2,3]}'],
    [{ type: 'object', constraints: { maxLength: 1 } }, '{"a":1,"b":2}', 'TOO_LONG'],
    [{ type: 'object', constraints: { minLength: 1 } }, '{}', 'TOO_SHORT'],
  ])('takes as %j the text %j: %s', (source, text, expected) => {
    expect(fromText(source, text)).toBe(expected);
  });

  it.each<[Source['type'], string, string]>([
    ['object', '{"a":[1e400]}', '{"a":[1e400]}'],
    ['object', '[{}]', 'INVALID_TYPE'],
    ['object', '"{}"', '{}'],
    ['object', '1', 'INVALID_TYPE'],
    ['array', '[null]', '[null]'],
    ['array', '{}', 'INVALID_TYPE'],
    ['year', '2024', '2024'],
    ['year', '24', 'INVALID_TYPE'],
    ['year', '2024.5', 'INVALID_TYPE'],
    ['year', '"2024"', '2024'],
    ['time', '"12:00"', '"12:00"'],
    ['time', '1200', 'INVALID_TYPE'],
    ['number', '1e9999999999999999', 'INVALID_TYPE'],
  ])('takes for a field of type %s the JSON %s: %s', (type, json, expected) => {
    expect(fromJson({ type: type! }, json)).toBe(expected);
  });
});

describe('FieldRule on formats', () => {
  it.each<[Source, string, string]>([
    [{ type: 'number', decimalChar: ',', groupChar: '.' }, '1.234,50', '1234.50'],
    [{ type: 'integer', bareNumber: false }, '95 %', '95'],
    [{ type: 'boolean', trueValues: ['ja'], falseValues: ['nein'] }, 'ja', 'true'],
    [{ type: 'boolean', trueValues: ['ja'], falseValues: ['nein'] }, 'true', 'INVALID_TYPE'],
    [{ type: 'date', format: '%d.%m.%Y' }, '29.02.2024', '"2024-02-29"'],
    [{ type: 'time', format: '%I:%M %p' }, '1:05 PM', '"13:05:00"'],
    [{ format: 'email' }, 'nobody', 'INVALID_TYPE'],
    [{ type: 'year' }, '0045', '45'],
  ])('reads %j in %j: %s', (source, text, expected) => {
    expect(fromText(source, text)).toBe(expected);
  });

  it('says which format was expected', () => {
    expect(ruleFor({ type: 'date', format: '%d.%m.%Y' }).fromText('2024-01-01')).toMatchObject({
      reason: '"2024-01-01" is not a date in the format "%d.%m.%Y"',
    });
  });

  it.each<[Source, string, string]>([
    [
      { type: 'number', decimalChar: ',', constraints: { maximum: '1,5' } },
      '1,50000000000000000001',
      'ABOVE_MAXIMUM',
    ],
    [{ type: 'number', decimalChar: ',', constraints: { enum: [1.5] } }, '1,50', '1.50'],
    [{ type: 'number', constraints: { enum: [1] } }, '1.0', '1.0'],
    [{ type: 'number', constraints: { enum: ['1e2'] } }, '100', '100'],
    [{ type: 'integer', constraints: { enum: ['7'] } }, '8', 'NOT_IN_ENUM'],
    [
      { type: 'integer', constraints: { maximum: '12345678901234567890' } },
      '12345678901234567891',
      'ABOVE_MAXIMUM',
    ],
    [
      { type: 'integer', constraints: { maximum: '12345678901234567890' } },
      '12345678901234567890',
      '12345678901234567890',
    ],
    [
      { type: 'date', format: '%d.%m.%Y', constraints: { minimum: '01.02.2024' } },
      '31.01.2024',
      'BELOW_MINIMUM',
    ],
    [
      { type: 'date', format: '%d.%m.%Y', constraints: { enum: ['01.02.2024'] } },
      '1.2.2024',
      '"2024-02-01"',
    ],
    [
      { type: 'datetime', constraints: { enum: ['2024-01-01T00:00:00Z'] } },
      '2024-01-01 01:00+01:00',
      '"2024-01-01 01:00+01:00"',
    ],
    [
      { type: 'datetime', constraints: { maximum: '2024-01-01T00:00:00Z' } },
      '2024-01-01T00:00:00.000000000001Z',
      'ABOVE_MAXIMUM',
    ],
    [{ type: 'time', constraints: { maximum: '12:00' } }, '12:00:00.1', 'ABOVE_MAXIMUM'],
    [{ type: 'year', constraints: { minimum: 1999 } }, '1998', 'BELOW_MINIMUM'],
    [{ type: 'any', constraints: { enum: [1] } }, '1', '"1"'],
  ])('holds a value to constraints exactly: %j %j: %s', (source, text, expected) => {
    expect(fromText(source, text)).toBe(expected);
  });

  it('names a bound as the contract states it', () => {
    const rule = ruleFor({ type: 'number', decimalChar: ',', constraints: { maximum: '1,5' } });
    expect(rule.fromText('2')).toMatchObject({ reason: '"2" is above 1,5' });
  });
});

describe('FieldRule for Parquet', () => {
  const forParquet = (source: Source, text: string): string =>
    outcome(new FieldRule(fieldOf(source), [''], { output: 'parquet' }).fromText(text));

  it.each<[Source['type'], string, boolean]>([
    ['integer', '9223372036854775807', true],
    ['integer', '9223372036854775808', false],
    ['integer', '-9223372036854775808', true],
    ['integer', '-9223372036854775809', false],
    ['integer', '1'.repeat(1_000_000), false],
    ['number', '0.1', true],
    ['number', '123456789012345', true],
    ['number', '-0.123456789012345', true],
    ['number', '0.30000000000000004', true],
    ['number', '0.300000000000000040', true],
    ['number', '0.1234567890123456789', false],
    ['number', '9007199254740993', false],
    ['number', '9007199254740992', true],
    ['number', '1e308', true],
    ['number', '1e309', false],
    ['number', '-1e309', false],
    ['number', '1e-323', true],
    ['number', '1.234567e-320', false],
    ['number', '1e-400', false],
    ['number', '0e-400', true],
    ['number', '-0', true],
    ['datetime', '2024-01-01T00:00:00.123456Z', true],
    ['datetime', '2024-01-01T00:00:00.1234560Z', true],
    ['datetime', '2024-01-01T00:00:00.1234567Z', false],
    ['time', '12:00:00,123456', true],
    ['time', '12:00:00.0000001', false],
    ['date', '9999-12-31', true],
    ['year', '999999999', true],
    ['string', '😀', true],
    ['string', '\ud83d', false],
    ['any', '\ud83d', true],
  ])('judges whether a %s column holds %s: %s', (type, text, holds) => {
    const source = { type: type! };
    expect(forParquet(source, text)).toBe(holds ? fromText(source, text) : 'NOT_REPRESENTABLE');
    expect(fromText(source, text)).not.toBe('NOT_REPRESENTABLE');
  });

  it('takes every double as it is printed, and no number with a digit more', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-300, max: 1e300 });
    fc.assert(
      fc.property(double, (value) => {
        const [mantissa, exponent] = value.toExponential().split('e');
        expect(forParquet({ type: 'number' }, `${mantissa}e${exponent}`)).not.toMatch(/^NOT/);
        const digits = mantissa!.includes('.') ? mantissa! : `${mantissa}.`;
        const finer = `${digits.padEnd(18, '0')}1e${exponent}`;
        expectSame(forParquet({ type: 'number' }, finer), 'NOT_REPRESENTABLE');
      }),
    );
  });
});

describe('FieldRule.keyOf', () => {
  it.each<[Source, string, string, boolean]>([
    [{ type: 'integer' }, '7', '+007', true],
    [{ type: 'integer' }, '12345678901234567890', '12345678901234567891', false],
    [{ type: 'number' }, '7', '7.0e0', true],
    [{ type: 'boolean' }, 'true', '1', true],
    [{ type: 'string' }, 'a', 'A', false],
    [{ type: 'datetime' }, '2024-01-01T00:00Z', '2024-01-01 01:00:00.000+0100', true],
    [{ type: 'date', format: '%d.%m.%Y' }, '1.2.2024', '01.02.2024', true],
    [{ type: 'time' }, '12:00', '12:00:00', true],
  ])('of a field %j is the same for %j and %j: %s', (source, a, b, same) => {
    const rule = ruleFor(source);
    const [left, right] = [a, b].map((text) => rule.keyOf(rule.fromText(text) as string));
    expect(left === right).toBe(same);
  });

  it('is null where there is no value', () => {
    const rule = ruleFor({});
    expect(rule.keyOf(rule.missing() as string)).toBeNull();
    expect(rule.keyOf(rule.fromText('null') as string)).toBe('"null"');
  });
});
