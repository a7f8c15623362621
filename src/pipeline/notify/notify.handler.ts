import { SNSClient } from '@aws-sdk/client-sns';
import { Environment, requiredString } from '../../shared/environment.ts';
import { SkipCode } from '../../shared/error-codes.ts';
import { describeFailure } from '../../shared/failure.ts';
import { Ledger, type AttemptOutcome } from '../../shared/ledger/ledger.ts';
import { Metric } from '../../shared/observability.ts';
import { NotifyInput } from '../payload.ts';
import { skipReason } from '../skip-reason.ts';
import { stepHandler } from '../step-handler.ts';
import { publishOutcome } from './publish-outcome.ts';

const sns = new SNSClient();
let ledger: Ledger | null = null;

const METRICS = {
  SUCCEEDED: Metric.FilesSucceeded,
  REJECTED: Metric.FilesRejected,
  FAILED: Metric.FilesFailed,
  SKIPPED: Metric.FilesSkipped,
} as const;

/**
 * Last step of every execution, whatever its end: publishes the event and closes the ledger's item.
 * An outcome belongs to one attempt, so here, and only here, the attempt is part of the key.
 *
 * @returns why the file did not succeed: the cause that the execution shows when it ends red
 */
export const handler = stepHandler({
  name: 'notify',
  input: NotifyInput,
  idempotencyKey: ({ file, status, attempt }) => [file.fileId, status, attempt],
  work: async (input, { metrics }) => {
    ledger ??= new Ledger(requiredString(Environment.LEDGER_TABLE));
    const outcome = outcomeOf(input, new Date().toISOString());
    const published = await publishOutcome(outcome, { ledger, sns });
    if (published) metrics.addMetric(METRICS[input.status], 'Count', 1);
    const { code, reason } = outcome;
    return { status: input.status, ...(code && { cause: `${code}: ${reason}` }) };
  },
});

function outcomeOf(input: NotifyInput, endedAt: string): AttemptOutcome {
  const { file, attempt, arrivedAt, startedAt } = input;
  const common = { file, attempt, arrivedAt, startedAt, endedAt };
  switch (input.status) {
    case 'SUCCEEDED': {
      const { counts, dataset, contentHash, processedKey, rejectedKey, manifestKey } = input.output;
      const { rowsRead, rowsWritten, rowsRejected } = counts;
      const rows = { rowsRead, rowsWritten, rowsRejected };
      const { duplicateOf } = input.output;
      const duplicate = duplicateOf === null ? {} : { duplicateOf };
      const keys = { processedKey, rejectedKey, manifestKey };
      return {
        ...common,
        status: 'SUCCEEDED',
        details: { dataset, contentHash, ...rows, ...keys, ...duplicate },
      };
    }
    case 'SKIPPED': {
      const { counts, dataset, contentHash, manifestKey, duplicateOf } = input.output;
      const { rowsRead } = counts;
      const reason = skipReason(duplicateOf);
      return {
        ...common,
        status: 'SKIPPED',
        code: SkipCode.DUPLICATE_CONTENT,
        reason,
        details: { dataset, contentHash, rowsRead, manifestKey, duplicateOf },
      };
    }
    case 'REJECTED': {
      const { dataset, originalKey, manifestKey } = input.quarantine;
      const details = { dataset, rejectedKey: originalKey, manifestKey };
      return { ...common, status: 'REJECTED', ...describeFailure(input.error), details };
    }
    case 'FAILED':
      return { ...common, status: 'FAILED', ...describeFailure(input.error) };
  }
}
