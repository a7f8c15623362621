import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  contractVersion,
  DEFAULT_OUTPUT,
  type Contract,
  type Output,
} from '../datasets/contract.ts';
import type { RowSummaryJson } from '../shared/aggregates/row-summary.ts';
import type { ErrorCode, SkipCode } from '../shared/error-codes.ts';
import type { FileVersion } from '../shared/file-version.ts';
import type { DuplicateOf } from '../shared/ledger/ledger-item.ts';
import type { ChunkResult, FileFormat, Plan, RowCounts, WriteResult } from './payload.ts';
import { isMissing } from './write/parts/open-upload.ts';

/** Version of the manifest's layout; raised whenever a property changes its meaning. */
export const MANIFEST_VERSION = 3;

interface ManifestBase {
  readonly manifestVersion: typeof MANIFEST_VERSION;
  readonly file: FileVersion;
  readonly arrivedAt: string;
  readonly dataset: string;
}

/** A run of rows that was read by one function, and what it became. */
export interface ManifestChunk {
  /** Number of its first row. */
  readonly firstRow: number;
  /** How many rows were read. */
  readonly rows: number;
  /** SHA-256 of its clean records as uncompressed JSON Lines. */
  readonly recordsDigest: string;
  /** SHA-256 of its rejected rows as uncompressed JSON Lines. */
  readonly rejectsDigest: string;
}

/** A file whose outputs are complete. */
export interface SucceededManifest extends ManifestBase {
  readonly status: 'SUCCEEDED';
  readonly contract: { readonly name: string; readonly version: string } | null;
  readonly compression: Plan['compression'];
  readonly encoding: Plan['encoding'];
  readonly byteOrderMark: boolean;
  readonly format: FileFormat;
  readonly detection: Plan['detection'];
  /** The row balance: rowsRead = rowsWritten + rowsRejected. */
  readonly counts: RowCounts;
  readonly bytesRead: number;
  readonly contentHash: string;
  /** The chunks in which the file was read, in order: one for a file that was not split. */
  readonly chunks: readonly ManifestChunk[];
  /** What the rows add up to: as the contract's `report` asks, and rejected rows in any case. */
  readonly summary: RowSummaryJson;
  /** How clean records are stored. */
  readonly output: Output;
  /** Null where no row was written. */
  readonly processedKey: string | null;
  /** Size of the processed object; 0 where there is none. */
  readonly processedBytes: number;
  /** Null where no row was rejected. */
  readonly rejectedKey: string | null;
}

/** A file that was rejected as a whole. */
export interface RejectedManifest extends ManifestBase {
  readonly status: 'REJECTED';
  readonly code: ErrorCode;
  readonly reason: string;
  readonly originalKey: string | null;
  readonly reasonKey: string;
}

/** A file that was read and found whole, but not written: the dataset has its content already. */
export interface SkippedManifest extends ManifestBase {
  readonly status: 'SKIPPED';
  readonly code: SkipCode;
  readonly reason: string;
  readonly duplicateOf: DuplicateOf;
  readonly contentHash: string;
  readonly rowsRead: number;
  readonly bytesRead: number;
  /** In how many pieces the file was read. */
  readonly chunks: number;
}

/**
 * What Millrace states about a file, one object per file under `manifests/`. It holds nothing that
 * differs from one attempt to the next: times, attempts and executions are in the ledger. Of a file that is
 * written it does not hold either which others have the same content, for that depends on who was first.
 */
export type Manifest = SucceededManifest | RejectedManifest | SkippedManifest;

/** What is known of a file before its rows are read. */
interface Planned {
  readonly file: FileVersion;
  readonly arrivedAt: string;
  readonly plan: Omit<Plan, 'isSplit' | 'chunks' | 'ranges' | 'concurrency' | 'isArchived'>;
}

/** What was found out while its rows were read and written. */
interface Written {
  readonly contract: Contract | null;
  readonly chunks: readonly ManifestChunk[];
  readonly summary: RowSummaryJson;
  readonly result: WriteResult;
}

export function succeededManifest(
  { file, arrivedAt, plan }: Planned,
  { contract, chunks, summary, result }: Written,
): SucceededManifest {
  const { dataset, compression, encoding, byteOrderMark, format, detection } = plan;
  const { counts, bytesRead, contentHash, processedKey, processedBytes, rejectedKey } = result;
  return {
    manifestVersion: MANIFEST_VERSION,
    status: 'SUCCEEDED',
    file,
    arrivedAt,
    dataset,
    contract: contract && { name: contract.name, version: contractVersion(contract) },
    compression,
    encoding,
    byteOrderMark,
    format,
    detection,
    counts,
    bytesRead,
    contentHash,
    chunks,
    summary,
    output: contract?.millrace.output ?? DEFAULT_OUTPUT,
    processedKey,
    processedBytes,
    rejectedKey,
  };
}

/** @param firstRow number of the chunk's first record, 0 for a header */
export function manifestChunk(
  firstRow: number,
  { counts, recordsDigest, rejectsDigest }: Omit<ChunkResult, 'contentHash'>,
): ManifestChunk {
  return { firstRow: Math.max(1, firstRow), rows: counts.rowsRead, recordsDigest, rejectsDigest };
}

/** Writes a document as JSON that a person can read. */
export async function putJson(
  s3: S3Client,
  bucket: string,
  key: string,
  document: unknown,
): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: `${JSON.stringify(document, null, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
}

/** Reads a JSON document; null when there is none. */
export async function getJson(s3: S3Client, bucket: string, key: string): Promise<unknown> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
