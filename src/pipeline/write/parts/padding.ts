import type { TextCompression } from '../compressed-text.ts';

/**
 * Bytes that decompress to nothing, at least `length` of them and hardly more.
 *
 * S3 takes no part below 5 MiB but the last one of an object, and a chunk's compressed records may be
 * less. Both formats are streams of frames, so that an empty one fills the gap and no reader sees it.
 */
export function padding(compression: TextCompression, length: number): Buffer {
  return compression === 'gzip' ? emptyMember(length) : skippableFrame(length);
}

/** Magic number, deflate, no flags, no time, no extra flags, unknown system: RFC 1952, section 2.3. */
const MEMBER_HEADER = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff]);
/** A stored block without content, and the last of them: RFC 1951, section 3.2.4. */
const EMPTY_BLOCK = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);
const LAST_EMPTY_BLOCK = Buffer.from([0x01, 0x00, 0x00, 0xff, 0xff]);
/** Checksum and length of nothing. */
const MEMBER_TRAILER = Buffer.alloc(8);

/**
 * A gzip member of empty blocks. An extra field in the header, which would do as well, is refused by
 * some readers, DuckDB among them.
 */
function emptyMember(length: number): Buffer {
  const frame = MEMBER_HEADER.length + LAST_EMPTY_BLOCK.length + MEMBER_TRAILER.length;
  const blocks = Math.max(0, Math.ceil((length - frame) / EMPTY_BLOCK.length));
  return Buffer.concat([
    MEMBER_HEADER,
    Buffer.alloc(blocks * EMPTY_BLOCK.length, EMPTY_BLOCK),
    LAST_EMPTY_BLOCK,
    MEMBER_TRAILER,
  ]);
}

const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER_BYTES = 8;

/** A frame that decompressors pass over: RFC 8878, section 3.1.2. */
function skippableFrame(length: number): Buffer {
  const frame = Buffer.alloc(Math.max(SKIPPABLE_HEADER_BYTES, length));
  frame.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  frame.writeUInt32LE(frame.length - SKIPPABLE_HEADER_BYTES, 4);
  return frame;
}
