import { closeSync, openSync, readSync } from 'node:fs';

/** As a file stream gives them. */
const PIECE_BYTES = 64 * 1024;

/**
 * The bytes of a file, or of a part of it, a piece at a time and without any waiting: what is quick
 * enough to be slowed down by a stream is measured without one. Each piece overwrites the one before.
 *
 * @param firstByte of the part, inclusive
 * @param lastByte of the part, inclusive
 */
export function* filePieces(path: string, firstByte = 0, lastByte = Infinity): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(PIECE_BYTES);
    let position = firstByte;
    while (position <= lastByte) {
      const length = Math.min(PIECE_BYTES, lastByte + 1 - position);
      const read = readSync(file, buffer, { length, position });
      if (read === 0) return;
      yield buffer.subarray(0, read);
      position += read;
    }
  } finally {
    closeSync(file);
  }
}
