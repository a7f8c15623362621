import type { S3Client } from '@aws-sdk/client-s3';
import { Report, reportKeys } from '../report.ts';
import { parsedJson, readText } from '../stored-text.ts';

/** What lies where the report of a day would lie. */
export type StoredReport =
  | { readonly state: 'read'; readonly report: Report; readonly etag: string | undefined }
  /** There is something, but no report of this version. */
  | { readonly state: 'unreadable'; readonly key: string; readonly etag: string | undefined }
  | { readonly state: 'missing' };

/** Reads the report of a day as data. */
export async function readReport(s3: S3Client, bucket: string, day: string): Promise<StoredReport> {
  const key = reportKeys(day).json;
  const stored = await readText(s3, bucket, key);
  if (stored === null) return { state: 'missing' };
  const { text, etag } = stored;
  const { success, data } = Report.safeParse(parsedJson(text));
  return success && data.day === day
    ? { state: 'read', report: data, etag }
    : { state: 'unreadable', key, etag };
}
