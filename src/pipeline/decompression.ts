import {
  constants,
  createGunzip,
  createZstdDecompress,
  type Gunzip,
  type ZstdDecompress,
} from 'node:zlib';
import { FileCode } from '../shared/error-codes.ts';
import { FileRejected } from '../shared/errors.ts';
import type { Plan } from './payload.ts';

export type Compression = Plan['compression'];

const NO_BYTES = Buffer.alloc(0);
/**
 * Each frame costs a decompressor of its own, about 0.15 ms: so many take three seconds, and those of a
 * file that is written in blocks of any sense are far fewer.
 */
const MAX_ZSTD_FRAMES = 20_000;
const OUT_OF_MEMORY = new Set(['Z_MEM_ERROR', 'ZSTD_error_memory_allocation']);

/** Tells by its first bytes how a file is compressed. */
export function compressionOf(bytes: Buffer): Compression {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  const magic = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
  // A zstd file may begin with frames to be skipped, as those of pzstd do: RFC 8878, section 3.1.2.
  const isZstd = magic === 0xfd2fb528 || (magic & 0xfffffff0) === 0x184d2a50;
  return isZstd ? 'zstd' : 'none';
}

export interface DecompressOptions {
  /**
   * Whether what is stored is only the beginning of a file, which may end anywhere.
   *
   * @default false
   */
  readonly isCut?: boolean;
  /**
   * Most frames of a zstd file.
   *
   * @default 20000
   */
  readonly maxFrames?: number;
}

/**
 * Decompresses stored bytes as they come; the decompressor's own buffers bound the memory. All members
 * of a gzip file and all frames of a zstd file are read, and nothing behind them is dropped unseen.
 *
 * @throws FileRejected (while iterating) CORRUPT_GZIP or CORRUPT_ZSTD; UNSUPPORTED_FORMAT for zstd data
 * that needs a dictionary or more memory than is granted, or has too many frames
 */
export async function* decompress(
  stored: AsyncIterable<Buffer>,
  compression: Compression,
  { isCut = false, maxFrames = MAX_ZSTD_FRAMES }: DecompressOptions = {},
): AsyncGenerator<Buffer> {
  if (compression === 'none') {
    yield* stored;
    return;
  }
  const pieces = new StoredPieces(stored);
  try {
    yield* compression === 'gzip' ? gunzip(pieces, isCut) : unzstd(pieces, isCut, maxFrames);
  } catch (error) {
    throw asRejection(error, compression, pieces.bytesRead);
  }
}

/** The stored pieces one by one; what a decompressor leaves unread is the next one. */
class StoredPieces {
  readonly #pieces: AsyncIterator<Buffer, unknown>;
  #unread: Buffer = NO_BYTES;
  #bytesRead = 0;

  constructor(stored: AsyncIterable<Buffer>) {
    this.#pieces = stored[Symbol.asyncIterator]();
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Null at the end. */
  async next(): Promise<Buffer | null> {
    const unread = this.#unread;
    this.#unread = NO_BYTES;
    if (unread.length > 0) return unread;
    const { done, value } = await this.#pieces.next();
    if (done === true) return null;
    this.#bytesRead += value.length;
    return value;
  }

  putBack(bytes: Buffer): void {
    this.#unread = bytes;
  }

  async areRead(): Promise<boolean> {
    const next = await this.next();
    if (next !== null) this.putBack(next);
    return next === null;
  }
}

/**
 * Node's decompressor reads member after member, and ends at the first zero behind one. Zeros may be
 * padding, as gzip itself takes them; so the rest is still read, for the hash, and must be zeros.
 */
async function* gunzip(pieces: StoredPieces, isCut: boolean): AsyncGenerator<Buffer> {
  const finishFlush = isCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  yield* pull(createGunzip({ finishFlush }), pieces);
  for (let rest = await pieces.next(); rest !== null; rest = await pieces.next()) {
    if (rest.every((byte) => byte === 0)) continue;
    throw new FileRejected(FileCode.CORRUPT_GZIP, 'data follows the end of the compressed data');
  }
}

/** Node's decompressor ends with the first frame that does not end with a piece. */
async function* unzstd(
  pieces: StoredPieces,
  isCut: boolean,
  maxFrames: number,
): AsyncGenerator<Buffer> {
  const finishFlush = isCut ? constants.ZSTD_e_flush : constants.ZSTD_e_end;
  let frames = 0;
  do {
    if (frames === maxFrames) rejectFrames(maxFrames);
    yield* pull(createZstdDecompress({ finishFlush }), pieces);
    frames += 1;
  } while (!(await pieces.areRead()));
}

function rejectFrames(maxFrames: number): never {
  const reason = `the zstd data has more than ${maxFrames.toLocaleString('en-US')} frames`;
  throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, reason);
}

/** Pulls what a decompressor makes of the pieces, up to where it ends. */
async function* pull(
  decompressor: Gunzip | ZstdDecompress,
  pieces: StoredPieces,
): AsyncGenerator<Buffer> {
  const feeding = feed(decompressor, pieces);
  // A failure reaches whoever iterates the decompressor, or awaits the feeding after its end.
  feeding.catch((error: unknown) => decompressor.destroy(error as Error));
  yield* decompressor as AsyncIterable<Buffer>;
  await feeding;
}

async function feed(decompressor: Gunzip | ZstdDecompress, pieces: StoredPieces): Promise<void> {
  let fed = 0;
  for (let bytes = await pieces.next(); bytes !== null; bytes = await pieces.next()) {
    await written(decompressor, bytes);
    fed += bytes.length;
    const unread = fed - decompressor.bytesWritten;
    if (unread > 0) return pieces.putBack(bytes.subarray(bytes.length - unread));
  }
  decompressor.end();
}

/** Resolves once a piece has been decompressed and its text has been taken. */
function written(decompressor: Gunzip | ZstdDecompress, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    decompressor.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

function asRejection(error: unknown, compression: 'gzip' | 'zstd', bytesRead: number): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!/^(Z_|ZSTD_error_)/.test(code) || OUT_OF_MEMORY.has(code)) return error;
  const cause = error as Error;
  const unsupported = UNSUPPORTED_ZSTD[code];
  if (unsupported !== undefined) {
    return new FileRejected(FileCode.UNSUPPORTED_FORMAT, unsupported, { cause });
  }
  const fileCode = compression === 'gzip' ? FileCode.CORRUPT_GZIP : FileCode.CORRUPT_ZSTD;
  return new FileRejected(fileCode, corruption(code, bytesRead), { cause });
}

const UNSUPPORTED_ZSTD: Readonly<Record<string, string>> = {
  ZSTD_error_frameParameter_windowTooLarge:
    'the zstd data needs a window of more than 128 MiB (it was compressed with --long or --ultra)',
  ZSTD_error_dictionary_wrong: 'the zstd data was compressed with a dictionary',
};

function corruption(code: string, bytesRead: number): string {
  if (code === 'Z_BUF_ERROR') return `the compressed data ends too early, after ${bytesRead} bytes`;
  const isNoFrame = code === 'ZSTD_error_prefix_unknown';
  return isNoFrame
    ? `data that is no zstd frame stands before byte ${bytesRead}`
    : `the compressed data is damaged before byte ${bytesRead}`;
}
