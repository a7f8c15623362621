import { S3Client } from '@aws-sdk/client-s3';
import { Environment, requiredString } from '../../shared/environment.ts';
import { ResolveInput } from '../split-payload.ts';
import { stepHandler } from '../step-handler.ts';
import { resolveFile } from './resolve-file.ts';

const s3 = new S3Client();

/**
 * Of a file that is split, step 3: where are its chunks, and where do their records go? A later attempt
 * gets the same answer, and so takes up the same upload.
 */
export const handler = stepHandler({
  name: 'resolve',
  input: ResolveInput,
  idempotencyKey: ({ file }) => file.fileId,
  work: (input) => resolveFile(s3, requiredString(Environment.TARGET_BUCKET), input),
});
