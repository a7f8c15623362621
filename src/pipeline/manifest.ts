import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  contractVersion,
  DEFAULT_OUTPUT,
  type Contract,
  type Output,
} from '../datasets/contract.ts';
import type { ErrorCode } from '../shared/error-codes.ts';
import type { FileVersion } from '../shared/file-version.ts';
import type {
  ChunkResult,
  FileFormat,
  Plan,
  RowCounts,
  WriteInput,
  WriteResult,
} from './payload.ts';

/** Version of the manifest's layout; raised whenever a property changes its meaning. */
export const MANIFEST_VERSION = 1;

interface ManifestBase {
  readonly manifestVersion: typeof MANIFEST_VERSION;
  readonly file: FileVersion;
  readonly arrivedAt: string;
  readonly dataset: string;
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
  readonly recordsDigest: string;
  readonly rejectsDigest: string;
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

/**
 * What Millrace states about a file, one object per file under `manifests/`. It holds nothing that
 * differs from one attempt to the next: times, attempts and executions are in the ledger.
 */
export type Manifest = SucceededManifest | RejectedManifest;

export function succeededManifest(
  { file, arrivedAt, plan }: WriteInput,
  { recordsDigest, rejectsDigest }: ChunkResult,
  result: WriteResult,
  contract: Contract | null,
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
    recordsDigest,
    rejectsDigest,
    output: contract?.millrace.output ?? DEFAULT_OUTPUT,
    processedKey,
    processedBytes,
    rejectedKey,
  };
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
