import type { Metrics } from '@aws-lambda-powertools/metrics';
import { S3Client } from '@aws-sdk/client-s3';
import { Environment, requiredString } from '../../shared/environment.ts';
import { describeFailure } from '../../shared/failure.ts';
import { Ledger } from '../../shared/ledger/ledger.ts';
import type { ArchiveRecord } from '../../shared/ledger/ledger-item.ts';
import { Metric } from '../../shared/observability.ts';
import { contractOf } from '../contract-of-plan.ts';
import { ArchiveInput } from '../payload.ts';
import { stepHandler } from '../step-handler.ts';
import { archiveSource } from './archive-source.ts';

const s3 = new S3Client();
let ledger: Ledger | null = null;

/** After a success: archives the source object as the contract asks, or records why that failed. */
export const handler = stepHandler({
  name: 'archive',
  input: ArchiveInput,
  idempotencyKey: (input) => [input.file.fileId, 'error' in input ? 'failure' : 'archive'],
  work: (input, { metrics }) => {
    ledger ??= new Ledger(requiredString(Environment.LEDGER_TABLE));
    return 'error' in input ? recordFailure(ledger, input, metrics) : archive(ledger, input);
  },
});

type Archiving = Exclude<ArchiveInput, { readonly error: unknown }>;
type Failed = Extract<ArchiveInput, { readonly error: unknown }>;
type Archived = Pick<ArchiveRecord, 'status' | 'code'>;

async function archive(
  to: Ledger,
  { file, arrivedAt, contentHash, plan }: Archiving,
): Promise<Archived> {
  const action = contractOf(plan)?.millrace.archive;
  const bucket = requiredString(Environment.TARGET_BUCKET);
  const options = { s3, ledger: to, bucket, action, now: () => new Date() };
  return archiveSource({ file, arrivedAt, contentHash }, options);
}

async function recordFailure(
  to: Ledger,
  { file, error }: Failed,
  metrics: Metrics,
): Promise<Archived> {
  const failure = describeFailure(error);
  await to.recordArchiveFailure(file, failure, new Date().toISOString());
  metrics.addMetric(Metric.ArchivesFailed, 'Count', 1);
  return { status: 'FAILED', code: failure.code };
}
