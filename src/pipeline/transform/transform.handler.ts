import { S3Client } from '@aws-sdk/client-s3';
import { TransformInput } from '../payload.ts';
import { stepHandler } from '../step-handler.ts';
import { chunkResult } from './chunk-result.ts';
import { openChunk } from './open-chunk.ts';

const s3 = new S3Client();

/**
 * Step 2: derives the clean records of a chunk, without making anything visible: what it returns is
 * the evidence (counts and digests) that Write has to meet before it publishes.
 */
export const handler = stepHandler({
  name: 'transform',
  input: TransformInput,
  idempotencyKey: ({ file, chunk }) => [file.fileId, chunk.index],
  work: async (input) => {
    const { source, transformer } = await openChunk(s3, input);
    await transformer.drain(source);
    return chunkResult(input.chunk.index, source, transformer);
  },
});
