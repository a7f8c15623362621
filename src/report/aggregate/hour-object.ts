import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DayAggregateJson } from './day-aggregate.ts';

/** Key of an hour's sums, under the execution's prefix. */
export const hourKey = (workPrefix: string, hour: number): string =>
  `${workPrefix}hour-${String(hour).padStart(2, '0')}.json.gz`;

/** Where an object lies. */
interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** Keeps an hour's sums, compressed. */
export async function putHour(
  s3: S3Client,
  { bucket, key }: Place,
  sums: DayAggregateJson,
): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: await promisify(gzip)(JSON.stringify(sums)),
      ContentType: 'application/gzip',
    }),
  );
}

/**
 * Reads an hour's sums.
 *
 * @returns null when they are not there any more, or are not what this version of the code writes
 */
export async function getHour(
  s3: S3Client,
  { bucket, key }: Place,
): Promise<DayAggregateJson | null> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const compressed = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const bytes = await promisify(gunzip)(compressed);
    const { success, data } = DayAggregateJson.safeParse(JSON.parse(bytes.toString()));
    return success ? data : null;
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

/** Whether an error is about what was read; all others are about reading it. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  const { name, code = '' } = error as Error & { code?: string };
  return name === 'NoSuchKey' || code.startsWith('Z_');
}
