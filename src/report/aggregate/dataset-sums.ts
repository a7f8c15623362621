import * as z from 'zod/mini';
import { RowSummary, RowSummaryJson } from '../../shared/aggregates/row-summary.ts';
import type { FileStatus } from '../../shared/ledger/ledger-item.ts';
import type { SucceededFacts } from './manifest-facts.ts';

/**
 * Different values of a column up to which the day's counts are exact. Ten times what one manifest
 * holds exactly, and still less than a megabyte for a column.
 */
export const EXACT_VALUES = 10_000;

const Count = z.number().check(z.int(), z.nonnegative());

const SUMS = [
  'succeeded',
  'rejected',
  'failed',
  'open',
  'skipped',
  'forgotten',
  'rowsRead',
  'rowsWritten',
  'rowsRejected',
  'bytesRead',
  'bytesWritten',
] as const;
type Sums = Record<(typeof SUMS)[number], number>;

/** The sums of one dataset, as they lie in an hour's sums. */
export const DatasetSumsJson = z.object({
  succeeded: Count,
  rejected: Count,
  failed: Count,
  open: Count,
  skipped: Count,
  forgotten: Count,
  rowsRead: Count,
  rowsWritten: Count,
  rowsRejected: Count,
  bytesRead: Count,
  bytesWritten: Count,
  summary: RowSummaryJson,
});
export type DatasetSumsJson = z.infer<typeof DatasetSumsJson>;

const COUNTED_AS = {
  SUCCEEDED: 'succeeded',
  REJECTED: 'rejected',
  FAILED: 'failed',
  RUNNING: 'open',
  SKIPPED: 'skipped',
  FORGOTTEN: 'forgotten',
  // Says of a key that it is gone; of a file that came nothing.
  SOURCE_DELETED: null,
} as const satisfies Record<FileStatus, keyof Sums | null>;

/** What the files of a dataset add up to: where they stand by the ledger, the rest by their manifests. */
export class DatasetSums {
  readonly #sums = Object.fromEntries(SUMS.map((name) => [name, 0])) as Sums;
  readonly summary = new RowSummary(EXACT_VALUES);

  get sums(): Readonly<Sums> {
    return this.#sums;
  }

  /** Counts a file by where it stands. */
  addFile(status: FileStatus): void {
    const counter = COUNTED_AS[status];
    if (counter !== null) this.#sums[counter] += 1;
  }

  addManifest({ counts, bytesRead, processedBytes, summary }: SucceededFacts): void {
    const sums = this.#sums;
    sums.rowsRead += counts.rowsRead;
    sums.rowsWritten += counts.rowsWritten;
    sums.rowsRejected += counts.rowsRejected;
    sums.bytesRead += bytesRead;
    sums.bytesWritten += processedBytes;
    if (summary != null) this.summary.merge(summary);
  }

  merge({ summary, ...sums }: DatasetSumsJson): void {
    for (const name of SUMS) this.#sums[name] += sums[name];
    this.summary.merge(summary);
  }

  toJson(): DatasetSumsJson {
    return { ...this.#sums, summary: this.summary.toJson() };
  }
}
