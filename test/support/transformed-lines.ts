import type {
  ChunkTransformer,
  TransformedLines,
} from '../../src/pipeline/transform/chunk-transformer.ts';

/** All lines that a transformer makes of a file that comes in these pieces. */
export function transformedLines(
  transformer: ChunkTransformer,
  pieces: readonly Buffer[],
): TransformedLines {
  const portions = pieces.flatMap((bytes) => [...transformer.write(bytes)]);
  portions.push(...transformer.end());
  return {
    records: Buffer.concat(portions.map(({ records }) => records)),
    rejects: Buffer.concat(portions.map(({ rejects }) => rejects)),
  };
}
