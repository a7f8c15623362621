import type { Encoding } from '../datasets/contract.ts';

/** How the bytes of an encoding become characters and characters its bytes. */
export interface Codec {
  /** Length of the longest beginning that ends on a whole character. */
  readonly wholeLength: (bytes: Buffer) => number;
  /** Decodes whole characters; bytes that are no text become what `undecodable` matches. */
  readonly decode: (bytes: Buffer) => string;
  /** The exact inverse of `decode`, for what is no text too. */
  readonly encode: (text: string) => Buffer;
  /** Matches, in decoded text, each run of characters that stand for bytes that are no text. */
  readonly undecodable: RegExp;
}

const latin1: Codec = {
  wholeLength: (bytes) => bytes.length,
  decode: (bytes) => bytes.toString('latin1'),
  encode: (text) => Buffer.from(text, 'latin1'),
  // Every byte is a character.
  undecodable: /(?!)/g,
};

/** The characters of windows-1252 from byte 80 to 9F. The five bytes that have none stay as they are. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const WINDOWS_1252_BYTES = new Map(
  Array.from({ length: WINDOWS_1252.length }, (_, index) => [
    WINDOWS_1252.charAt(index),
    String.fromCharCode(0x80 + index),
  ]),
);

/**
 * Five bytes have no character in windows-1252. The decoder of the WHATWG makes C1 control characters
 * of them; here they are no text, because a file that has them is hardly windows-1252.
 */
const windows1252: Codec = {
  ...latin1,
  decode: (bytes) =>
    bytes
      .toString('latin1')
      .replace(/[\x80-\x9f]/g, (byte) => WINDOWS_1252.charAt(byte.charCodeAt(0) - 0x80)),
  encode: (text) =>
    Buffer.from(
      text.replace(/[^\0-\xff]/g, (character) => WINDOWS_1252_BYTES.get(character) ?? character),
      'latin1',
    ),
  undecodable: /[\x81\x8d\x8f\x90\x9d]+/g,
};

const utf16le: Codec = {
  wholeLength: (bytes) => wholeUtf16(bytes, 1),
  decode: (bytes) => bytes.toString('utf16le'),
  encode: (text) => Buffer.from(text, 'utf16le'),
  // With the flag u this matches a surrogate only where it is none of a pair.
  undecodable: /[\ud800-\udfff]+/gu,
};

const utf16be: Codec = {
  ...utf16le,
  wholeLength: (bytes) => wholeUtf16(bytes, 0),
  decode: (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
  encode: (text) => Buffer.from(text, 'utf16le').swap16(),
};

/** Leaves out half a unit, and the first half of a surrogate pair. */
function wholeUtf16(bytes: Buffer, highByte: 0 | 1): number {
  const units = bytes.length - (bytes.length % 2);
  const isFirstOfPair = units > 0 && ((bytes[units - 2 + highByte] ?? 0) & 0xfc) === 0xd8;
  return isFirstOfPair ? units - 2 : units;
}

/** The codecs of the encodings that are not read as they are. */
export const CODECS: Readonly<Record<Exclude<Encoding, 'utf-8'>, Codec>> = {
  'utf-16le': utf16le,
  'utf-16be': utf16be,
  'windows-1252': windows1252,
  'iso-8859-1': latin1,
};
