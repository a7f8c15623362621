import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { Environment, requiredNumber, requiredString } from '../shared/environment.ts';
import { LedgerReader } from '../shared/ledger/ledger-reader.ts';
import { newOperationId, OperationLog } from '../shared/ledger/operation-log.ts';
import { Metric } from '../shared/observability.ts';
import { taskHandler, type TaskTools } from '../shared/task-handler.ts';
import { reconciledPages } from './find-missed.ts';
import { addUp, type Findings } from './findings.ts';
import { listVersions } from './object-versions.ts';

const DAY_MILLISECONDS = 86_400_000;
const MINUTE_MILLISECONDS = 60_000;
/** Before its end the function needs time to tell what it found. */
const TELLING_MILLISECONDS = MINUTE_MILLISECONDS;
/** Who waits longer than that in the queue has an alarm of its own. */
const GRACE_MINUTES = 60;

const Input = z.strictObject({
  /** Only keys that start with it. */
  prefix: z.optional(z.string()),
  /** Files that arrived later than so many minutes ago are not looked at: they may be on their way. */
  graceMinutes: z._default(z.number().check(z.nonnegative()), GRACE_MINUTES),
});
type Input = z.infer<typeof Input>;

const s3 = new S3Client();

/** Looks for files of the source bucket that the ledger does not know, and tells. It requests none of them. */
export const handler = taskHandler({
  name: 'reconcile',
  input: Input,
  identity: ({ prefix }) => ({ prefix }),
  work: async (input, tools, context) => {
    const now = new Date();
    const findings = await find(input, context, now);
    tell(findings, tools);
    await record(findings, input, now);
    return findings;
  },
});

function find({ prefix, graceMinutes }: Input, context: Context, now: Date): Promise<Findings> {
  const lookback = requiredNumber(Environment.RECONCILE_LOOKBACK_DAYS) * DAY_MILLISECONDS;
  const span = {
    since: new Date(now.getTime() - lookback),
    until: new Date(now.getTime() - graceMinutes * MINUTE_MILLISECONDS),
  };
  const ledger = new LedgerReader(requiredString(Environment.LEDGER_TABLE));
  const versions = listVersions(s3, { bucket: requiredString(Environment.SOURCE_BUCKET), prefix });
  return addUp(
    reconciledPages(versions, ledger, span, now),
    () => context.getRemainingTimeInMillis() < TELLING_MILLISECONDS,
  );
}

function tell(findings: Findings, { logger, metrics }: TaskTools): void {
  const { missed, stuck, reachedKey } = findings;
  metrics.addMetric(Metric.FilesMissed, 'Count', missed);
  metrics.addMetric(Metric.FilesStuck, 'Count', stuck);
  metrics.addMetric(Metric.ReconcileIncomplete, 'Count', reachedKey === null ? 0 : 1);
  if (reachedKey !== null) {
    logger.warn('The time was up before all of the source bucket had been looked through', {
      ...findings,
    });
  } else if (missed + stuck > 0) {
    logger.warn('Files of the source bucket are not processed', { ...findings });
  } else {
    logger.info('The ledger knows every file of the source bucket', { ...findings });
  }
}

/** Leaves a trace among what operators do: who looks there sees that, and when, it was looked. */
async function record(
  { missed, stuck, examples, reachedKey }: Findings,
  { prefix }: Input,
  now: Date,
): Promise<void> {
  const operations = new OperationLog(requiredString(Environment.LEDGER_TABLE));
  await operations.record({
    operationId: newOperationId('reconcile', now),
    action: 'reconcile',
    at: now.toISOString(),
    by: 'reconcile function',
    reason: reachedKey === null ? undefined : `incomplete: it came up to the key ${reachedKey}`,
    filter: { lookbackDays: requiredNumber(Environment.RECONCILE_LOOKBACK_DAYS), prefix },
    files: missed + stuck,
    examples,
  });
}
