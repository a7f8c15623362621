import { S3Client } from '@aws-sdk/client-s3';
import { Environment, requiredString } from '../../shared/environment.ts';
import { TransformPartInput } from '../split-payload.ts';
import { stepHandler } from '../step-handler.ts';
import { transformPart } from './transform-part.ts';

const s3 = new S3Client();
const partsS3 = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });

/**
 * Of a file that is split, step 4: derives the clean records of a chunk and sends them as parts of an
 * object that becomes visible only when Write Split completes it.
 */
export const handler = stepHandler({
  name: 'transform-part',
  input: TransformPartInput,
  idempotencyKey: ({ upload, chunk }) => [upload.uploadId, chunk.index],
  work: (input) =>
    transformPart(input, { s3, partsS3, bucket: requiredString(Environment.TARGET_BUCKET) }),
});
