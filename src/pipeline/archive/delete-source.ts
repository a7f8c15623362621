import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { FileVersion } from '../../shared/file-version.ts';
import { isGone } from '../copy-source.ts';

/**
 * Deletes exactly the version of the object that the file stands for. Never the key: that would hide a
 * newer version. Where there are no versions, the object goes only while it is still the same.
 */
export async function deleteSource(
  s3: S3Client,
  { bucket, key, versionId, etag }: FileVersion,
): Promise<void> {
  try {
    await s3.send(
      new DeleteObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(versionId === null ? { IfMatch: etag } : { VersionId: versionId }),
      }),
    );
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
