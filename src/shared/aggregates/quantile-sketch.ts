import { addPacked, packCounts, packedCounts } from './packed-counts.ts';

/** Ratio of a bin's ends: its middle is within 0.02 / 2.02 = 0.99 % of every value in it. */
const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
/** Bins of positive values are numbered by the power of gamma at which they end. */
const FIRST_BIN = -1_400;
const LAST_BIN = 2_100;
/** Holds all that is too large for the others: nobody knows how large. */
const BEYOND = LAST_BIN + 1;
const BINS = BEYOND - FIRST_BIN + 1;
/** Negative values first, those furthest from zero before all; then zero; then positive ones. */
const COUNTERS = 2 * BINS + 1;
const ZERO = BINS;

/** A schema for what `pack` gives. */
export const PackedBins = packedCounts(COUNTERS);

/**
 * Quantiles of numbers with a relative error of at most 1 %: a DDSketch (Masson, Rim and Lee: DDSketch,
 * PVLDB 12, 2019), whose bins grow with the numbers in them.
 *
 * The bins are the same for all numbers that may come, so that memory is bounded (56 KiB) and the
 * sketch of two sets of numbers is the sum of their sketches, whatever their order. In return numbers
 * closer to zero than 9 × 10^-13 count as zero, and a quantile beyond 10^18 is not known.
 */
export class QuantileSketch {
  readonly #bins = new Float64Array(COUNTERS);
  #count = 0;

  /** Adds a number; it may be infinite. */
  add(value: number, count = 1): void {
    const index = indexOf(value);
    this.#bins[index] = (this.#bins[index] ?? 0) + count;
    this.#count += count;
  }

  /**
   * Within 1 % of the number that has the rank `floor(q * (count - 1))` of them in order, counted from
   * 0; null where there is none, or it is beyond 10^18.
   *
   * @param q 0 to 1
   */
  quantile(q: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.floor(q * (this.#count - 1));
    let before = 0;
    let index = -1;
    do {
      index += 1;
      before += this.#bins[index] ?? 0;
    } while (before <= rank);
    return middleOf(index);
  }

  pack(): string {
    return packCounts(this.#bins);
  }

  /** Adds another sketch as `PackedBins` has checked it. */
  merge(packed: string): void {
    this.#count += addPacked(packed, this.#bins);
  }
}

function indexOf(value: number): number {
  if (value === 0) return ZERO;
  const bin = Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA);
  if (bin < FIRST_BIN) return ZERO;
  const distance = Math.min(bin, BEYOND) - FIRST_BIN + 1;
  return value < 0 ? ZERO - distance : ZERO + distance;
}

/** The number that is relatively as near to one end of a bin as to the other; null beyond all bins. */
function middleOf(index: number): number | null {
  if (index === ZERO) return 0;
  const bin = Math.abs(index - ZERO) + FIRST_BIN - 1;
  if (bin === BEYOND) return null;
  const middle = (2 * GAMMA ** bin) / (GAMMA + 1);
  return index < ZERO ? -middle : middle;
}
