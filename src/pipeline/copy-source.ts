import { CopyObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { classifyError } from '../shared/aws-errors.ts';
import { FileCode } from '../shared/error-codes.ts';
import { FileRejected } from '../shared/errors.ts';
import type { FileVersion } from '../shared/file-version.ts';
import { sourceLocation, type SourceLocation } from './source-location.ts';

/** A larger object is not copied: S3 answers when the copy is whole, and copies no more than 5 GB. */
export const LARGEST_COPY_BYTES = 1024 * 1024 * 1024;

/** Where a copy goes. */
export interface CopyTarget {
  readonly bucket: string;
  readonly key: string;
  /** Whether it gets the tags of the original, which takes permissions of its own. */
  readonly withTags: boolean;
}

/**
 * Copies exactly the version of the object that the file stands for.
 *
 * @returns false when it was gone before it could be copied
 */
export async function copySource(
  s3: S3Client,
  file: FileVersion,
  { bucket, key, withTags }: CopyTarget,
): Promise<boolean> {
  const source = sourceLocation(file);
  try {
    await s3.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: key,
        CopySource: copySourceOf(source),
        ...(source.etag !== null && { CopySourceIfMatch: source.etag }),
        TaggingDirective: withTags ? 'COPY' : 'REPLACE',
      }),
    );
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function copySourceOf({ bucket, key, versionId }: SourceLocation): string {
  const version = versionId === null ? '' : `?versionId=${encodeURIComponent(versionId)}`;
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}${version}`;
}

/** Whether an error says that the object version does not exist. */
export function isGone(error: unknown): boolean {
  const classified = classifyError(error);
  return classified instanceof FileRejected && classified.code === FileCode.OBJECT_NOT_FOUND;
}
