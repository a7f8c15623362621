import type { Encoding } from '../datasets/contract.ts';
import { CODECS } from './codec.ts';

/** First of the bytes that stand for a byte that is no text, see `Transcoder`. */
export const ESCAPE = 0xfe;
/** How many bytes stand for a byte that is no text. */
export const ESCAPED_BYTES = 3;

/**
 * How many bytes of the source each byte of its UTF-8 text stands for: all of a character's bytes are
 * counted at its first one.
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
    if (byte === ESCAPE) return 1;
    return byte >= 0xf0 ? of.longCharacter : of.shortCharacter;
  });
}

/** The bytes of the source that a piece of its UTF-8 text stands for; it holds whole characters. */
export function sourceBytes(encoding: Encoding, text: Buffer): Buffer {
  if (encoding === 'utf-8') return text;
  const { encode } = CODECS[encoding];
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = text.indexOf(ESCAPE); at !== -1; at = text.indexOf(ESCAPE, start)) {
    parts.push(encode(text.toString('utf8', start, at)), Buffer.of(escapedByte(text, at)));
    start = at + ESCAPED_BYTES;
  }
  parts.push(encode(text.toString('utf8', start)));
  return Buffer.concat(parts);
}

function escapedByte(text: Buffer, at: number): number {
  return (((text[at + 1] ?? 0) & 15) << 4) | ((text[at + 2] ?? 0) & 15);
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
