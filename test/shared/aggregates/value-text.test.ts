import {
  boundedText,
  compareValues,
  LONGEST_VALUE,
  valueOfJson,
} from '../../../src/shared/aggregates/value-text.ts';
import fc from '../../support/fast-check.ts';

describe('valueOfJson', () => {
  it.each([
    ['null', null],
    ['"null"', 'null'],
    ['""', ''],
    ['"a\\n\\"ü\\""', 'a\n"ü"'],
    ['1.0', '1.0'],
    ['true', 'true'],
    ['"__proto__"', '__proto__'],
    ['{"a":1}', '{"a":1}'],
    ['"\\ud800"', '\ud800'],
  ])('counts %s as %j', (json, value) => {
    expect(valueOfJson(json)).toBe(value);
  });
});

describe('boundedText', () => {
  it('keeps texts up to 128 characters', () => {
    const text = 'x'.repeat(LONGEST_VALUE);
    expect(boundedText(text)).toBe(text);
  });

  it('keeps of a longer text the start, and a hash that tells it from others', () => {
    const [a, b] = ['a', 'b'].map((end) => boundedText('x'.repeat(10_000_000) + end));
    expect(a).toMatch(/^x{100}…[0-9a-f]{8}$/);
    expect(b).toMatch(/^x{100}…[0-9a-f]{8}$/);
    expect(a).not.toBe(b);
  });

  it('cuts no character in two', () => {
    expect(boundedText(`${'x'.repeat(99)}${'😀'.repeat(20)}`)).toMatch(/^x{99}…[0-9a-f]{8}$/);
  });

  it('stays the same when it is bounded again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 100, maxLength: 160 }), (text) => {
        expect(boundedText(boundedText(text))).toBe(boundedText(text));
      }),
    );
  });
});

it('null comes before every text', () => {
  expect(['b', null, '', 'a'].sort(compareValues)).toEqual([null, '', 'a', 'b']);
});
