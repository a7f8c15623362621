import { hash } from 'node:crypto';

const WORDS = 4;
const FIRST_CAPACITY = 64;
/** Fullest a table gets before it doubles: beyond, searches grow long. */
const MAX_LOAD = 0.75;

/**
 * In which row each value was seen first, in 20 bytes a place instead of the values themselves: a
 * table with open addressing over the first 128 bits of the values' SHA-256.
 *
 * Two different values are taken for equal with odds of n² / 2^129 among n values: below 1 in 10^25
 * for three million, and nobody can make a pair on purpose.
 */
export class FirstRows {
  #size = 0;
  #hashes = new Uint32Array(FIRST_CAPACITY * WORDS);
  /** 0 is a free place: rows are counted from 1. */
  #rows = new Uint32Array(FIRST_CAPACITY);

  /** Values held. */
  get size(): number {
    return this.#size;
  }

  /** The row that took a value; 0 when none did. */
  rowOf(digest: Buffer): number {
    return this.#rows[this.#placeOf(digest)] ?? 0;
  }

  /** Remembers the row of a value that no row has taken. */
  add(digest: Buffer, row: number): void {
    if (this.#size >= this.#rows.length * MAX_LOAD) this.#grow();
    this.#put(this.#placeOf(digest), digest, row);
    this.#size += 1;
  }

  #put(place: number, digest: Buffer, row: number): void {
    this.#rows[place] = row;
    for (let word = 0; word < WORDS; word += 1) {
      this.#hashes[place * WORDS + word] = digest.readUInt32LE(word * 4);
    }
  }

  /** Where a value is, or where it would go. */
  #placeOf(digest: Buffer): number {
    const mask = this.#rows.length - 1;
    const [a, b] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
    const [c, d] = [digest.readUInt32LE(8), digest.readUInt32LE(12)];
    const hashes = this.#hashes;
    let place = a & mask;
    while (this.#rows[place] !== 0) {
      const at = place * WORDS;
      if (
        hashes[at] === a &&
        hashes[at + 1] === b &&
        hashes[at + 2] === c &&
        hashes[at + 3] === d
      ) {
        return place;
      }
      place = (place + 1) & mask;
    }
    return place;
  }

  #grow(): void {
    const [rows, hashes] = [this.#rows, this.#hashes];
    this.#rows = new Uint32Array(rows.length * 2);
    this.#hashes = new Uint32Array(hashes.length * 2);
    const digests = Buffer.from(hashes.buffer);
    rows.forEach((row, place) => {
      if (row === 0) return;
      const digest = digests.subarray(place * WORDS * 4, (place + 1) * WORDS * 4);
      this.#put(this.#placeOf(digest), digest, row);
    });
  }
}

/** What `FirstRows` keeps of a value. */
export function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
