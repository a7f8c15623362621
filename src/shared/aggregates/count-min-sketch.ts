import { hash } from 'node:crypto';
import { addPacked, packCounts, packedCounts } from './packed-counts.ts';
import type { CountedValue } from './value-text.ts';

const DEPTH = 4;
/** A power of two. */
const WIDTH = 2_048;
const CELLS = DEPTH * WIDTH;
const BYTES_OF_WORD = 4;

/** A schema for what `pack` gives. */
export const PackedCells = packedCounts(CELLS);

/**
 * Counts of any number of different values in 64 KiB: a Count-Min sketch (Cormode and Muthukrishnan:
 * An Improved Data Stream Summary, Journal of Algorithms 55, 2005). Each row of cells counts every
 * value in the cell that a hash gives it, so that no cell counts too little; the least of a value's
 * cells is the estimate.
 *
 * It is linear: the sketch of two sets of rows is the sum of their sketches, cell by cell, whatever
 * their order. The hashes are 32 bits each of the value's SHA-256.
 */
export class CountMinSketch {
  readonly #cells = new Float64Array(CELLS);

  add(value: CountedValue, count: number): void {
    const digest = digestOf(value);
    for (let row = 0; row < DEPTH; row += 1) {
      const cell = cellOf(digest, row);
      this.#cells[cell] = (this.#cells[cell] ?? 0) + count;
    }
  }

  /** The value's count, or more: see `maxErrorOf`. */
  estimate(value: CountedValue): number {
    const digest = digestOf(value);
    let least = Infinity;
    for (let row = 0; row < DEPTH; row += 1) {
      least = Math.min(least, this.#cells[cellOf(digest, row)] ?? 0);
    }
    return least;
  }

  /** Different values that there are at least: no value is counted in two cells of a row. */
  leastDistinct(): number {
    let most = 0;
    for (let row = 0; row < DEPTH; row += 1) {
      const cells = this.#cells.subarray(row * WIDTH, (row + 1) * WIDTH);
      most = Math.max(
        most,
        cells.reduce((used, count) => used + (count > 0 ? 1 : 0), 0),
      );
    }
    return most;
  }

  pack(): string {
    return packCounts(this.#cells);
  }

  /** Adds another sketch as `PackedCells` has checked it. */
  merge(packed: string): void {
    addPacked(packed, this.#cells);
  }
}

/**
 * By how much an estimate among so many rows is too high at most, with a confidence of
 * 1 - e^-4 = 98 % for each value: e / width times the rows.
 */
export function maxErrorOf(rows: number): number {
  return Math.ceil((Math.E / WIDTH) * rows);
}

/** No value and the text "null" are two values: JSON tells them apart. */
function digestOf(value: CountedValue): Buffer {
  return hash('sha256', JSON.stringify(value), 'buffer');
}

function cellOf(digest: Buffer, row: number): number {
  return row * WIDTH + (digest.readUInt32LE(row * BYTES_OF_WORD) & (WIDTH - 1));
}
