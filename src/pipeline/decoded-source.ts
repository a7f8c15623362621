import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { FileCode } from '../shared/error-codes.ts';
import { FileRejected } from '../shared/errors.ts';
import { ContentHash } from './content-hash.ts';
import type { Plan } from './payload.ts';

const BYTE_ORDER_MARK_BYTES = 3;
/** Expansion is judged from here on: the first bytes of a small file may expand by any ratio. */
const EXPANSION_ALLOWANCE_BYTES = 16 * 1024 * 1024;

export interface SourceLimits {
  /** Largest file in bytes, as stored and as decompressed. */
  readonly maxFileBytes: number;
  /** Largest ratio of decompressed to stored bytes. */
  readonly maxExpansionRatio: number;
}

/**
 * The text of a stored object: hashed as stored, then decompressed, then without its byte order
 * mark. Iterate it once; afterwards `bytesRead` and `contentHash` tell what was stored.
 *
 * @throws FileRejected (while iterating) CORRUPT_GZIP, FILE_TOO_LARGE or EXPANSION_TOO_LARGE
 */
export class DecodedSource implements AsyncIterable<Buffer> {
  readonly #body: Readable;
  readonly #plan: Pick<Plan, 'compression' | 'byteOrderMark'>;
  readonly #limits: SourceLimits;
  readonly #hash = new ContentHash();
  #storedBytes = 0;

  constructor(
    body: Readable,
    plan: Pick<Plan, 'compression' | 'byteOrderMark'>,
    limits: SourceLimits,
  ) {
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
    let skip = this.#plan.byteOrderMark ? BYTE_ORDER_MARK_BYTES : 0;
    for await (const bytes of this.#decompressed()) {
      const text = bytes.subarray(skip);
      skip = Math.max(0, skip - bytes.length);
      if (text.length > 0) yield text;
    }
  }

  async *#stored(): AsyncGenerator<Buffer> {
    for await (const bytes of this.#body as AsyncIterable<Buffer>) {
      this.#hash.update(bytes);
      this.#storedBytes += bytes.length;
      yield bytes;
    }
  }

  #decompressed(): AsyncIterable<Buffer> {
    return this.#plan.compression === 'gzip' ? this.#gunzipped() : this.#stored();
  }

  async *#gunzipped(): AsyncGenerator<Buffer> {
    let expanded = 0;
    try {
      for await (const bytes of gunzip(this.#stored())) {
        expanded += bytes.length;
        this.#checkExpansion(expanded);
        yield bytes;
      }
    } catch (error) {
      throw asCorruptGzip(error, this.#storedBytes);
    } finally {
      this.#body.destroy();
    }
  }

  #checkExpansion(expanded: number): void {
    const { maxFileBytes, maxExpansionRatio } = this.#limits;
    if (expanded > maxFileBytes) {
      throw new FileRejected(
        FileCode.FILE_TOO_LARGE,
        `the file expands to more than ${maxFileBytes} bytes`,
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

/** Pulls decompressed bytes; the decompressor's own buffers bound the memory. */
async function* gunzip(stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decompressor = createGunzip();
  const feeding = feed(stored, decompressor);
  // A failure reaches whoever iterates the decompressor, or awaits the feeding after its end.
  feeding.catch((error: unknown) => decompressor.destroy(error as Error));
  yield* decompressor as AsyncIterable<Buffer>;
  await feeding;
}

/**
 * Writes stored bytes to a decompressor, piece by piece.
 *
 * Node's decompressor ends at the first zero behind a member and drops the rest unseen. Zeros may be
 * padding, as gzip itself takes them; so the rest is still read, for the hash, and must be zeros.
 */
async function feed(stored: AsyncIterable<Buffer>, decompressor: Gunzip): Promise<void> {
  let storedBytes = 0;
  let hasEnded = false;
  for await (const bytes of stored) {
    storedBytes += bytes.length;
    if (!hasEnded) await written(decompressor, bytes);
    const unread = Math.min(bytes.length, storedBytes - decompressor.bytesWritten);
    hasEnded ||= unread > 0;
    requirePadding(bytes.subarray(bytes.length - unread));
  }
  if (!hasEnded) decompressor.end();
}

/** Resolves once a piece has been decompressed and its text has been taken. */
function written(decompressor: Gunzip, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    decompressor.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

function requirePadding(bytes: Buffer): void {
  if (bytes.every((byte) => byte === 0)) return;
  throw new FileRejected(FileCode.CORRUPT_GZIP, 'data follows the end of the compressed data');
}

function asCorruptGzip(error: unknown, storedBytes: number): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!code.startsWith('Z_')) return error;
  const reason =
    code === 'Z_BUF_ERROR'
      ? `the compressed data ends too early, after ${storedBytes} bytes`
      : `the compressed data is damaged before byte ${storedBytes}`;
  return new FileRejected(FileCode.CORRUPT_GZIP, reason, { cause: error as Error });
}
