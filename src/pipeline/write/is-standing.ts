import type { S3Client } from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import { getJson, type Manifest } from '../manifest.ts';
import type { PipelineInput, WriteResult } from '../payload.ts';

type Stated = Pick<WriteResult, (typeof STATED)[number]>;

/** What a manifest states of a result. */
const STATED = [
  'dataset',
  'counts',
  'contentHash',
  'processedKey',
  'processedBytes',
  'rejectedKey',
] as const satisfies readonly (keyof WriteResult &
  keyof Extract<Manifest, { status: 'SUCCEEDED' }>)[];

/**
 * Whether a file's outputs are those of a result that an earlier attempt has stored. A deployment in between may
 * have replaced them, and another one may have brought the first one's code back.
 */
export async function isStanding(
  { s3, bucket }: { readonly s3: S3Client; readonly bucket: string },
  { attempt }: PipelineInput,
  result: WriteResult,
): Promise<boolean> {
  if (attempt === 1 || result.isSkipped) return true;
  const manifest = (await getJson(s3, bucket, result.manifestKey)) as Partial<Stated> | null;
  return STATED.every((name) => isDeepStrictEqual(manifest?.[name], result[name]));
}
