import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { IngestQueue } from './ingest-queue.ts';

const RUNBOOK = 'docs/runbook.md';

export interface IngestAlarmsProps {
  readonly ingest: IngestQueue;
  /** Where alarms are sent. */
  readonly topic: sns.ITopic;
}

/** Tells when files are given up or wait too long. Each alarm names its heading in the runbook. */
export class IngestAlarms extends Construct {
  constructor(scope: Construct, id: string, { ingest, topic }: IngestAlarmsProps) {
    super(scope, id);
    const filesGivenUp = new cloudwatch.Alarm(this, 'FilesGivenUp', {
      alarmDescription: `Files could not be processed and lie in the dead-letter queue: ${RUNBOOK}#files-given-up`,
      metric: ingest.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const filesWaiting = new cloudwatch.Alarm(this, 'FilesWaiting', {
      alarmDescription: `The oldest file has waited for an hour: ${RUNBOOK}#files-waiting`,
      metric: ingest.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: Duration.hours(1).toSeconds(),
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    for (const alarm of [filesGivenUp, filesWaiting]) alarm.addAlarmAction(new SnsAction(topic));
  }
}
