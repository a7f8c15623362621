import type { ByteForm } from '../../datasets/values/byte-forms.ts';

/**
 * Writes a value as JSON, from its bytes in the source to its bytes in a line: no string is made of
 * it. The bytes are valid UTF-8 without a NUL, and there is room for `mostJsonBytes` of them.
 *
 * @returns the index behind what was written; `UNCERTAIN` where it cannot tell what becomes of the
 * value, and then what was written does not count
 */
export type ValueWriter = (
  source: Buffer,
  start: number,
  end: number,
  out: Buffer,
  at: number,
) => number;

export const UNCERTAIN = -1;

/** Most bytes of JSON that a writer makes of so many bytes: escapes take six, see `writeText`. */
export function mostJsonBytes(sourceBytes: number): number {
  return 6 * sourceBytes + MOST_ADDED_BYTES;
}
/** What a value may grow by, however short it is: quotes, or the zone and digits of a moment. */
const MOST_ADDED_BYTES = 34;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_UNESCAPED = 0x20;
/** From here on one call that copies is faster than a loop. */
const LONG_BYTES = 40;

/** How JSON.stringify writes each byte that it escapes. */
const ESCAPES: readonly (Buffer | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
  byte < FIRST_UNESCAPED || byte === QUOTE || byte === BACKSLASH
    ? Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1))
    : undefined,
);
const IS_ESCAPED = Uint8Array.from(ESCAPES, (escape) => (escape === undefined ? 0 : 1));

/** Text, as JSON.stringify writes it. One loop, because most bytes of most files pass through it. */
export const writeText: ValueWriter = (source, start, end, out, at) => {
  let to = at;
  out[to] = QUOTE;
  to += 1;
  for (let from = start; from < end; from += 1) {
    const byte = source[from] ?? 0;
    if (IS_ESCAPED[byte] === 0) {
      out[to] = byte;
      to += 1;
    } else {
      to = copyBytes(ESCAPES[byte] ?? source, out, to);
    }
  }
  out[to] = QUOTE;
  return to + 1;
};

/** Values of a form, as they are written. */
export function verbatim(isOfForm: ByteForm): ValueWriter {
  return (source, start, end, out, at) =>
    isOfForm(source, start, end) ? copyRange(source, start, end, out, at) : UNCERTAIN;
}

/** Values of a form in which nothing needs an escape, as they are written, in quotes. */
export function quoted(isOfForm: ByteForm): ValueWriter {
  return (source, start, end, out, at) => {
    if (!isOfForm(source, start, end)) return UNCERTAIN;
    out[at] = QUOTE;
    const to = copyRange(source, start, end, out, at + 1);
    out[to] = QUOTE;
    return to + 1;
  };
}

/** Copies all bytes; returns the index behind them. */
export function copyBytes(source: Buffer, out: Buffer, at: number): number {
  return copyRange(source, 0, source.length, out, at);
}

/** Copies the bytes of a range; returns the index behind them. */
export function copyRange(
  source: Buffer,
  start: number,
  end: number,
  out: Buffer,
  at: number,
): number {
  if (end - start >= LONG_BYTES) {
    source.copy(out, at, start, end);
    return at + end - start;
  }
  let to = at;
  for (let from = start; from < end; from += 1) {
    out[to] = source[from] ?? 0;
    to += 1;
  }
  return to;
}
