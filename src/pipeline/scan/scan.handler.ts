import { S3Client } from '@aws-sdk/client-s3';
import { ScanInput } from '../split-payload.ts';
import { stepHandler } from '../step-handler.ts';
import { scanRange } from './scan-range.ts';

const s3 = new S3Client();

/** Of a file that is split, step 2: where do records start in a range, whatever comes before it? */
export const handler = stepHandler({
  name: 'scan',
  input: ScanInput,
  idempotencyKey: ({ file, range }) => [file.fileId, range.firstByte, range.lastByte],
  work: (input) => scanRange(s3, input),
});
