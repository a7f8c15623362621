import type { DecodedSource } from '../decoded-source.ts';
import type { ChunkResult } from '../payload.ts';
import type { ChunkTransformer } from './chunk-transformer.ts';

/** What is known of a chunk once it has been read to its end. */
export function chunkResult(
  index: number,
  source: Pick<DecodedSource, 'bytesRead' | 'contentHash'>,
  transformer: Pick<ChunkTransformer, 'counts' | 'digests'>,
): ChunkResult {
  return {
    index,
    counts: transformer.counts(),
    bytesRead: source.bytesRead,
    contentHash: source.contentHash(),
    ...transformer.digests(),
  };
}
