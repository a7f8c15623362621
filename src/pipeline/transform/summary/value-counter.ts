import { ValueCounts, type ValueCountsJson } from '../../../shared/aggregates/value-counts.ts';
import { valueOfJson, type CountedValue } from '../../../shared/aggregates/value-text.ts';
import { commonBytes, hashOf, viewOf } from '../../../shared/aggregates/words.ts';
import type { FieldSummary } from './field-summary.ts';

const PLACES = 2_048;
/** Longest value that has a place, in bytes of JSON. */
const MOST_BYTES = 64;
/** Different values that are counted one by one; more of them go into a sketch, so many at a time. */
const MOST_VALUES = 8_192;

interface Counter {
  count: number;
}

/**
 * Counts the values of a column by the bytes of their JSON. Most columns that are worth counting have
 * few values: each of them has a place by its hash, so that no string is made of a value that was
 * there before. What comes out never depends on which values share a place.
 */
export class ValueCounter implements FieldSummary {
  readonly #counts = new ValueCounts();
  /** Of the values since the last ones went into the sketch. */
  readonly #counters = new Map<CountedValue, Counter>();
  readonly #placeBytes = Buffer.alloc(PLACES * MOST_BYTES);
  readonly #placeView = viewOf(this.#placeBytes);
  /** 0 for a free place. */
  readonly #placeLengths = new Uint8Array(PLACES);
  readonly #placeCounters = new Array<Counter | undefined>(PLACES);

  add(bytes: Buffer, view: DataView, start: number, end: number): void {
    if (end - start > MOST_BYTES) return void (this.#counterOf(bytes, start, end).count += 1);
    const place = hashOf(view, start, end) & (PLACES - 1);
    if (!this.#holds(place, view, start, end)) this.#take(place, bytes, start, end);
    const counter = this.#placeCounters[place];
    if (counter !== undefined) counter.count += 1;
  }

  toJson(): ValueCountsJson {
    this.#flush();
    return this.#counts.toJson();
  }

  #holds(place: number, view: DataView, start: number, end: number): boolean {
    const length = end - start;
    if (this.#placeLengths[place] !== length) return false;
    return commonBytes(view, start, this.#placeView, place * MOST_BYTES, length) === length;
  }

  #take(place: number, bytes: Buffer, start: number, end: number): void {
    this.#placeCounters[place] = this.#counterOf(bytes, start, end);
    this.#placeLengths[place] = end - start;
    bytes.copy(this.#placeBytes, place * MOST_BYTES, start, end);
  }

  #counterOf(bytes: Buffer, start: number, end: number): Counter {
    const value = valueOfJson(bytes.toString('utf8', start, end));
    const earlier = this.#counters.get(value);
    if (earlier !== undefined) return earlier;
    if (this.#counters.size === MOST_VALUES) this.#flush();
    const counter = { count: 0 };
    this.#counters.set(value, counter);
    return counter;
  }

  #flush(): void {
    this.#counts.add([...this.#counters].map(([value, { count }]) => [value, count] as const));
    this.#counters.clear();
    this.#placeLengths.fill(0);
  }
}
