import type { S3Client } from '@aws-sdk/client-s3';
import { SkipCode } from '../../shared/error-codes.ts';
import type { ContentClaims } from '../../shared/ledger/content-claims.ts';
import { MANIFEST_VERSION, putJson, type SkippedManifest } from '../manifest.ts';
import type { PipelineInput, RowCounts, WriteResult } from '../payload.ts';
import { skipReason } from '../skip-reason.ts';
import type { ObjectPlace } from './object-upload.ts';

/** Where a file is published, and who says whether it may be. */
export interface Publication {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly contents: ContentClaims;
}

/** What is known of a file that is skipped. */
export type SkippedRead = Pick<
  SkippedManifest,
  'dataset' | 'contentHash' | 'rowsRead' | 'bytesRead' | 'chunks' | 'duplicateOf'
>;

/** States in a manifest that the file is not written, because the dataset has its content already. */
export async function skipFile(
  { s3, bucket, key }: ObjectPlace,
  { file, arrivedAt }: PipelineInput,
  read: SkippedRead,
): Promise<WriteResult> {
  const { dataset, contentHash, rowsRead, bytesRead, duplicateOf } = read;
  const manifest: SkippedManifest = {
    manifestVersion: MANIFEST_VERSION,
    status: 'SKIPPED',
    file,
    arrivedAt,
    code: SkipCode.DUPLICATE_CONTENT,
    reason: skipReason(duplicateOf),
    ...read,
  };
  await putJson(s3, bucket, key, manifest);
  return {
    dataset,
    counts: { ...NO_ROWS_WRITTEN, rowsRead },
    bytesRead,
    contentHash,
    processedKey: null,
    processedBytes: 0,
    rejectedKey: null,
    manifestKey: key,
    duplicateOf,
    isSkipped: true,
  };
}

const NO_ROWS_WRITTEN: Omit<RowCounts, 'rowsRead'> = {
  rowsWritten: 0,
  rowsRejected: 0,
  rejectsByCode: {},
  noticesByCode: {},
};
