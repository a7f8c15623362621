import * as z from 'zod/mini';

const BASE = 0x80;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Counters of which many are 0, as text: for each other one how far it stands behind the one before,
 * and its count, both as LEB128 (seven bits a byte, the lowest first), all of it in base64. Equal
 * counters give equal texts.
 */
export function packCounts(counts: Float64Array): string {
  const bytes: number[] = [];
  let last = -1;
  // A loop, because `forEach` takes several times as long for the many that are 0.
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    pushNumber(bytes, index - last);
    pushNumber(bytes, count);
    last = index;
  }
  return Buffer.from(bytes).toString('base64');
}

/**
 * Adds packed counters, checked with `packedCounts`, to others.
 *
 * @returns the sum of what was added
 */
export function addPacked(packed: string, counts: Float64Array): number {
  let sum = 0;
  readPacked(packed, (index, count) => {
    counts[index] = (counts[index] ?? 0) + count;
    sum += count;
    return true;
  });
  return sum;
}

/** A schema for what `packCounts` makes of at most so many counters. */
export function packedCounts(size: number): z.ZodMiniString {
  return z
    .string()
    .check(
      z.refine(
        (text) =>
          BASE64.test(text) &&
          readPacked(
            text,
            (index, count) => index < size && count > 0 && Number.isSafeInteger(count),
          ),
        'are no packed counters',
      ),
    );
}

/** Whether all counters could be read and were taken; stops at the first that was not. */
function readPacked(packed: string, take: (index: number, count: number) => boolean): boolean {
  const bytes = Buffer.from(packed, 'base64');
  let at = 0;
  /** Not a number where the bytes end too early. */
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= BASE) {
      const byte = bytes[at] ?? NaN;
      at += 1;
      value += (byte % BASE) * factor;
      if (!(byte >= BASE)) return value;
    }
  };
  let index = -1;
  while (at < bytes.length) {
    const gap = next();
    index += gap;
    if (!(gap > 0) || !take(index, next())) return false;
  }
  return true;
}

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= BASE) {
    bytes.push((rest % BASE) + BASE);
    rest = Math.floor(rest / BASE);
  }
  bytes.push(rest);
}
