import * as z from 'zod/mini';
import { CountMinSketch, maxErrorOf, PackedCells } from './count-min-sketch.ts';
import { compareValues, type CountedValue } from './value-text.ts';

/** Different values up to which the counts of one manifest are exact. */
export const EXACT_VALUES = 1_000;
/** Values of which it is known that they are frequent, where counts are not exact. */
export const CANDIDATES = 200;

const Count = z.number().check(z.int(), z.positive());
const Value = z.nullable(z.string());

/** Counts of values as they lie in manifests, the values in their order. */
export const ValueCountsJson = z.discriminatedUnion('isExact', [
  z.object({
    isExact: z.literal(true),
    /** A value, its count, and its largest count in one file where that is another number. */
    values: z.array(z.tuple([Value, Count, z.optional(Count)])),
  }),
  z.object({
    isExact: z.literal(false),
    rows: Count,
    /** There are more different values than this. */
    moreThan: z.number().check(z.int(), z.nonnegative()),
    /** A `CountMinSketch` of all rows. */
    cells: PackedCells,
    /** A frequent value and its largest count in one file. */
    candidates: z.array(z.tuple([Value, Count])),
  }),
]);
export type ValueCountsJson = z.infer<typeof ValueCountsJson>;

/** The most frequent values. */
export interface TopValues {
  /** Most frequent first; of equally frequent ones the smaller first. */
  readonly values: readonly { readonly value: CountedValue; readonly rows: number }[];
  /** Rows with other values than those listed. */
  readonly otherRows: number;
  /** Different values; a lower bound where `isExact` is false. */
  readonly distinctValues: number;
  readonly isExact: boolean;
  /** Most rows by which a listed count may be too high, see `maxErrorOf`; 0 where it is exact. */
  readonly maxError: number;
}

interface Entry {
  count: number;
  /** The largest count of the value in one contribution. */
  largest: number;
}

/**
 * How often each value occurs, in bounded memory: exact up to a number of different values, beyond it
 * by a Count-Min sketch and a list of candidates for the most frequent ones.
 *
 * Merging is a fold. What comes out depends on the contributions (one for each file) alone, not on
 * their order, nor on which of them were merged with which before:
 * - Counts and the sketch's cells are sums, and whether there are too many values for exact counts
 *   depends on the union of them.
 * - The candidates are the values with the largest count in one contribution. A partial merge drops a
 *   value only for `CANDIDATES` others that are ahead of it, and those stay ahead, because a largest
 *   count never shrinks: so it drops none that belongs to the end result while it holds its largest
 *   count. How often a candidate occurs is for the sketch to say, which has dropped nothing.
 *
 * A file that is split contributes by its chunks as soon as counts are not exact: which values are
 * candidates may then depend on where it was split. Their counts, which are the sketch's, never do.
 */
export class ValueCounts {
  readonly #exactValues: number;
  /** Empty once there is a sketch. */
  #entries = new Map<CountedValue, Entry>();
  /** Candidates by their largest count; now and then more of them than are wanted. */
  #candidates = new Map<CountedValue, number>();
  #sketch: CountMinSketch | null = null;
  #moreThan: number;
  #rows = 0;

  /** @param exactValues different values up to which counts are exact; the same in all that are merged */
  constructor(exactValues = EXACT_VALUES) {
    this.#exactValues = exactValues;
    this.#moreThan = exactValues;
  }

  /** Rows counted. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds the counts of one contribution, each value once. */
  add(counts: Iterable<readonly [value: CountedValue, count: number]>): void {
    for (const [value, count] of counts) this.#add(value, count, count);
    this.#dropCandidates();
  }

  merge(json: ValueCountsJson): void {
    if (json.isExact) {
      for (const [value, count, largest = count] of json.values) this.#add(value, count, largest);
    } else {
      this.#openSketch().merge(json.cells);
      this.#rows += json.rows;
      this.#moreThan = Math.min(this.#moreThan, json.moreThan);
      for (const [value, largest] of json.candidates) this.#addCandidate(value, largest);
    }
    this.#dropCandidates();
  }

  /** Lets all that was added so far count as one contribution: the parts of a file are one file. */
  countAsOne(): void {
    for (const entry of this.#entries.values()) entry.largest = entry.count;
  }

  /** The most frequent values; where counts are not exact at most `CANDIDATES`. */
  top(most: number): TopValues {
    const sketch = this.#sketch;
    const all =
      sketch === null
        ? [...this.#entries].map(([value, { count }]) => ({ value, rows: count }))
        : this.#topCandidates().map(([value]) => ({ value, rows: sketch.estimate(value) }));
    const values = all
      .sort((a, b) => b.rows - a.rows || compareValues(a.value, b.value))
      .slice(0, most);
    const listed = values.reduce((sum, { rows }) => sum + rows, 0);
    return {
      values,
      // Estimates are never too low, so that they may add up to more than there is.
      otherRows: Math.max(0, this.#rows - listed),
      distinctValues: this.distinctValues(),
      isExact: sketch === null,
      maxError: sketch === null ? 0 : maxErrorOf(this.#rows),
    };
  }

  /** How many different values there are; at least as many where counts are not exact. */
  distinctValues(): number {
    if (this.#sketch === null) return this.#entries.size;
    return Math.max(this.#moreThan + 1, this.#sketch.leastDistinct());
  }

  toJson(): ValueCountsJson {
    if (this.#sketch === null) return { isExact: true, values: this.#exactJson() };
    return {
      isExact: false,
      rows: this.#rows,
      moreThan: this.#moreThan,
      cells: this.#sketch.pack(),
      candidates: this.#topCandidates().sort(([a], [b]) => compareValues(a, b)),
    };
  }

  #exactJson(): [CountedValue, number, (number | undefined)?][] {
    return [...this.#entries]
      .sort(([a], [b]) => compareValues(a, b))
      .map(([value, { count, largest }]) =>
        largest === count ? [value, count] : [value, count, largest],
      );
  }

  #add(value: CountedValue, count: number, largest: number): void {
    this.#rows += count;
    if (this.#sketch !== null) {
      this.#sketch.add(value, count);
      this.#addCandidate(value, largest);
      return;
    }
    const entry = this.#entries.get(value);
    if (entry !== undefined) {
      entry.count += count;
      entry.largest = Math.max(entry.largest, largest);
      return;
    }
    this.#entries.set(value, { count, largest });
    if (this.#entries.size > this.#exactValues) this.#openSketch();
  }

  #openSketch(): CountMinSketch {
    if (this.#sketch !== null) return this.#sketch;
    const sketch = new CountMinSketch();
    for (const [value, { count, largest }] of this.#entries) {
      sketch.add(value, count);
      this.#addCandidate(value, largest);
    }
    this.#entries.clear();
    return (this.#sketch = sketch);
  }

  #addCandidate(value: CountedValue, largest: number): void {
    this.#candidates.set(value, Math.max(largest, this.#candidates.get(value) ?? 0));
  }

  /** Not each time that there is one too many: sorting them takes longer than holding a few more. */
  #dropCandidates(): void {
    if (this.#candidates.size > 4 * CANDIDATES) this.#candidates = new Map(this.#topCandidates());
  }

  #topCandidates(): [CountedValue, number][] {
    return [...this.#candidates]
      .sort(([a, largestA], [b, largestB]) => largestB - largestA || compareValues(a, b))
      .slice(0, CANDIDATES);
  }
}
