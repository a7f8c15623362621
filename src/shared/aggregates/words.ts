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
  // The last word overlaps the one before it, so that no byte is left over.
  const last = length - WORD_BYTES;
  if (last < 0) return fewCommonBytes(a, startOfA, b, startOfB, length);
  for (let at = 0; ; at += WORD_BYTES) {
    if (at > last) at = last;
    const difference = a.getInt32(startOfA + at) ^ b.getInt32(startOfB + at);
    if (difference !== 0) return at + (Math.clz32(difference) >> BYTE_SHIFT);
    if (at === last) return length;
  }
}

/** A hash of the bytes of a range, of which all bits can be used. */
export function hashOf(view: DataView, start: number, end: number): number {
  const last = end - WORD_BYTES;
  let hash = end - start;
  if (last < start) {
    for (let at = start; at < end; at += 1) hash = mixed(hash, view.getUint8(at));
    return hash;
  }
  for (let at = start; at < last; at += WORD_BYTES) hash = mixed(hash, view.getInt32(at));
  return mixed(hash, view.getInt32(last));
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
