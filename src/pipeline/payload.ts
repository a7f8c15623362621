import * as z from 'zod/mini';
import { ENCODINGS } from '../datasets/contract.ts';
import { CaughtError } from '../shared/failure.ts';
import { FileVersion } from '../shared/file-version.ts';

/**
 * The workflow payload of the file pipeline. The machine's input is a `PipelineInput`; each state
 * adds one property; each step takes the `Pick` of it that it needs. References and counts only:
 * rows never travel through the state machine (256 KiB limit, and no row data in logs).
 */
export const PipelineInput = z.object({
  file: FileVersion,
  /** When the file arrived: the first event's time, kept in the ledger, so that it never changes. */
  arrivedAt: z.iso.datetime(),
  /** 1 for the first try; each later claim of the same file counts one up. */
  attempt: z.number().check(z.int(), z.positive()),
  /** When the attempt was claimed. */
  startedAt: z.iso.datetime(),
});
export type PipelineInput = z.infer<typeof PipelineInput>;

export const Dialect = z.object({
  delimiter: z.string().check(z.length(1)),
  /** Null: no character quotes. */
  quote: z.nullable(z.string().check(z.length(1))),
  /**
   * How records end: `lf` and `crlf` are read alike, each line end is LF or CRLF; under `cr` and
   * `mixed` a lone CR ends a record too.
   */
  lineEnd: z.enum(['lf', 'crlf', 'cr', 'mixed']),
  header: z.boolean(),
  /** Lines that start with it are skipped; null where there are none. */
  comment: z.nullable(z.string().check(z.length(1))),
  /** Whether records end with a delimiter: one empty field behind the last column is no field. */
  trailingDelimiter: z.boolean(),
});
/** How a CSV file separates its fields and records. */
export type Dialect = z.infer<typeof Dialect>;

/** How the bytes of a file become records. */
export const FileFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('csv'), dialect: Dialect }),
  z.object({ type: z.literal('json-array') }),
  z.object({ type: z.literal('json-lines') }),
]);
export type FileFormat = z.infer<typeof FileFormat>;

/** How sure the detected format is, and what it rests on. */
export const Detection = z.object({
  /** 0 to 1; 1 where nothing was left to guess. */
  confidence: z.number().check(z.gte(0), z.lte(1)),
  /** Records of the sample that were looked at. */
  sampleRecords: z.number().check(z.int(), z.nonnegative()),
  /** What the contract stated: `format`, `encoding`, or properties of the dialect. */
  stated: z.array(z.string()),
});
export type Detection = z.infer<typeof Detection>;

/** A run of bytes of the stored object. */
export const ByteRange = z.object({
  /** First byte, inclusive. */
  firstByte: z.number().check(z.int(), z.nonnegative()),
  /** Last byte, inclusive. */
  lastByte: z.number().check(z.int(), z.nonnegative()),
});
export type ByteRange = z.infer<typeof ByteRange>;

/** One contiguous range of a file that one Transform reads. */
export const Chunk = z.object({
  index: z.number().check(z.int(), z.nonnegative()),
  /** First byte of the stored object, inclusive. */
  firstByte: z.number().check(z.int(), z.nonnegative()),
  /** Last byte of the stored object, inclusive. */
  lastByte: z.number().check(z.int(), z.nonnegative()),
  /** Number of the first row in the chunk; 1 is the first row after the header. */
  firstRow: z.number().check(z.int(), z.positive()),
});
export type Chunk = z.infer<typeof Chunk>;

/** What Validate found out and decided: how to read the file and where its outputs go. */
export const Plan = z.object({
  dataset: z.string(),
  /** Name of the matching contract; null when every column is kept as text. */
  contract: z.nullable(z.string()),
  compression: z.enum(['none', 'gzip', 'zstd']),
  encoding: z.enum(ENCODINGS),
  /** Whether the decompressed file starts with the encoding's byte order mark. */
  byteOrderMark: z.boolean(),
  format: FileFormat,
  detection: Detection,
  /** Whether the file is split into ranges that are read in parallel. */
  isSplit: z.boolean(),
  /** The one chunk of a file that is read in one piece; empty for a file that is split. */
  chunks: z.array(Chunk),
  /** The ranges in which a file that is split is scanned; empty for one that is not. */
  ranges: z.array(ByteRange),
  /** How many ranges or chunks are worked on at once. */
  concurrency: z.number().check(z.int(), z.positive()),
  /** Whether the source object is archived once the file has succeeded. */
  isArchived: z.boolean(),
});
export type Plan = z.infer<typeof Plan>;

