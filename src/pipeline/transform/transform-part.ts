import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RowSummaryJson } from '../../shared/aggregates/row-summary.ts';
import { Environment, requiredString } from '../../shared/environment.ts';
import { contractOf } from '../contract-of-plan.ts';
import { stagedRejectsKey, stagedSummaryKey } from '../output-keys.ts';
import type { PartResult, TransformPartInput } from '../split-payload.ts';
import { splitOutputOf } from '../splittable.ts';
import { PartsUpload } from '../write/parts/parts-upload.ts';
import { TextUpload } from '../write/text-upload.ts';
import { openExactChunk } from './open-exact-chunk.ts';

/** Clients of one function, see `PartsUpload`. */
export interface PartClients {
  readonly s3: S3Client;
  /** Adds no checksums of its own to parts. */
  readonly partsS3: S3Client;
  readonly bucket: string;
}

/**
 * Derives the clean records of one chunk of a file and sends them as parts of the file's upload, which
 * stays invisible; rejected rows are staged, and so is what its rows add up to. Running it again sends the same bytes to the same places.
 */
export async function transformPart(
  input: TransformPartInput,
  clients: PartClients,
): Promise<PartResult> {
  const { source, transformer } = await openExactChunk(clients.s3, input);
  const records = partsUpload(input, clients);
  const rejects = rejectsUpload(input, clients);
  try {
    for await (const lines of transformer.linesOf(source)) {
      await rejects.write(lines.rejects);
      await records.write(lines.records);
    }
    const parts = await records.finish();
    const staged = await rejects.finish();
    const stagedSummaryBytes = await stageSummary(input, transformer.summary(), clients);
    return {
      index: input.chunk.index,
      pipelineVersion: requiredString(Environment.PIPELINE_VERSION),
      counts: transformer.counts(),
      bytesRead: source.bytesRead,
      ...transformer.digests(),
      parts: [...parts],
      stagedRejectsBytes: staged?.bytes ?? 0,
      stagedSummaryBytes,
    };
  } catch (error) {
    await Promise.all([rejects.abort(), records.abort()]);
    throw error;
  }
}

function partsUpload(
  { file, plan, chunk, upload }: TransformPartInput,
  { partsS3, bucket }: PartClients,
): PartsUpload {
  const { compression } = splitOutputOf(contractOf(plan));
  const isLast = chunk.lastByte === file.size - 1;
  return new PartsUpload({ s3: partsS3, bucket, upload, chunk, isLast, compression });
}

function rejectsUpload(
  { file, chunk, upload }: TransformPartInput,
  { s3, bucket }: PartClients,
): TextUpload {
  return new TextUpload({ s3, bucket, key: stagedRejectsKey(file, upload, chunk.index) }, 'gzip');
}

/** Gives the size of what is staged. */
async function stageSummary(
  { file, upload, chunk }: TransformPartInput,
  summary: RowSummaryJson,
  { s3, bucket }: PartClients,
): Promise<number> {
  const Body = Buffer.from(JSON.stringify(summary));
  const Key = stagedSummaryKey(file, upload, chunk.index);
  const ContentType = 'application/json';
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType }));
  return Body.length;
}
