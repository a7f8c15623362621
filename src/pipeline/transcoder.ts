import type { Encoding } from '../datasets/contract.ts';
import { CODECS, type Codec } from './codec.ts';
import { ESCAPE, ESCAPED_BYTES } from './encoding.ts';

const NO_BYTES = Buffer.alloc(0);
/** A byte of the source becomes three bytes at most: a character such as € or an escape. */
const LARGEST_GROWTH = ESCAPED_BYTES;

/**
 * Makes UTF-8 of text in another encoding, piece by piece: any split of the same bytes gives the same
 * text.
 *
 * Nothing is replaced by U+FFFD. A byte b that is no text is written as the bytes FE, 80 | b >> 4,
 * 80 | b & 15, which no UTF-8 text holds: its row is told from good ones by `isUtf8`, and `sourceBytes`
 * gives the byte back.
 *
 * @example
 * const transcoder = new Transcoder('utf-16le');
 * for await (const bytes of source) output(transcoder.write(bytes));
 * output(transcoder.end());
 */
export class Transcoder {
  readonly #codec: Codec;
  /** The beginning of a character. */
  #pending: Buffer = NO_BYTES;

  constructor(encoding: Exclude<Encoding, 'utf-8'>) {
    this.#codec = CODECS[encoding];
  }

  write(bytes: Buffer): Buffer {
    const buffer = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const whole = this.#codec.wholeLength(buffer);
    this.#pending = buffer.subarray(whole);
    return this.#toUtf8(buffer.subarray(0, whole));
  }

  /** What the source ends with is no text if it is half a character. */
  end(): Buffer {
    const utf8 = Buffer.allocUnsafe(this.#pending.length * LARGEST_GROWTH);
    writeEscapes(utf8, 0, this.#pending);
    this.#pending = NO_BYTES;
    return utf8;
  }

  #toUtf8(bytes: Buffer): Buffer {
    const text = this.#codec.decode(bytes);
    const undecodable = text.matchAll(this.#codec.undecodable);
    const utf8 = Buffer.allocUnsafe(bytes.length * LARGEST_GROWTH);
    let length = 0;
    let start = 0;
    for (const { 0: run, index } of undecodable) {
      length += utf8.write(text.slice(start, index), length);
      length = writeEscapes(utf8, length, this.#codec.encode(run));
      start = index + run.length;
    }
    length += utf8.write(text.slice(start), length);
    return utf8.subarray(0, length);
  }
}

/** Writes bytes that are no text; returns the position behind them. */
function writeEscapes(utf8: Buffer, position: number, bytes: Buffer): number {
  let at = position;
  for (const byte of bytes) {
    utf8[at] = ESCAPE;
    utf8[at + 1] = 0x80 | (byte >> 4);
    utf8[at + 2] = 0x80 | (byte & 15);
    at += ESCAPED_BYTES;
  }
  return at;
}