/** Counts that any split of a file adds up to. */
export const RowCounts = z.object({
  rowsRead: z.number().check(z.int(), z.nonnegative()),
  rowsWritten: z.number().check(z.int(), z.nonnegative()),
  rowsRejected: z.number().check(z.int(), z.nonnegative()),
  /** Rejected rows by code. */
  rejectsByCode: z.record(z.string(), z.number()),
  /** What was taken, but deserves a look, by code. */
  noticesByCode: z.record(z.string(), z.number()),
});
export type RowCounts = z.infer<typeof RowCounts>;

/** What Transform derived from a chunk. Write derives the same again and publishes only if equal. */
export const ChunkResult = z.object({
  index: z.number().check(z.int(), z.nonnegative()),
  counts: RowCounts,
  /** Bytes of the stored object that were read. */
  bytesRead: z.number(),
  /** Hash of the stored object's bytes, see `ContentHash`. */
  contentHash: z.string(),
  /** SHA-256 of the clean records as uncompressed JSON Lines. */
  recordsDigest: z.string(),
  /** SHA-256 of the rejected rows as uncompressed JSON Lines. */
  rejectsDigest: z.string(),
});
export type ChunkResult = z.infer<typeof ChunkResult>;

/** The file of the dataset that had the same content before. */
export const DuplicateOf = z.object({ fileId: z.string(), key: z.string() });

/**
 * Where the outputs of a file lie in the target bucket; null where there was nothing to write. Of a file that
 * is skipped only the manifest is there.
 */
export const WriteResult = z.object({
  dataset: z.string(),
  counts: RowCounts,
  bytesRead: z.number(),
  contentHash: z.string(),
  processedKey: z.nullable(z.string()),
  /** Size of the processed object in bytes, as stored. */
  processedBytes: z.number().check(z.int(), z.nonnegative()),
  rejectedKey: z.nullable(z.string()),
  manifestKey: z.string(),
  /** Null where no file of the dataset had the same content before, and where nobody looks. */
  duplicateOf: z.nullable(DuplicateOf),
  /** Whether the file was not written because it is a duplicate. */
  isSkipped: z.boolean(),
});
export type WriteResult = z.infer<typeof WriteResult>;

/** The multipart upload that the chunks of a split file write their records to. */
export const OpenUpload = z.object({
  /** Key of the object that it becomes in the target bucket. */
  key: z.string(),
  uploadId: z.string(),
});
export type OpenUpload = z.infer<typeof OpenUpload>;

/** Where the evidence of a rejected file lies in the target bucket. */
export const QuarantineResult = z.object({
  dataset: z.string(),
  /** Copy of the source object; null when it no longer existed or is too large. */
  originalKey: z.nullable(z.string()),
  reasonKey: z.string(),
  manifestKey: z.string(),
});
export type QuarantineResult = z.infer<typeof QuarantineResult>;

export const ValidateInput = PipelineInput;
export const TransformInput = z.extend(PipelineInput, {
  plan: z.omit(Plan, {
    isSplit: true,
    chunks: true,
    ranges: true,
    concurrency: true,
    isArchived: true,
    detection: true,
  }),
  chunk: Chunk,
});
export const WriteInput = z.extend(PipelineInput, { plan: Plan, results: z.array(ChunkResult) });
export const QuarantineInput = z.extend(PipelineInput, {
  error: CaughtError,
  /** The upload to give up, where the file was split. */
  upload: z.optional(OpenUpload),
});

/** The ends of an execution, each with what its event and ledger item report. */
export const NotifyInput = z.discriminatedUnion('status', [
  z.extend(PipelineInput, { status: z.literal('SUCCEEDED'), output: WriteResult }),
  z.extend(PipelineInput, {
    status: z.literal('SKIPPED'),
    output: z.extend(WriteResult, { duplicateOf: DuplicateOf }),
  }),
  z.extend(PipelineInput, {
    status: z.literal('REJECTED'),
    error: CaughtError,
    quarantine: QuarantineResult,
  }),
  z.extend(PipelineInput, { status: z.literal('FAILED'), error: CaughtError }),
]);

/** What Archive is told: to archive the source object, or why that has failed. */
export const ArchiveInput = z.union([
  z.extend(PipelineInput, {
    plan: z.pick(Plan, { contract: true }),
    /** Hash of the bytes that were processed, see `ContentHash`. */
    contentHash: z.string(),
  }),
  z.extend(PipelineInput, { error: CaughtError }),
]);
export type ArchiveInput = z.infer<typeof ArchiveInput>;
export type ValidateInput = z.infer<typeof ValidateInput>;
export type TransformInput = z.infer<typeof TransformInput>;
export type WriteInput = z.infer<typeof WriteInput>;
export type QuarantineInput = z.infer<typeof QuarantineInput>;
export type NotifyInput = z.infer<typeof NotifyInput>;
