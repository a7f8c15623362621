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
  readonly #blocks = new BlockHashes(CONTENT_HASH_BLOCK_BYTES);

  update(bytes: Uint8Array): void {
    this.#blocks.update(bytes);
  }

  digest(): string {
    return contentHashOf(this.#blocks.end());
  }
}

/** The hashes of a range's blocks, from which `contentHashOf` makes the file's `ContentHash`. */
export class BlockHashes {
  readonly #blockBytes: number;
  readonly #done: string[] = [];
  #block: Hash = createHash('sha256');
  #room: number;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
    this.#room = blockBytes;
  }

  update(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) {
      const part = bytes.subarray(start, start + this.#room);
      this.#block.update(part);
      this.#room -= part.length;
      start += part.length;
      if (this.#room === 0) this.#closeBlock();
    }
  }

  /** SHA-256 of each block in Base64; the last block may be short. */
  end(): string[] {
    if (this.#room < this.#blockBytes) this.#closeBlock();
    return this.#done;
  }

  #closeBlock(): void {
    this.#done.push(this.#block.digest('base64'));
    this.#block = createHash('sha256');
    this.#room = this.#blockBytes;
  }
}

/** What `ContentHash` gives for the whole, from the hashes of all blocks in order. */
export function contentHashOf(blocks: readonly string[]): string {
  const hash = createHash('sha256');
  for (const block of blocks) hash.update(block, 'base64');
  return `blocks-sha256:${hash.digest('hex')}`;
}
