import { CONTENT_HASH_BLOCK_BYTES } from '../content-hash.ts';

/** A run of bytes of a stored object. */
export interface ByteRange {
  /** First byte, inclusive. */
  readonly firstByte: number;
  /** Last byte, inclusive. */
  readonly lastByte: number;
}

export interface PlanRangesOptions {
  /**
   * Length that ranges should have.
   *
   * @default 16 MiB
   */
  readonly rangeBytes?: number;
  /**
   * Most ranges there may be; beyond, ranges grow.
   *
   * @default 3,000
   */
  readonly maxRanges?: number;
  /**
   * Ranges are cut on borders of blocks of this length, so that each block is hashed in one range.
   *
   * @default CONTENT_HASH_BLOCK_BYTES
   */
  readonly blockBytes?: number;
}

/** The ranges in which a file of `size` bytes is scanned: contiguous, alike but for a shorter last one. */
export function planRanges(
  size: number,
  {
    rangeBytes = 16 * 1024 * 1024,
    maxRanges = 3_000,
    blockBytes = CONTENT_HASH_BLOCK_BYTES,
  }: PlanRangesOptions = {},
): ByteRange[] {
  const least = Math.max(rangeBytes, Math.ceil(size / maxRanges));
  const length = Math.ceil(least / blockBytes) * blockBytes;
  return Array.from({ length: Math.ceil(size / length) }, (_, index) => ({
    firstByte: index * length,
    lastByte: Math.min((index + 1) * length, size) - 1,
  }));
}
