import * as z from 'zod/mini';
import { compareDecimals, parseDecimal, type Decimal } from '../../datasets/values/decimal.ts';
import { ExactSum, isOfFewDigits, MOST_DIGITS, plainText } from './exact-sum.ts';
import { PackedBins, QuantileSketch } from './quantile-sketch.ts';

const Count = z.number().check(z.int(), z.nonnegative());
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;
/** A sum of many long numbers is a little longer than each. */
const LONGEST_TEXT = 2 * MOST_DIGITS + 20;
const PlainNumber = z.string().check(z.maxLength(LONGEST_TEXT), z.regex(PLAIN_NUMBER));

/** What the numbers of a column add up to, as it lies in manifests. */
export const MeasureSummaryJson = z.object({
  /** Numbers; values that are missing are none. */
  count: Count,
  /** Numbers among them of too many digits for all but the sketch. */
  tooLong: Count,
  /** In plain digits, as the extremes; of all numbers that are not too long. */
  sum: PlainNumber,
  /** Null where there is no such number. */
  minimum: z.nullable(PlainNumber),
  maximum: z.nullable(PlainNumber),
  /** A `QuantileSketch` of all numbers. */
  bins: PackedBins,
});
export type MeasureSummaryJson = z.infer<typeof MeasureSummaryJson>;

/**
 * What numbers add up to: count, sum and extremes, exactly, and quantiles within 1 %. Merging is a
 * fold, in any order.
 *
 * Exact figures hold numbers of at most `MOST_DIGITS` digits on either side of the point. Where there
 * are others, such as `1e5000`, sum, mean and extremes are not known.
 */
export class MeasureSummary {
  readonly #sum = new ExactSum();
  readonly #sketch = new QuantileSketch();
  readonly #minimum = new Extreme(-1);
  readonly #maximum = new Extreme(1);
  #count = 0;
  #tooLong = 0;

  /** Adds a number, given as JSON text. */
  add(text: string): void {
    const decimal = parseDecimal(text);
    this.#count += 1;
    this.#sketch.add(Number(text));
    if (isOfFewDigits(decimal)) this.#addExact(decimal);
    else this.#tooLong += 1;
  }

  /**
   * Adds a whole number of at most 15 digits, of which so many are decimals: no text is made of it.
   *
   * @param value the double next to the number
   */
  addDigits(digits: number, decimals: number, value: number): void {
    this.#count += 1;
    this.#sketch.add(value);
    this.#sum.addDigits(digits, decimals);
    this.#minimum.takeDigits(digits, decimals, value);
    this.#maximum.takeDigits(digits, decimals, value);
  }

  merge({ count, tooLong, sum, minimum, maximum, bins }: MeasureSummaryJson): void {
    this.#count += count;
    this.#tooLong += tooLong;
    this.#sum.add(parseDecimal(sum));
    if (minimum !== null) this.#minimum.take(parseDecimal(minimum));
    if (maximum !== null) this.#maximum.take(parseDecimal(maximum));
    this.#sketch.merge(bins);
  }

  get count(): number {
    return this.#count;
  }

  /** In plain digits; null where it is not known, or of no number. */
  get sum(): string | null {
    return this.#isKnown ? this.#sum.toText() : null;
  }

  get minimum(): string | null {
    return this.#isKnown ? this.#minimum.toText() : null;
  }

  get maximum(): string | null {
    return this.#isKnown ? this.#maximum.toText() : null;
  }

  /** The double next to the sum, divided; null where it is not known or no double. */
  get mean(): number | null {
    const mean = Number(this.sum ?? NaN) / this.#count;
    return Number.isFinite(mean) ? mean : null;
  }

  /** See `QuantileSketch`; never beyond the extremes where they are known. */
  quantile(q: number): number | null {
    const quantile = this.#sketch.quantile(q);
    if (quantile === null || !this.#isKnown) return quantile;
    return Math.min(Math.max(quantile, Number(this.minimum)), Number(this.maximum));
  }

  toJson(): MeasureSummaryJson {
    return {
      count: this.#count,
      tooLong: this.#tooLong,
      sum: this.#sum.toText(),
      minimum: this.#minimum.toText(),
      maximum: this.#maximum.toText(),
      bins: this.#sketch.pack(),
    };
  }

  get #isKnown(): boolean {
    return this.#count > 0 && this.#tooLong === 0;
  }

  #addExact(decimal: Decimal): void {
    this.#sum.add(decimal);
    this.#minimum.take(decimal);
    this.#maximum.take(decimal);
  }
}

/** The smallest or the largest of some numbers, exactly. */
class Extreme {
  readonly #direction: -1 | 1;
  #decimal: Decimal | null = null;
  /** Of those that came as digits, which are compared as doubles: different ones are never equal. */
  #value: number;
  #digits = 0;
  #decimals = 0;

  /** @param direction -1 for the smallest, 1 for the largest */
  constructor(direction: -1 | 1) {
    this.#direction = direction;
    this.#value = -Infinity;
  }

  takeDigits(digits: number, decimals: number, value: number): void {
    if (value * this.#direction <= this.#value) return;
    this.#value = value * this.#direction;
    this.#digits = digits;
    this.#decimals = decimals;
  }

  take(decimal: Decimal): void {
    const earlier = this.#decimal;
    if (earlier === null || compareDecimals(decimal, earlier) * this.#direction > 0) {
      this.#decimal = decimal;
    }
  }

  toText(): string | null {
    if (this.#value !== -Infinity) {
      this.take(parseDecimal(`${this.#digits}e-${this.#decimals}`));
      this.#value = -Infinity;
    }
    return this.#decimal && plainText(this.#decimal);
  }
}
