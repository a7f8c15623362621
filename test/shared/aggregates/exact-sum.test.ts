import { parseDecimal } from '../../../src/datasets/values/decimal.ts';
import {
  ExactSum,
  isOfFewDigits,
  MOST_DIGITS,
  plainText,
} from '../../../src/shared/aggregates/exact-sum.ts';
import fc from '../../support/fast-check.ts';

/** Decimals of the oracle, which counts in units of 10^-20. */
const SCALE = 20;

interface Term {
  readonly text: string;
  readonly units: bigint;
}

const terms: fc.Arbitrary<Term> = fc
  .record({
    digits: fc.oneof(
      fc.bigInt({ min: -999_999n, max: 999_999n }),
      fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
    ),
    decimals: fc.nat({ max: SCALE }),
  })
  .map(({ digits, decimals }) => ({
    text: `${digits}e-${decimals}`,
    units: digits * 10n ** BigInt(SCALE - decimals),
  }));

/** Units as a number in plain digits, without zeros that say nothing. */
function textOf(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(SCALE + 1, '0');
  const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, '');
  return `${units < 0n ? '-' : ''}${text}`;
}

describe('ExactSum', () => {
  it('adds without rounding, in any order', () => {
    fc.assert(
      fc.property(fc.array(terms, { maxLength: 30 }), (added) => {
        const sum = new ExactSum();
        for (const { text } of added) sum.add(parseDecimal(text));
        const backwards = new ExactSum();
        for (const { text } of [...added].reverse()) backwards.add(parseDecimal(text));
        const units = added.reduce((total, term) => total + term.units, 0n);
        expect(sum.toText()).toBe(textOf(units));
        expect(backwards.toText()).toBe(sum.toText());
      }),
    );
  });

  it('adds short numbers as it adds any, however many there are', () => {
    const short = fc.tuple(
      fc.integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 }),
      fc.nat({ max: 15 }),
    );
    fc.assert(
      fc.property(fc.array(short, { maxLength: 60 }), (added) => {
        const [fast, slow] = [new ExactSum(), new ExactSum()];
        for (const [digits, decimals] of added) {
          fast.addDigits(digits, decimals);
          slow.add(parseDecimal(`${digits}e-${decimals}`));
        }
        expect(fast.toText()).toBe(slow.toText());
      }),
    );
  });

  it('goes on after its text was asked for', () => {
    const sum = new ExactSum();
    sum.addDigits(15, 1);
    expect(sum.toText()).toBe('1.5');
    sum.addDigits(-15, 1);
    expect(sum.toText()).toBe('0');
  });
});

it.each([
  ['0', '0'],
  ['-0', '0'],
  ['1.50', '1.5'],
  ['-70e-1', '-7'],
  ['1e3', '1000'],
  ['12e-5', '0.00012'],
  ['-0.5', '-0.5'],
  ['1e400', `1${'0'.repeat(400)}`],
])('writes %s as %s', (text, plain) => {
  expect(plainText(parseDecimal(text))).toBe(plain);
});

it.each([
  [`1e${MOST_DIGITS - 1}`, true],
  [`1e${MOST_DIGITS}`, false],
  [`1e-${MOST_DIGITS}`, true],
  [`1e-${MOST_DIGITS + 1}`, false],
  [`1.${'0'.repeat(5_000)}`, true],
  ['1e999999999999999', false],
  ['0e999999999999999', true],
  ['9'.repeat(10_000_000), false],
])('knows of a number how many digits it has: case %#', (text, isTaken) => {
  expect(isOfFewDigits(parseDecimal(text))).toBe(isTaken);
});
