import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { FileCode } from '../shared/error-codes.ts';
import { FileRejected } from '../shared/errors.ts';
import type { FileVersion } from '../shared/file-version.ts';
import { sourceLocation } from './source-location.ts';

export interface SourceObject {
  readonly body: Readable;
  /** Size of the whole object in bytes, whatever range was asked for. */
  readonly size: number;
}

/**
 * Opens exactly the version of the object that the file stands for, or the byte range of it.
 *
 * @param range first and last byte, both inclusive
 * @throws FileRejected EMPTY_FILE when the object has no bytes (S3 answers a range with 416)
 */
export async function openSourceObject(
  s3: S3Client,
  file: FileVersion,
  range: { readonly firstByte: number; readonly lastByte: number },
): Promise<SourceObject> {
  const { bucket, key, versionId, etag } = sourceLocation(file);
  const response = await s3
    .send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        Range: `bytes=${range.firstByte}-${range.lastByte}`,
        ...(versionId !== null && { VersionId: versionId }),
        ...(etag !== null && { IfMatch: etag }),
      }),
    )
    .catch(rejectEmpty);
  return {
    body: response.Body as Readable,
    size: Number(response.ContentRange?.split('/')[1] ?? response.ContentLength ?? 0),
  };
}

function rejectEmpty(error: unknown): never {
  if (error instanceof Error && error.name === 'InvalidRange') {
    throw new FileRejected(FileCode.EMPTY_FILE, 'the file has no bytes', { cause: error });
  }
  throw error;
}
