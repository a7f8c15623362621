import * as z from 'zod/mini';
import { RowSummaryJson } from '../../shared/aggregates/row-summary.ts';
import { parsedJson } from '../stored-text.ts';

const Count = z.number().check(z.int(), z.nonnegative());

const Common = {
  manifestVersion: z.union([z.literal(2), z.literal(3)]),
  file: z.object({ fileId: z.string(), key: z.string(), size: Count }),
  arrivedAt: z.iso.datetime(),
  dataset: z.string(),
};

const RowCounts = z
  .object({
    rowsRead: Count,
    rowsWritten: Count,
    rowsRejected: Count,
    rejectsByCode: z.record(z.string(), Count),
  })
  .check(z.refine(isBalanced, 'the rows do not balance'));

/** Ends with a hash in hex. */
const ContentHash = z.string().check(z.regex(/[0-9a-f]{64}$/, 'must end with a hash'));

const SucceededFacts = z.object({
  ...Common,
  status: z.literal('SUCCEEDED'),
  format: z.object({ type: z.string() }),
  counts: RowCounts,
  bytesRead: Count,
  contentHash: ContentHash,
  /** How many pieces the file was read in is all that matters of them. */
  chunks: z.array(z.unknown()).check(z.minLength(1)),
  processedBytes: Count,
  rejectedKey: z.nullable(z.string()),
  /** Absent from manifests of version 2. */
  summary: z.optional(z.nullable(RowSummaryJson)),
});
export type SucceededFacts = z.infer<typeof SucceededFacts>;

const RejectedFacts = z.object({
  ...Common,
  status: z.literal('REJECTED'),
  code: z.string(),
  originalKey: z.nullable(z.string()),
});
export type RejectedFacts = z.infer<typeof RejectedFacts>;

const SkippedFacts = z.object({
  ...Common,
  status: z.literal('SKIPPED'),
  contentHash: ContentHash,
  rowsRead: Count,
  bytesRead: Count,
  /** In how many pieces the file was read. */
  chunks: z.number().check(z.int(), z.positive()),
});
export type SkippedFacts = z.infer<typeof SkippedFacts>;

const ManifestFacts = z.discriminatedUnion('status', [SucceededFacts, RejectedFacts, SkippedFacts]);
/**
 * What the report reads of a manifest, whatever else is in it. Manifests outlive the code that wrote
 * them, so the report has a schema of its own that takes the earlier versions too.
 */
export type ManifestFacts = z.infer<typeof ManifestFacts>;

/** Reads a manifest's text; null when it is no manifest that the report understands. */
export function readManifest(text: string): ManifestFacts | null {
  const { success, data } = ManifestFacts.safeParse(parsedJson(text));
  return success ? data : null;
}

function isBalanced({ rowsRead, rowsWritten, rowsRejected, rejectsByCode }: Counts): boolean {
  const byCode = Object.values(rejectsByCode).reduce((sum, rows) => sum + rows, 0);
  return rowsRead === rowsWritten + rowsRejected && rowsRejected === byCode;
}

interface Counts {
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly rowsRejected: number;
  readonly rejectsByCode: Readonly<Record<string, number>>;
}
