import { S3Client } from '@aws-sdk/client-s3';
import { Environment, requiredString } from '../../shared/environment.ts';
import { WriteInput } from '../payload.ts';
import { stepHandler } from '../step-handler.ts';
import { publishFile } from './publish-file.ts';
import { addRowMetrics } from './row-metrics.ts';

const s3 = new S3Client();

/** Step 3: proves the row balance and makes the file's outputs visible. */
export const handler = stepHandler({
  name: 'write',
  input: WriteInput,
  idempotencyKey: ({ file }) => file.fileId,
  work: async (input, { metrics }) => {
    const result = await publishFile(s3, requiredString(Environment.TARGET_BUCKET), input);
    addRowMetrics(metrics, result);
    return result;
  },
});
