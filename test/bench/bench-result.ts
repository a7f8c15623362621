import type { Column } from '../../src/cli/output/table.ts';

export interface BenchOptions {
  /** Small inputs and one run, to try a benchmark out. */
  readonly quick: boolean;
}

/** What a benchmark found: a table for people, and the same as data. */
export interface BenchResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences below the table: how it was measured. */
  readonly notes: readonly string[];
  readonly data: unknown;
}

/** The middle value; the mean of the two in the middle for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** The smallest of ascending values that is not below a share of them, which is from 0 to 1. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? NaN;
}
