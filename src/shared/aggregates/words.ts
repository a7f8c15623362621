const WORD_BYTES = 4;
/** Bits of a byte, as a power of two. */
const BYTE_SHIFT = 3;

/** A view of bytes, through which four of them are read at once. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** How many bytes two ranges of the same length have in common, counted from their starts. */
export function commonBytes(
  a: DataView,
  startOfA: number,
  b: DataView,
  startOfB: number,
  length: number,
): number {
  const last = length - WORD_BYTES;
  if (last < 0) return fewCommonBytes(a, startOfA, b, startOfB, length);
  for (let at = 0; at < last; at += WORD_BYTES) {
    const difference = a.getInt32(startOfA + at) ^ b.getInt32(startOfB + at);
    if (difference !== 0) return at + (Math.clz32(difference) >> BYTE_SHIFT);
  }
  // The last word may overlap the one before it, so that no byte is left over.
  const difference = a.getInt32(startOfA + last) ^ b.getInt32(startOfB + last);
  return difference === 0 ? length : last + (Math.clz32(difference) >> BYTE_SHIFT);
}

/**
 * A hash of the length of a range and of its first four bytes, four in the middle and the last four. A
 * loop through all of them takes thrice as long, for the processor cannot guess where it ends.
 */
export function hashOf(view: DataView, start: number, end: number): number {
  const last = end - WORD_BYTES;
  const length = end - start;
  if (last < start) return fewBytesHash(view, start, end);
  const middle = (start + last) >> 1;
  const hash =
    Math.imul(length ^ view.getInt32(start), 0x9e3779b1) ^
    Math.imul(view.getInt32(middle), 0x85ebca6b);
  return mixed(hash, view.getInt32(last));
}

function fewBytesHash(view: DataView, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = mixed(hash, view.getUint8(at));
  return hash;
}

function fewCommonBytes(
  a: DataView,
  startOfA: number,
  b: DataView,
  startOfB: number,
  length: number,
): number {
  let at = 0;
  while (at < length && a.getUint8(startOfA + at) === b.getUint8(startOfB + at)) at += 1;
  return at;
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
