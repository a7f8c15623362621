import { S3Client } from '@aws-sdk/client-s3';
import { deployedContracts } from '../../datasets/deployed-contracts.ts';
import { fileLimits } from '../limits.ts';
import { ValidateInput } from '../payload.ts';
import { stepHandler } from '../step-handler.ts';
import { deployedSplitting } from './split-plan.ts';
import { validateFile } from './validate-file.ts';

const s3 = new S3Client();

/** Step 1: is this a file that can be processed, and how is it read? */
export const handler = stepHandler({
  name: 'validate',
  input: ValidateInput,
  idempotencyKey: ({ file }) => file.fileId,
  work: ({ file }) =>
    validateFile(file, {
      s3,
      contracts: deployedContracts(),
      limits: fileLimits(),
      splitting: deployedSplitting(),
    }),
});
