import { SkipCode } from '../../shared/error-codes.ts';
import type { ContentClaims } from '../../shared/ledger/content-claims.ts';
import { MANIFEST_VERSION, putJson, type SkippedManifest } from '../manifest.ts';
import { outputKeys } from '../output-keys.ts';
import type { PipelineInput, RowCounts, WriteResult } from '../payload.ts';
import { skipReason } from '../skip-reason.ts';
import { supersedeOutputs, type Outputs } from '../supersede-outputs.ts';

/** Where a file is published, and who says whether it may be. */
export interface Publication extends Outputs {
  readonly contents: ContentClaims;
}

/** What is known of a file that is skipped. */
export type SkippedRead = Pick<
  SkippedManifest,
  'dataset' | 'contentHash' | 'rowsRead' | 'bytesRead' | 'chunks' | 'duplicateOf'
>;

/**
 * States in a manifest that the file is not written, because the dataset has its content already. What an earlier
 * attempt has written of it goes.
 */
export async function skipFile(
  outputs: Outputs,
  input: PipelineInput,
  read: SkippedRead,
): Promise<WriteResult> {
  const { file, arrivedAt } = input;
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
  const manifestKey = outputKeys(file, dataset, arrivedAt).manifest;
  await supersedeOutputs(outputs, input, { dataset, keys: [] });
  await putJson(outputs.s3, outputs.bucket, manifestKey, manifest);
  return {
    dataset,
    counts: { ...NO_ROWS_WRITTEN, rowsRead },
    bytesRead,
    contentHash,
    processedKey: null,
    processedBytes: 0,
    rejectedKey: null,
    manifestKey,
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
