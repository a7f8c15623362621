import { createHash, type Hash } from 'node:crypto';

/** Length of the blocks that are hashed on their own, in bytes. */
export const CONTENT_HASH_BLOCK_BYTES = 8 * 1024 * 1024;

/**
 * A hash of a file's stored bytes that any chunking on block borders can compute in parallel:
 * SHA-256 over each 8 MiB block, then SHA-256 over the block hashes in order.
 *
 * @example
 * const hash = new ContentHash();
 * for await (const bytes of body) hash.update(bytes);
 * hash.digest(); // 'blocks-sha256:…'
 */
export class ContentHash {
  #blocks = createHash('sha256');
  #block: Hash = createHash('sha256');
  #room = CONTENT_HASH_BLOCK_BYTES;

  update(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#room);
      this.#block.update(part);
      this.#room -= part.length;
      rest = rest.subarray(part.length);
      if (this.#room === 0) this.#closeBlock();
    }
  }

  digest(): string {
    if (this.#room < CONTENT_HASH_BLOCK_BYTES) this.#closeBlock();
    return `blocks-sha256:${this.#blocks.digest('hex')}`;
  }

  #closeBlock(): void {
    this.#blocks.update(this.#block.digest());
    this.#block = createHash('sha256');
    this.#room = CONTENT_HASH_BLOCK_BYTES;
  }
}
