import { S3Client } from '@aws-sdk/client-s3';
import { deployedContracts } from '../../datasets/deployed-contracts.ts';
import { Environment, requiredString } from '../../shared/environment.ts';
import { QuarantineInput } from '../payload.ts';
import { stepHandler } from '../step-handler.ts';
import { quarantineFile } from './quarantine-file.ts';

const s3 = new S3Client();

/** After a rejection: keeps the original and the reason. */
export const handler = stepHandler({
  name: 'quarantine',
  input: QuarantineInput,
  idempotencyKey: ({ file }) => file.fileId,
  work: (input) =>
    quarantineFile(input, {
      s3,
      contracts: deployedContracts(),
      bucket: requiredString(Environment.TARGET_BUCKET),
    }),
});
