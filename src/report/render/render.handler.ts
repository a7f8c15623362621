import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Environment, requiredNumber, requiredString } from '../../shared/environment.ts';
import { LiveStatsReader } from '../../shared/live-stats/live-stats-reader.ts';
import { taskHandler } from '../../shared/task-handler.ts';
import { RenderInput, renderReport } from './render-report.ts';

const s3 = new S3Client();
const sqs = new SQSClient();

/** Third step of the daily report: makes the report of the day from the sums of its hours. */
export const handler = taskHandler({
  name: 'render-report',
  input: RenderInput,
  identity: ({ day, execution }) => ({ day, execution }),
  work: (input, { logger }) =>
    renderReport(input, {
      s3,
      sqs,
      reportsBucket: requiredString(Environment.REPORTS_BUCKET),
      deadLetterQueueUrl: requiredString(Environment.DEAD_LETTER_QUEUE_URL),
      liveStats: new LiveStatsReader(requiredString(Environment.LIVE_STATS_TABLE)),
      retentionDays: requiredNumber(Environment.LIVE_STATS_RETENTION_DAYS),
      stage: requiredString(Environment.STAGE),
      billing: { logsExecutions: requiredString(Environment.EXECUTION_LOG_LEVEL) === 'ALL' },
      now: new Date(),
      logger,
    }),
});
export { RenderInput };
