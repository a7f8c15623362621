import type { Readable } from 'node:stream';
import { FileCode } from '../shared/error-codes.ts';
import { FileRejected } from '../shared/errors.ts';
import { ContentHash } from './content-hash.ts';
import { decompress } from './decompression.ts';
import { byteOrderMarkOf } from './encoding.ts';
import type { FileLimits } from './limits.ts';
import type { Plan } from './payload.ts';
import { Transcoder } from './transcoder.ts';

/** Expansion is judged from here on: the first bytes of a small file may expand by any ratio. */
const EXPANSION_ALLOWANCE_BYTES = 16 * 1024 * 1024;

/** A stream that reads ahead, or a generator, which reads nothing before it is asked for. */
type StoredBytes = Readable | AsyncGenerator<Buffer>;
type SourcePlan = Pick<Plan, 'compression' | 'encoding' | 'byteOrderMark'>;
type SourceLimits = Pick<FileLimits, 'maxUnsplitBytes' | 'maxExpansionRatio'>;

/**
 * The text of a stored object: hashed as stored, then decompressed, then without its byte order
 * mark, as UTF-8. Iterate it once; afterwards `bytesRead` and `contentHash` tell what was stored.
 *
 * Bytes that are no text in the file's encoding are kept, see `Transcoder`.
 *
 * @throws FileRejected (while iterating) CORRUPT_GZIP, CORRUPT_ZSTD, UNSUPPORTED_FORMAT,
 * FILE_TOO_LARGE or EXPANSION_TOO_LARGE
 */
export class DecodedSource implements AsyncIterable<Buffer> {
  readonly #body: StoredBytes;
  readonly #plan: SourcePlan;
  readonly #limits: SourceLimits;
  readonly #hash = new ContentHash();
  #storedBytes = 0;

  constructor(body: StoredBytes, plan: SourcePlan, limits: SourceLimits) {
    this.#body = body;
    this.#plan = plan;
    this.#limits = limits;
  }

  /** Stored bytes read so far. */
  get bytesRead(): number {
    return this.#storedBytes;
  }

  /** Hash of the stored bytes; meaningful once all have been read. */
  contentHash(): string {
    return this.#hash.digest();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const { encoding } = this.#plan;
    if (encoding === 'utf-8') yield* this.#unmarked();
    else yield* this.#transcoded(new Transcoder(encoding));
  }

  async *#transcoded(transcoder: Transcoder): AsyncGenerator<Buffer> {
    for await (const bytes of this.#unmarked()) yield transcoder.write(bytes);
    yield transcoder.end();
  }

  /** The decompressed bytes without the byte order mark. */
  async *#unmarked(): AsyncGenerator<Buffer> {
    const { encoding, byteOrderMark } = this.#plan;
    let skip = byteOrderMark ? byteOrderMarkOf(encoding).length : 0;
    for await (const bytes of this.#decompressed()) {
      const text = bytes.subarray(skip);
      skip = Math.max(0, skip - bytes.length);
      if (text.length > 0) yield text;
    }
  }

  async *#decompressed(): AsyncGenerator<Buffer> {
    const { compression } = this.#plan;
    let expanded = 0;
    try {
      for await (const bytes of decompress(this.#stored(), compression)) {
        expanded += bytes.length;
        if (compression !== 'none') this.#checkExpansion(expanded);
        yield bytes;
      }
    } finally {
      if ('destroy' in this.#body) this.#body.destroy();
      else await this.#body.return(undefined);
    }
  }

  async *#stored(): AsyncGenerator<Buffer> {
    for await (const bytes of this.#body as AsyncIterable<Buffer>) {
      this.#hash.update(bytes);
      this.#storedBytes += bytes.length;
      yield bytes;
    }
  }

  #checkExpansion(expanded: number): void {
    const { maxUnsplitBytes, maxExpansionRatio } = this.#limits;
    if (expanded > maxUnsplitBytes) {
      throw new FileRejected(
        FileCode.FILE_TOO_LARGE,
        `the file expands to more than ${maxUnsplitBytes} bytes`,
      );
    }
    const allowed = EXPANSION_ALLOWANCE_BYTES + this.#storedBytes * maxExpansionRatio;
    if (expanded > allowed) {
      throw new FileRejected(
        FileCode.EXPANSION_TOO_LARGE,
        `${this.#storedBytes} bytes expand to more than ${maxExpansionRatio} times their size`,
      );
    }
  }
}
