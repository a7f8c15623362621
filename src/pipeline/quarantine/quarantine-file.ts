import type { S3Client } from '@aws-sdk/client-s3';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { describeFailure } from '../../shared/failure.ts';
import { copySource, LARGEST_COPY_BYTES } from '../copy-source.ts';
import { MANIFEST_VERSION, putJson, type RejectedManifest } from '../manifest.ts';
import { outputKeys } from '../output-keys.ts';
import type { QuarantineInput, QuarantineResult } from '../payload.ts';
import { abortUpload } from '../write/parts/open-upload.ts';

export interface QuarantineFileOptions {
  readonly s3: S3Client;
  readonly contracts: ContractRegistry;
  readonly bucket: string;
}

/**
 * Keeps the evidence of a rejected file under `rejected/`: a copy of the original, which outlives
 * whatever becomes of the source object, and the reason; then states the rejection in a manifest. What
 * chunks of the file have uploaded is given up.
 */
export async function quarantineFile(
  { file, arrivedAt, error, upload }: QuarantineInput,
  { s3, contracts, bucket }: QuarantineFileOptions,
): Promise<QuarantineResult> {
  if (upload !== undefined) await abortUpload(s3, bucket, upload);
  const { code, reason } = describeFailure(error);
  const dataset = contracts.datasetOf(file.key);
  const keys = outputKeys(file, dataset, arrivedAt);
  const isCopied = code !== FileCode.OBJECT_NOT_FOUND && file.size <= LARGEST_COPY_BYTES;
  const copy = { bucket, key: keys.rejectedOriginal, withTags: false };
  const originalKey = isCopied && (await copySource(s3, file, copy)) ? copy.key : null;
  const manifest: RejectedManifest = {
    manifestVersion: MANIFEST_VERSION,
    status: 'REJECTED',
    file,
    arrivedAt,
    dataset,
    code,
    reason,
    originalKey,
    reasonKey: keys.rejectedReason,
  };
  await putJson(s3, bucket, keys.rejectedReason, manifest);
  await putJson(s3, bucket, keys.manifest, manifest);
  return { dataset, originalKey, reasonKey: keys.rejectedReason, manifestKey: keys.manifest };
}
