import { CopyObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { classifyError } from '../../shared/aws-errors.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { describeFailure } from '../../shared/failure.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import { MANIFEST_VERSION, putJson, type RejectedManifest } from '../manifest.ts';
import { outputKeys } from '../output-keys.ts';
import type { QuarantineInput, QuarantineResult } from '../payload.ts';
import { abortUpload } from '../write/parts/open-upload.ts';

/** A larger original is not copied: S3 answers when the copy is whole, and copies no more than 5 GB. */
export const LARGEST_COPY_BYTES = 1024 * 1024 * 1024;

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
  const originalKey = isCopied ? await copyOriginal(s3, file, bucket, keys.rejectedOriginal) : null;
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

/** Copies the source object; null when it was deleted before it could be copied. */
async function copyOriginal(
  s3: S3Client,
  { bucket, key, versionId }: FileVersion,
  targetBucket: string,
  targetKey: string,
): Promise<string | null> {
  const version = versionId === null ? '' : `?versionId=${encodeURIComponent(versionId)}`;
  const path = key.split('/').map(encodeURIComponent).join('/');
  try {
    await s3.send(
      new CopyObjectCommand({
        Bucket: targetBucket,
        Key: targetKey,
        CopySource: `${bucket}/${path}${version}`,
        // Copying tags would take permissions that nothing else needs.
        TaggingDirective: 'REPLACE',
      }),
    );
    return targetKey;
  } catch (error) {
    const classified = classifyError(error);
    if (classified instanceof FileRejected && classified.code === FileCode.OBJECT_NOT_FOUND) {
      return null;
    }
    throw error;
  }
}
