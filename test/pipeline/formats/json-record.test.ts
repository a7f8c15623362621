import { isExactNumber, parseJsonObject } from '../../../src/pipeline/formats/json-record.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

const parse = (text: string) => parseJsonObject(Buffer.from(text));
const roundTrip = (text: string): string => JSON.stringify(parse(text).value);

/** A number in JSON's grammar, with more digits and larger exponents than a double can hold. */
const jsonNumber = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(
      fc.constant('0'),
      fc.bigInt({ min: 1n, max: 10n ** 25n }).map(String),
      fc.integer({ min: 2 ** 51, max: 2 ** 53 }).map(String),
    ),
    fraction: fc.oneof(
      fc.constant(''),
      fc.stringMatching(/^\d{1,22}$/).map((digits) => `.${digits}`),
      fc.stringMatching(/^0{10,20}[1-9]$/).map((digits) => `.${digits}`),
    ),
    exponent: fc.oneof(
      fc.constant(''),
      fc
        .tuple(
          fc.constantFrom('e', 'E'),
          fc.constantFrom('', '+', '-'),
          fc.integer({ min: 0, max: 420 }),
        )
        .map((parts) => parts.join('')),
    ),
  })
  .map(({ sign, whole, fraction, exponent }) => `${sign}${whole}${fraction}${exponent}`);

/** The value of a number's text as sign, digits and power of ten, without its notation. */
function decimalOf(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}

