import * as z from 'zod/mini';
import { ByteRange, Dialect, OpenUpload, PipelineInput, Plan, RowCounts } from './payload.ts';
import { RangeScan } from './scan/range-scan.ts';
import { ExactChunk } from './scan/resolve-chunks.ts';

/*
 * What travels through the states of a file that is split, beside what `payload.ts` holds. The results
 * of all its ranges are in one payload: each is small, so that `MAX_RANGES` of them stay far below the
 * 256 KiB that Step Functions takes (a test adds them up).
 */

const Count = z.number().check(z.int(), z.nonnegative());

/** How to read a file that can be split: nothing decompresses it. */
const SplitPlan = z.extend(
  z.pick(Plan, {
    dataset: true,
    contract: true,
    compression: true,
    encoding: true,
    byteOrderMark: true,
  }),
  {
    compression: z.literal('none'),
    format: z.discriminatedUnion('type', [
      z.object({ type: z.literal('csv'), dialect: Dialect }),
      z.object({ type: z.literal('json-lines') }),
    ]),
  },
);
export type SplitPlan = z.infer<typeof SplitPlan>;

/** What is known of a file once the scans of its ranges are put together. */
export const ResolvedSplit = z.object({
  chunks: z.array(ExactChunk).check(z.minLength(1)),
  /** Rows of the file, without the header, as the scans have counted them. */
  rows: Count,
  /** Hash of the stored object's bytes, see `ContentHash`. */
  contentHash: z.string(),
  upload: OpenUpload,
});
export type ResolvedSplit = z.infer<typeof ResolvedSplit>;

/** A part of a multipart upload, as S3 has taken it. */
export const UploadedPart = z.object({
  number: z.number().check(z.int(), z.positive()),
  etag: z.string(),
  bytes: Count,
});
export type UploadedPart = z.infer<typeof UploadedPart>;

/** What Transform Part made of a chunk. */
export const PartResult = z.object({
  index: Count,
  /** Version of the code and the contracts that made it: those of a file have to agree. */
  pipelineVersion: z.string(),
  counts: RowCounts,
  /** Bytes of the stored object that were read. */
  bytesRead: Count,
  /** SHA-256 of the clean records as uncompressed JSON Lines. */
  recordsDigest: z.string(),
  /** SHA-256 of the rejected rows as uncompressed JSON Lines. */
  rejectsDigest: z.string(),
  /** The clean records, compressed; none where there is no such record. */
  parts: z.array(UploadedPart),
  /** Size of the rejected rows as they are staged, see `stagedRejectsKey`; 0 where there are none. */
  stagedRejectsBytes: Count,
  /** Size of what its rows add up to, as it is staged, see `stagedSummaryKey`. */
  stagedSummaryBytes: Count,
});
export type PartResult = z.infer<typeof PartResult>;

export const ScanInput = z.extend(PipelineInput, {
  plan: z.pick(SplitPlan, { format: true, encoding: true, byteOrderMark: true }),
  range: ByteRange,
});
export const ResolveInput = z.extend(PipelineInput, {
  plan: z.pick(SplitPlan, { dataset: true, contract: true, format: true }),
  scans: z.array(RangeScan),
});
export const TransformPartInput = z.extend(PipelineInput, {
  plan: SplitPlan,
  upload: OpenUpload,
  chunk: ExactChunk,
});
export const WriteSplitInput = z.extend(PipelineInput, {
  plan: z.extend(SplitPlan, { detection: Plan.shape.detection }),
  split: z.extend(ResolvedSplit, { results: z.array(PartResult) }),
});
export type ScanInput = z.infer<typeof ScanInput>;
export type ResolveInput = z.infer<typeof ResolveInput>;
export type TransformPartInput = z.infer<typeof TransformPartInput>;
export type WriteSplitInput = z.infer<typeof WriteSplitInput>;
