import { copyBytes, copyRange } from './value-writer.ts';

const PLACES = 4096;
/** Longest value, and longest JSON of a value, that is remembered, in bytes. */
const MOST_BYTES = 48;
const NOTHING = -1;

/**
 * What became of the values that the columns had last, by their bytes: columns with a costly rule,
 * such as a pattern, often have few different values. Each value has one place, which the next one
 * with the same hash takes over, so that memory stays the same however many columns there are.
 */
export class ValueMemo {
  readonly #columns = new Int32Array(PLACES).fill(NOTHING);
  readonly #values = Buffer.alloc(PLACES * MOST_BYTES);
  readonly #lengths = new Uint8Array(PLACES);
  readonly #jsons = Buffer.alloc(PLACES * MOST_BYTES);
  readonly #jsonLengths = new Uint8Array(PLACES);

  /** The place of a column's value; `NOTHING` for one that is too long to be remembered. */
  placeOf(column: number, source: Buffer, start: number, end: number): number {
    if (end - start > MOST_BYTES) return NOTHING;
    let hash = Math.imul(column + 1, 0x9e3779b1) + end - start;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash, 31) + (source[at] ?? 0);
    return (hash ^ (hash >>> 15)) & (PLACES - 1);
  }

  /** Whether a place holds this very value. */
  holds(place: number, column: number, source: Buffer, start: number, end: number): boolean {
    if (place === NOTHING || this.#columns[place] !== column) return false;
    if (this.#lengths[place] !== end - start) return false;
    let at = place * MOST_BYTES;
    for (let from = start; from < end; from += 1) {
      if (this.#values[at] !== source[from]) return false;
      at += 1;
    }
    return true;
  }

  /** Writes the JSON of the value at a place; returns the index behind it. */
  write(place: number, out: Buffer, at: number): number {
    const first = place * MOST_BYTES;
    return copyRange(this.#jsons, first, first + (this.#jsonLengths[place] ?? 0), out, at);
  }

  /** Remembers the JSON of a value, if it is short. */
  remember(place: number, column: number, value: Buffer, json: Buffer): void {
    if (place === NOTHING || json.length > MOST_BYTES) return;
    this.#columns[place] = column;
    copyBytes(value, this.#values, place * MOST_BYTES);
    this.#lengths[place] = value.length;
    copyBytes(json, this.#jsons, place * MOST_BYTES);
    this.#jsonLengths[place] = json.length;
  }
}