describe('parseJsonObject', () => {
  it.each([
    '12345678901234567890',
    '-12345678901234567890',
    '0.1234567890123456789',
    '1e400',
    '1e-400',
    '-1E+400',
    '1.00000000000000001',
    '4503599627370497.4',
    '9007199254740993',
    '123456789.123456789123e-320',
    '1.23456789e-320',
  ])('keeps every digit of %s', (number) => {
    expect(roundTrip(`{"n":${number},"deep":[{"n":${number}}]}`)).toBe(
      `{"n":${number},"deep":[{"n":${number}}]}`,
    );
  });

  it('keeps the value of any number', () => {
    fc.assert(
      fc.property(jsonNumber, (number) => {
        const [, kept = ''] = /^\{"n":(.*)\}$/.exec(roundTrip(`{"n":${number}}`)) ?? [];
        expectSame(decimalOf(kept), decimalOf(number));
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps numbers that a double holds exactly as numbers', () => {
    const { value } = parse('{"a":1,"b":-2.5,"c":9007199254740991,"e":0,"f":0.000}');
    expect(value).toEqual({ a: 1, b: -2.5, c: 9007199254740991, e: 0, f: 0 });
    expect(isExactNumber(parse('{"a":9007199254740993}').value.a)).toBe(true);
  });

  it.each(['-0', '-0.0', '-0e0', '0e0', '1e3', '1E+21', '5e-324', '[-0,{"b":-0}]'])(
    'keeps a sign or an exponent that JavaScript would write otherwise: %s',
    (value) => {
      expect(roundTrip(`{"a":${value}}`)).toBe(`{"a":${value}}`);
    },
  );

  it('parses any object as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object);
        const { value, problem } = parse(text);
        expect(problem).toBeNull();
        expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', '', '0', 'rawJSON'])(
    'keeps the key %j as an ordinary property',
    (key) => {
      for (const number of ['1', '12345678901234567890']) {
        const text = `{${JSON.stringify(key)}:{"polluted":${number}}}`;
        expect(roundTrip(text)).toBe(text);
      }
      expect(Object.prototype).not.toHaveProperty('polluted');
    },
  );

  it.each([
    ['an array', '[1]'],
    ['null', 'null'],
    ['a number', '1'],
    ['a number', '12345678901234567890'],
    ['a string', '"a"'],
    ['a boolean', 'true'],
  ])('tells that the record is %s: %s', (kind, text) => {
    expect(parse(text)).toEqual({
      value: {},
      problem: { code: 'NOT_AN_OBJECT', column: null, reason: `the record is ${kind}` },
    });
  });

  it.each(['', '{', '{"a":}', '{"a":01}', "{'a':1}", '{"a":1} {"b":2}', '{"a":NaN}', '{"a":"\n"}'])(
    'tells that %j is not valid JSON',
    (text) => {
      expect(parse(text)).toMatchObject({ value: {}, problem: { code: 'INVALID_JSON' } });
    },
  );

  it('tells the position of an error but does not quote the data', () => {
    const { problem } = parse('{"secret":"hunter2" "b":1}');
    expect(problem?.reason).toBe('not valid JSON at position 20');
  });

  it.each([1_000, 100_000])('does not break on brackets %i deep', (depth) => {
    const text = `{"a":${'['.repeat(depth)}1e5${']'.repeat(depth)}}`;
    expect(parse(text)).toMatchObject({
      value: {},
      problem: { code: 'INVALID_JSON', reason: 'nested more than 500 levels deep' },
    });
  });

  it('does not take brackets in strings for nesting', () => {
    const text = `{"a":"${'\\"['.repeat(2_000)}"}`;
    expect(roundTrip(text)).toBe(text);
  });

  it('takes objects and arrays 500 levels deep', () => {
    const text = `{"a":${'[{"a":'.repeat(249)}[1]${'}]'.repeat(249)}}`;
    expect(roundTrip(text)).toBe(text);
  });

  it.each([
    ['at the top', '{"a":1,"a":2}', 'a'],
    ['with equal values', '{"a":1,"a":1}', 'a'],
    ['with blanks around the colon', '{"a" \n\t:1,"a"\r\n:2}', 'a'],
    ['in an object in an object', '{"a":{"b":{"c":1,"d":2,"c":3}}}', 'c'],
    ['in an object in an array', '{"a":[{"b":1},[{"b":1,"b":2}]]}', 'b'],
    ['behind an object of the same names', '{"a":{"b":1},"b":{"b":2,"b":3}}', 'b'],
    ['of which one is escaped', String.raw`{"A":1,"\u0041":2}`, 'A'],
    ['that is empty', '{"":1,"":2}', ''],
    ['that is __proto__', '{"__proto__":1,"__proto__":2}', '__proto__'],
    ['that looks like an index', '{"1":1,"0":2,"1":3}', '1'],
    ['beside long numbers', '{"a":12345678901234567890,"rawJSON":1,"rawJSON":2}', 'rawJSON'],
    ['with colons and quotes in strings', String.raw`{"a":":\":{","b:\"":1,"b:\"":2}`, 'b:"'],
  ])('refuses a property that is there twice %s', (_, text, name) => {
    const reason = `an object has the property ${JSON.stringify(name)} more than once`;
    expect(parse(text)).toEqual({
      value: {},
      problem: { code: 'DUPLICATE_PROPERTY', column: null, reason },
    });
  });

  it('cuts and escapes the name of a property that is there twice', () => {
    const name = `\u0007"${'x'.repeat(100)}`;
    const text = `{${JSON.stringify(name)}:1,${JSON.stringify(name)}:2}`;
    const shown = JSON.stringify(`\u0007"${'x'.repeat(78)}…`);
    expect(parse(text).problem?.reason).toBe(`an object has the property ${shown} more than once`);
  });

  it.each([
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
    '{"a":"a:1,a:2","b":"\\"a\\":1"}',
    '{"a":1,"A":2,"\u00e1":3,"a\u0301":4}',
  ])('takes properties of one name in different objects, and names that differ: %s', (text) => {
    expect(roundTrip(text)).toBe(text);
  });

  it.each([
    ['\\\\', '\\"'],
    ['\\\\', '\\n'],
    ['a\\\\', 'a\\t'],
    ['\\\\', '\\u0007'],
  ])('reads the name %s right and then %s, whatever JSON.parse remembers', (first, second) => {
    for (const name of [first, first, second]) {
      const text = `{"name":1,"${name}":12345678901234567890,"more":[{"${name}":true}]}`;
      expect(roundTrip(text)).toBe(text);
    }
  });

  it('finds exactly the objects that have a property twice', () => {
    const names = fc.constantFrom('a', 'b', '"', '\\', ':', '{', '__proto__', 'rawJSON');
    const { object } = fc.letrec<{
      value: { text: string; twice: boolean };
      object: { text: string; twice: boolean };
    }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc
          .constantFrom('1', '":,{"', 'null', '12345678901234567890')
          .map((text) => ({ text, twice: false })),
        tie('object'),
        fc.array(tie('value'), { maxLength: 3 }).map((values) => ({
          text: `[${values.map(({ text }) => text).join(',')}]`,
          twice: values.some(({ twice }) => twice),
        })),
      ),
      object: fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map((members) => ({
        text: `{${members.map(([name, { text }]) => `${JSON.stringify(name)} : ${text}`).join(',')}}`,
        twice:
          members.some(([, { twice }]) => twice) ||
          new Set(members.map(([name]) => name)).size < members.length,
      })),
    }));
    fc.assert(
      fc.property(object, ({ text, twice }) => {
        expectSame(parse(text).problem?.code, twice ? 'DUPLICATE_PROPERTY' : undefined);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('halves of surrogate pairs', () => {
  it.each(['{"a":"\\ud800"}', '{"a":["\\udc00\\ud800"]}', '{"\\uD83D":1}', '{"a":"\\\\\\ud800"}'])(
    'make a row unreadable: %s',
    (text) => {
      expect(parseJsonObject(Buffer.from(text)).problem).toMatchObject({
        code: 'INVALID_ENCODING',
      });
    },
  );

  it.each(['{"a":"\\ud83d\\ude00"}', '{"a":"\\\\ud800"}', '{"a":"😀"}'])(
    'are none where there is a whole character or no escape: %s',
    (text) => {
      const { value, problem } = parseJsonObject(Buffer.from(text));
      expect(problem).toBeNull();
      expect(value).toEqual(JSON.parse(text));
    },
  );
});
