import { compareDecimals, decimalKey, parseDecimal } from '../../../src/datasets/values/decimal.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

const compare = (a: string, b: string): number =>
  Math.sign(compareDecimals(parseDecimal(a), parseDecimal(b)));

/** A number as a text and as a whole number of 10^-60, by an independent route. */
const number = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: fc.stringMatching(/^\d{0,20}$/),
    fraction: fc.stringMatching(/^\d{1,20}$/),
    exponent: fc.integer({ min: -40, max: 40 }),
  })
  .map(({ sign, whole, fraction, exponent }) => ({
    text: `${sign}${whole}.${fraction}e${exponent}`,
    scaled:
      BigInt(sign === '-' ? -1 : 1) *
      BigInt(whole + fraction) *
      10n ** BigInt(60 + exponent - fraction.length),
  }));

describe('compareDecimals', () => {
  it.each([
    ['0', '0.000', 0],
    ['-0', '0', 0],
    ['0e999999', '0', 0],
    ['7', '7.0', 0],
    ['70e-1', '0.7E+1', 0],
    ['0.1', '0.10000000000000000000000000001', -1],
    ['12345678901234567890', '12345678901234567891', -1],
    ['-12345678901234567890', '-12345678901234567891', 1],
    ['9', '10', -1],
    ['-9', '-10', 1],
    ['-1', '1', -1],
    ['1e400', '1e399', 1],
    ['1e-400', '0', 1],
    ['-1e400', '-1e399', -1],
    ['1e999999999999999', '9e999999999999998', 1],
  ])('compares %s with %s: %i', (a, b, expected) => {
    expect(compare(a, b)).toBe(expected);
    expect(compare(b, a)).toBe(expected === 0 ? 0 : -expected);
    expect(decimalKey(a) === decimalKey(b)).toBe(expected === 0);
  });

  it('orders numbers as their exact values', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const expected = a.scaled === b.scaled ? 0 : a.scaled < b.scaled ? -1 : 1;
        expectSame(compare(a.text, b.text), expected);
        expectSame(decimalKey(a.text) === decimalKey(b.text), expected === 0);
      }),
      { numRuns: 5_000 },
    );
  });

  it('finds a number equal to itself at any scale', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: -50, max: 50 }), ({ text }, shift) => {
        const [mantissa, exponent] = text.split('e');
        const [whole = '', fraction = ''] = mantissa!.split('.');
        const shifted = `${whole}${fraction}e${Number(exponent) - fraction.length}`;
        const zeros = `${whole}${fraction}${'0'.repeat(50 + shift)}e${Number(exponent) - fraction.length - 50 - shift}`;
        expectSame(decimalKey(shifted), decimalKey(text));
        expectSame(decimalKey(zeros), decimalKey(text));
      }),
    );
  });

  it('takes a million zeros and a giant exponent in its stride', () => {
    const started = performance.now();
    const zeros = '0'.repeat(1 << 20);
    expect(compare(`1${zeros}`, `1e${1 << 20}`)).toBe(0);
    expect(compare(`${zeros}1`, '1')).toBe(0);
    expect(compare(`0.${zeros}1`, '0')).toBe(1);
    expect(compare('1e999999999999', '1e999999999998')).toBe(1);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('refuses what is no number', () => {
    expect(() => parseDecimal('many')).toThrow(RangeError);
  });
});
