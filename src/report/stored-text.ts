import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** An object that holds text. */
export interface StoredText {
  readonly text: string;
  /** Differs from that of whatever takes its place. */
  readonly etag: string | undefined;
}

/** The text of an object; null where there is none. */
export async function readText(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<StoredText | null> {
  try {
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { text: (await Body?.transformToString()) ?? '', etag: ETag };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return null;
    throw error;
  }
}

/** What a text holds as JSON; undefined, which no schema takes, for one that is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
