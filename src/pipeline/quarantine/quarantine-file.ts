import { CopyObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { FileCode } from '../../shared/error-codes.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import { describeFailure } from '../failure.ts';
import { MANIFEST_VERSION, putJson, type RejectedManifest } from '../manifest.ts';
import { outputKeys } from '../output-keys.ts';
import type { QuarantineInput, QuarantineResult } from '../payload.ts';

/** CopyObject takes no larger source. A larger original stays in the source bucket only. */
const COPY_LIMIT_BYTES = 5 * 1024 ** 3;

export interface QuarantineFileOptions {
  readonly s3: S3Client;
  readonly contracts: ContractRegistry;
  readonly bucket: string;
}

/**
 * Keeps the evidence of a rejected file under `rejected/`: a copy of the original, which outlives
 * whatever becomes of the source object, and the reason; then states the rejection in a manifest.
 */
export async function quarantineFile(
  { file, arrivedAt, error }: QuarantineInput,
  { s3, contracts, bucket }: QuarantineFileOptions,
): Promise<QuarantineResult> {
  const { code, reason } = describeFailure(error);
  const dataset = contracts.datasetOf(file.key);
  const keys = outputKeys(file, dataset, arrivedAt);
  const copyable = code !== FileCode.OBJECT_NOT_FOUND && code !== FileCode.OBJECT_ARCHIVED;
  const originalKey =
    copyable && file.size <= COPY_LIMIT_BYTES
      ? await copyOriginal(s3, file, bucket, keys.rejectedOriginal)
      : null;
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

async function copyOriginal(
  s3: S3Client,
  { bucket, key, versionId }: FileVersion,
  targetBucket: string,
  targetKey: string,
): Promise<string> {
  const version = versionId === null ? '' : `?versionId=${encodeURIComponent(versionId)}`;
  const path = key.split('/').map(encodeURIComponent).join('/');
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
}
