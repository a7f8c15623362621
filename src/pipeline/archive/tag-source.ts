import {
  GetObjectTaggingCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { FaultCode } from '../../shared/error-codes.ts';
import { PermanentFault } from '../../shared/errors.ts';
import type { FileVersion } from '../../shared/file-version.ts';

/** Most tags of an object. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MOST_TAGS = 10;

/**
 * Puts a tag on the version of the object that the file stands for, and keeps its other tags. S3 writes
 * all tags of an object at once: one that somebody else adds at the same moment can be lost.
 *
 * @throws PermanentFault ARCHIVE_TAGS_FULL when there is no room for it
 */
export async function tagSource(
  s3: S3Client,
  { bucket, key, versionId }: FileVersion,
  tag: { readonly key: string; readonly value: string },
): Promise<void> {
  const object = { Bucket: bucket, Key: key, ...(versionId !== null && { VersionId: versionId }) };
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(object));
  const others = TagSet.filter(({ Key }) => Key !== tag.key);
  if (others.length >= MOST_TAGS) {
    const reason = `the object has ${others.length} other tags, and may have ${MOST_TAGS} in all`;
    throw new PermanentFault(FaultCode.ARCHIVE_TAGS_FULL, reason);
  }
  const tags = [...others, { Key: tag.key, Value: tag.value }];
  await s3.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: tags } }));
}
