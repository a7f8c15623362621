import { S3Client } from '@aws-sdk/client-s3';
import { Environment, requiredString } from '../../shared/environment.ts';
import { WriteSplitInput } from '../split-payload.ts';
import { stepHandler } from '../step-handler.ts';
import { publishSplitFile } from './publish-split-file.ts';
import { addRowMetrics } from './row-metrics.ts';

const s3 = new S3Client();

/** Of a file that is split, step 5: proves the row balance and makes the file's outputs visible. */
export const handler = stepHandler({
  name: 'write-split',
  input: WriteSplitInput,
  idempotencyKey: ({ file }) => file.fileId,
  work: async (input, { metrics }) => {
    const result = await publishSplitFile(s3, requiredString(Environment.TARGET_BUCKET), input);
    addRowMetrics(metrics, result);
    return result;
  },
});
