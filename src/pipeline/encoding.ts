import type { Encoding } from '../datasets/contract.ts';

/**
 * How many bytes of the source each byte of its UTF-8 text stands for: all of a character's bytes are
 * counted at its first one. FE starts an undecodable byte, see `Transcoder`.
 */
const SOURCE_WIDTHS: Readonly<Record<Exclude<Encoding, 'utf-8'>, Uint8Array>> = {
  'utf-16le': widths({ shortCharacter: 2, longCharacter: 4 }),
  'utf-16be': widths({ shortCharacter: 2, longCharacter: 4 }),
  'windows-1252': widths({ shortCharacter: 1, longCharacter: 1 }),
  'iso-8859-1': widths({ shortCharacter: 1, longCharacter: 1 }),
};

/** Length in source bytes of a piece of UTF-8 text that holds whole characters. */
export function sourceLength(encoding: Encoding, text: Uint8Array): number {
  if (encoding === 'utf-8') return text.length;
  const widthOf = SOURCE_WIDTHS[encoding];
  let length = 0;
  for (const byte of text) length += widthOf[byte] ?? 0;
  return length;
}

function widths(of: { shortCharacter: number; longCharacter: number }): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    if (byte >= 0x80 && byte < 0xc0) return 0;
    if (byte === 0xfe) return 1;
    return byte >= 0xf0 ? of.longCharacter : of.shortCharacter;
  });
}

const BYTE_ORDER_MARKS: Readonly<Partial<Record<Encoding, Buffer>>> = {
  'utf-8': Buffer.from([0xef, 0xbb, 0xbf]),
  'utf-16le': Buffer.from([0xff, 0xfe]),
  'utf-16be': Buffer.from([0xfe, 0xff]),
};

/** The byte order mark of an encoding; empty for one that has none. */
export function byteOrderMarkOf(encoding: Encoding): Buffer {
  return BYTE_ORDER_MARKS[encoding] ?? Buffer.alloc(0);
}

/** The bytes of the source that a piece of its UTF-8 text stands for. */
export function sourceBytes(encoding: Encoding, text: Buffer): Buffer {
  if (encoding === 'utf-8') return text;
  throw new Error('not yet written');
}
