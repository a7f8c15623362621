import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { FaultCode } from '../../../shared/error-codes.ts';
import { PermanentFault } from '../../../shared/errors.ts';
import type { OpenUpload } from '../../payload.ts';
import type { UploadedPart } from '../../split-payload.ts';
import type { WrittenObject } from '../object-upload.ts';

/**
 * Makes the object of an upload visible, from all its parts at once. May be repeated: an upload that an
 * earlier try has completed is known by its object.
 *
 * @throws PermanentFault UPLOAD_LOST when somebody has aborted the upload
 */
export async function completeUpload(
  s3: S3Client,
  bucket: string,
  { key, uploadId }: OpenUpload,
  parts: readonly UploadedPart[],
): Promise<WrittenObject> {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
  try {
    await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: { Parts },
      }),
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
    await requireObject(s3, { Bucket: bucket, Key: key }, { bytes, parts: parts.length });
  }
  return { key, bytes };
}

/** Gives up an upload and drops its parts; one that is gone already is no fault. */
export async function abortUpload(
  s3: S3Client,
  bucket: string,
  { key, uploadId }: OpenUpload,
): Promise<void> {
  const upload = { Bucket: bucket, Key: key, UploadId: uploadId };
  try {
    await s3.send(new AbortMultipartUploadCommand(upload));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Says what became of an upload that S3 does not know (any more). */
export function uploadLost(cause: unknown): PermanentFault {
  const reason = 'what the chunks of the file have written was dropped before it was published';
  return new PermanentFault(FaultCode.UPLOAD_LOST, reason, { cause });
}

const MISSING = new Set(['NoSuchUpload', 'NoSuchKey', 'NotFound']);

/** Whether S3 does not know what was asked for. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && MISSING.has(error.name);
}

/** The entity tag of an object that was uploaded in parts ends with their number. */
async function requireObject(
  s3: S3Client,
  place: { Bucket: string; Key: string },
  { bytes, parts }: { bytes: number; parts: number },
): Promise<void> {
  const { ETag = '', ContentLength } = await s3
    .send(new HeadObjectCommand(place))
    .catch((error: unknown) => {
      throw isMissing(error) ? uploadLost(error) : error;
    });
  if (ContentLength === bytes && ETag.replaceAll('"', '').endsWith(`-${parts}`)) return;
  throw uploadLost(new Error(`${place.Key} has ${ContentLength} bytes and the tag ${ETag}`));
}
