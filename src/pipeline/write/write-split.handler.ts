import { S3Client } from '@aws-sdk/client-s3';
import { Environment, requiredString } from '../../shared/environment.ts';
import { deployedContentClaims, type ContentClaims } from '../../shared/ledger/content-claims.ts';
import type { WriteResult } from '../payload.ts';
import { WriteSplitInput } from '../split-payload.ts';
import { requireCurrentAttempt } from '../current-attempt.ts';
import { stepHandler } from '../step-handler.ts';
import { isStanding } from './is-standing.ts';
import { publishSplitFile } from './publish-split-file.ts';
import { addRowMetrics } from './row-metrics.ts';

const s3 = new S3Client();
let contents: ContentClaims | null = null;

/** Of a file that is split, step 5: proves the row balance and makes the file's outputs visible. */
export const handler = stepHandler({
  name: 'write-split',
  input: WriteSplitInput,
  idempotencyKey: ({ file }) => file.fileId,
  // Whether the first file's outputs are still there may change: see `checkContent`.
  isKept: ({ isSkipped }: WriteResult) => !isSkipped,
  isStanding: (input, result) =>
    isStanding({ s3, bucket: requiredString(Environment.TARGET_BUCKET) }, input, result),
  work: async (input, { metrics }) => {
    contents ??= deployedContentClaims();
    const bucket = requiredString(Environment.TARGET_BUCKET);
    const result = await publishSplitFile({ s3, bucket, contents, requireCurrentAttempt }, input);
    addRowMetrics(metrics, result);
    return result;
  },
});
