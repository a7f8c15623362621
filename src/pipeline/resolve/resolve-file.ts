import { CreateMultipartUploadCommand, type S3Client } from '@aws-sdk/client-s3';
import { contractOf } from '../contract-of-plan.ts';
import { outputKeys } from '../output-keys.ts';
import { resolveChunks } from '../scan/resolve-chunks.ts';
import type { ResolvedSplit, ResolveInput } from '../split-payload.ts';
import { splitOutputOf } from '../splittable.ts';
import { COMPRESSED_TEXT } from '../write/compressed-text.ts';

/**
 * Puts the scans of a file's ranges together, which says where its chunks are to the byte, and opens
 * the upload that the chunks' records go to.
 *
 * The upload has no checksum algorithm: with one, S3 would ask for part numbers without gaps, and how
 * many parts a chunk fills is known only when it is done.
 *
 * @throws FileRejected UNCLOSED_QUOTE
 */
export async function resolveFile(
  s3: S3Client,
  bucket: string,
  { file, arrivedAt, plan, scans }: ResolveInput,
): Promise<ResolvedSplit> {
  const { chunks, rows, contentHash } = resolveChunks(scans, {
    format: plan.format,
    size: file.size,
  });
  const output = splitOutputOf(contractOf(plan));
  const key = outputKeys(file, plan.dataset, arrivedAt, output).processed;
  const { UploadId: uploadId = '' } = await s3.send(
    new CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      ContentType: COMPRESSED_TEXT[output.compression].contentType,
    }),
  );
  return { chunks: [...chunks], rows, contentHash, upload: { key, uploadId } };
}
