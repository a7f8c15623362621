import { S3Client } from '@aws-sdk/client-s3';
import { deployedContracts } from '../../datasets/deployed-contracts.ts';
import { Environment, requiredString } from '../../shared/environment.ts';
import { QuarantineInput } from '../payload.ts';
import { requireCurrentAttempt } from '../current-attempt.ts';
import { stepHandler } from '../step-handler.ts';
import { quarantineFile } from './quarantine-file.ts';

const s3 = new S3Client();

/** After a rejection: keeps the original and the reason. */
export const handler = stepHandler({
  name: 'quarantine',
  input: QuarantineInput,
  // A later attempt may find another reason, and other outputs to remove.
  idempotencyKey: ({ file, attempt }) => [file.fileId, attempt],
  work: (input) =>
    quarantineFile(input, {
      s3,
      contracts: deployedContracts(),
      bucket: requiredString(Environment.TARGET_BUCKET),
      requireCurrentAttempt,
    }),
});
