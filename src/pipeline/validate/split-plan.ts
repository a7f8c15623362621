import { Environment, requiredNumber } from '../../shared/environment.ts';
import type { Plan } from '../payload.ts';
import { planRanges } from '../scan/plan-ranges.ts';

const MIB = 1024 * 1024;

/**
 * Most ranges of a file. Beyond, ranges grow: what the steps of all ranges return travels through the
 * state machine, whose payloads are limited to 256 KiB.
 */
export const MAX_RANGES = 64;

/** When and how a file is split into ranges that are read in parallel. */
export interface Splitting {
  /** A larger file is split, if it can be. */
  readonly chunkThresholdBytes: number;
  /** Length of a range. */
  readonly rangeBytes: number;
  /** How many ranges of a file are read at once. */
  readonly chunkConcurrency: number;
}

/** How a deployment that states nothing splits. */
export const DEFAULT_SPLITTING: Splitting = {
  chunkThresholdBytes: 64 * MIB,
  // So long that the compressed records of a range mostly fill the 5 MiB that S3 asks of a part.
  rangeBytes: 32 * MIB,
  // More iterations of an inline Map are not run at once.
  chunkConcurrency: 40,
};

/** How this function's deployment splits. */
export function deployedSplitting(): Splitting {
  return {
    chunkThresholdBytes: requiredNumber(Environment.CHUNK_THRESHOLD_BYTES),
    rangeBytes: requiredNumber(Environment.RANGE_BYTES),
    chunkConcurrency: requiredNumber(Environment.CHUNK_CONCURRENCY),
  };
}

/** The part of a plan that says in which pieces a file is read. */
export type Pieces = Pick<Plan, 'isSplit' | 'chunks' | 'ranges' | 'concurrency'>;

/** Plans the ranges of a file that is split; none, and one chunk, for a file that is not. */
export function planPieces(
  size: number,
  isSplit: boolean,
  { rangeBytes, chunkConcurrency: concurrency }: Splitting,
): Pieces {
  if (isSplit) {
    return {
      isSplit,
      chunks: [],
      ranges: planRanges(size, { rangeBytes, maxRanges: MAX_RANGES }),
      concurrency,
    };
  }
  const chunk = { index: 0, firstByte: 0, lastByte: size - 1, firstRow: 1 };
  return { isSplit, chunks: [chunk], ranges: [], concurrency };
}
