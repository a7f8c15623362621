import type { S3Client } from '@aws-sdk/client-s3';
import { byteOrderMarkOf } from '../encoding.ts';
import { openSourceObject } from '../source-object.ts';
import type { ScanInput } from '../split-payload.ts';
import type { RangeScan } from './range-scan.ts';
import { RangeScanner } from './range-scanner.ts';

/** Reads one range of a file from S3 and scans it as it comes, in flat memory. */
export async function scanRange(
  s3: S3Client,
  { file, plan, range }: Pick<ScanInput, 'file' | 'plan' | 'range'>,
): Promise<RangeScan> {
  const { format, encoding, byteOrderMark } = plan;
  const scanner = new RangeScanner(format, {
    firstByte: range.firstByte,
    textStart: byteOrderMark ? byteOrderMarkOf(encoding).length : 0,
  });
  const { body } = await openSourceObject(s3, file, range);
  for await (const bytes of body as AsyncIterable<Buffer>) scanner.write(bytes);
  return scanner.end();
}
