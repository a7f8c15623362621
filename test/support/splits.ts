import fc from './fast-check.ts';

/** Cuts bytes into pieces of the given lengths, over and over; what is left is the last piece. */
export function splitBy(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0, index = 0; start < bytes.length; index += 1) {
    const end = start + Math.max(1, lengths[index % lengths.length] ?? bytes.length);
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

/** Every way to cut bytes into two, an empty first or last piece included. */
export function everyCut(bytes: Buffer): Buffer[][] {
  return Array.from({ length: bytes.length + 1 }, (_, cut) => [
    bytes.subarray(0, cut),
    bytes.subarray(cut),
  ]);
}

/** Lengths for `splitBy`: single bytes now and then, because borders are where bugs live. */
export const pieceLengths: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
  { minLength: 1, maxLength: 5 },
);
