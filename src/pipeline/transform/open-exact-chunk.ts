import type { S3Client } from '@aws-sdk/client-s3';
import { contractOf } from '../contract-of-plan.ts';
import { DecodedSource } from '../decoded-source.ts';
import { fileLimits } from '../limits.ts';
import { openSourceObject } from '../source-object.ts';
import type { TransformPartInput } from '../split-payload.ts';
import { ChunkTransformer, type ChunkStart } from './chunk-transformer.ts';
import { findColumnRecord } from './column-record.ts';
import type { OpenChunk } from './open-chunk.ts';

type ChunkOfFile = Pick<TransformPartInput, 'file' | 'plan' | 'chunk' | 'arrivedAt'>;

/**
 * Opens exactly the bytes of one chunk of a file that is split, and a transformer that starts where
 * they do and sums up its rows: all chunks together give what the whole file would.
 *
 * @throws FileRejected when the file's columns cannot be taken
 */
export async function openExactChunk(s3: S3Client, opened: ChunkOfFile): Promise<OpenChunk> {
  const { file, plan, chunk, arrivedAt } = opened;
  const limits = fileLimits();
  const start = await startOf(s3, opened);
  const { body } = await openSourceObject(s3, file, chunk);
  const byteOrderMark = plan.byteOrderMark && start === undefined;
  return {
    source: new DecodedSource(body, { ...plan, byteOrderMark }, limits),
    transformer: new ChunkTransformer({
      key: file.key,
      plan,
      contract: contractOf(plan),
      limits,
      summary: { arrivedAt },
      ...(start && { start }),
    }),
  };
}

/** Undefined for the chunk that the file starts with. */
async function startOf(s3: S3Client, opened: ChunkOfFile): Promise<ChunkStart | undefined> {
  const { firstByte, firstRow, firstLine } = opened.chunk;
  if (firstByte === 0) return undefined;
  const columnRecord = await findColumnRecord(s3, opened, fileLimits());
  return { offset: firstByte, row: firstRow, line: firstLine, columnRecord };
}
