import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { FaultCode } from '../../shared/error-codes.ts';
import { PermanentFault } from '../../shared/errors.ts';
import { ContentHash } from '../content-hash.ts';
import type { ProcessedFile } from './archive-source.ts';

/**
 * Reads a copy of a file to its end, and makes sure that it holds the bytes that were processed.
 *
 * @throws PermanentFault ARCHIVE_MISMATCH when it does not
 */
export async function requireSameContent(
  s3: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { file, contentHash }: ProcessedFile,
): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const hash = new ContentHash();
  let size = 0;
  for await (const bytes of Body as Readable) {
    hash.update(bytes as Uint8Array);
    size += (bytes as Uint8Array).length;
  }
  const found = hash.digest();
  if (size === file.size && found === contentHash) return;
  const reason = `the copy has ${size} bytes with hash ${found}, not ${file.size} with ${contentHash}`;
  throw new PermanentFault(FaultCode.ARCHIVE_MISMATCH, reason);
}
