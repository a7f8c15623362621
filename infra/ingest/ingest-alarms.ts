import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { addAlarms } from '../shared/alarms.ts';
import type { IngestQueue } from './ingest-queue.ts';

export interface IngestAlarmsProps {
  readonly ingest: IngestQueue;
  /** Where alarms are sent. */
  readonly topic: sns.ITopic;
}

/** Tells when files are given up or wait too long. Each alarm names its heading in the runbook. */
export class IngestAlarms extends Construct {
  constructor(scope: Construct, id: string, { ingest, topic }: IngestAlarmsProps) {
    super(scope, id);
    addAlarms(this, topic, {
      FilesGivenUp: {
        says: 'Files could not be processed and lie in the dead-letter queue',
        heading: 'files-given-up',
        metric: ingest.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          period: Duration.minutes(1),
          statistic: 'Maximum',
        }),
      },
      FilesWaiting: {
        says: 'The oldest file has waited for an hour',
        heading: 'files-waiting',
        metric: ingest.queue.metricApproximateAgeOfOldestMessage({
          period: Duration.minutes(5),
          statistic: 'Maximum',
        }),
        threshold: Duration.hours(1).toSeconds(),
        evaluationPeriods: 3,
      },
    });
  }
}
