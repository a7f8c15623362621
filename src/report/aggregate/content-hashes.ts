import * as z from 'zod/mini';

const PREFIX_DIGITS = 16;
const PREFIX_BYTES = 8;
const FIRST_CAPACITY = 1_024;

/** Different content hashes and how many files they belong to, as they lie in an hour's sums. */
export const ContentHashesJson = z.object({
  files: z.number().check(z.int(), z.nonnegative()),
  /** The first 64 bits of each different hash, in order, big-endian, in base64. */
  prefixes: z.string(),
});
export type ContentHashesJson = z.infer<typeof ContentHashesJson>;

/**
 * Finds files with equal content, at eight bytes a file. Two different contents among a million files
 * have the same 64 bits with a probability of 1 in 37 million.
 */
export class ContentHashes {
  #prefixes = new BigUint64Array(FIRST_CAPACITY);
  #length = 0;
  #files = 0;

  /** @param hash ends with a SHA-256 in hex */
  add(hash: string): void {
    const digest = hash.slice(hash.lastIndexOf(':') + 1);
    this.#push(BigInt(`0x${digest.slice(0, PREFIX_DIGITS)}`));
    this.#files += 1;
  }

  /** How many files have the content of another that comes before them. */
  duplicates(): number {
    this.#compact();
    return this.#files - this.#length;
  }

  merge({ files, prefixes }: ContentHashesJson): void {
    const bytes = Buffer.from(prefixes, 'base64');
    for (let at = 0; at + PREFIX_BYTES <= bytes.length; at += PREFIX_BYTES) {
      this.#push(bytes.readBigUInt64BE(at));
    }
    this.#files += files;
  }

  toJson(): ContentHashesJson {
    this.#compact();
    const bytes = Buffer.alloc(this.#length * PREFIX_BYTES);
    for (let index = 0; index < this.#length; index += 1) {
      bytes.writeBigUInt64BE(this.#prefixes[index] ?? 0n, index * PREFIX_BYTES);
    }
    return { files: this.#files, prefixes: bytes.toString('base64') };
  }

  #push(prefix: bigint): void {
    if (this.#length === this.#prefixes.length) {
      const larger = new BigUint64Array(2 * this.#length);
      larger.set(this.#prefixes);
      this.#prefixes = larger;
    }
    this.#prefixes[this.#length] = prefix;
    this.#length += 1;
  }

  /** Leaves each different prefix once, in order. */
  #compact(): void {
    const prefixes = this.#prefixes;
    const sorted = prefixes.subarray(0, this.#length).sort();
    let kept = 0;
    for (const prefix of sorted) {
      if (kept > 0 && prefixes[kept - 1] === prefix) continue;
      prefixes[kept] = prefix;
      kept += 1;
    }
    this.#length = kept;
  }
}
