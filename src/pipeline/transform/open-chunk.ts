import type { S3Client } from '@aws-sdk/client-s3';
import { contractOf } from '../contract-of-plan.ts';
import { DecodedSource } from '../decoded-source.ts';
import { fileLimits } from '../limits.ts';
import type { Chunk, TransformInput } from '../payload.ts';
import { openSourceObject } from '../source-object.ts';
import { ChunkTransformer, type ChunkTransformerOptions } from './chunk-transformer.ts';

/** A chunk's text and the transformer to feed it to. */
export interface OpenChunk {
  readonly source: DecodedSource;
  readonly transformer: ChunkTransformer;
}

/** Which chunk of which file to open, and whether its rows are summed up. */
export interface ChunkOfFile extends Pick<TransformInput, 'file' | 'plan'> {
  readonly chunk: Chunk;
  readonly summary?: NonNullable<ChunkTransformerOptions['summary']>;
}

/**
 * Opens a chunk of a file as its plan says. Transform and Write both start here, which is what
 * makes their results comparable.
 */
export async function openChunk(
  s3: S3Client,
  { file, plan, chunk, summary }: ChunkOfFile,
): Promise<OpenChunk> {
  const contract = contractOf(plan);
  const limits = fileLimits();
  const { body } = await openSourceObject(s3, file, chunk);
  const source = new DecodedSource(body, plan, limits);
  const transformer = new ChunkTransformer({
    key: file.key,
    plan,
    contract,
    limits,
    ...(summary && { summary }),
  });
  return { source, transformer };
}
