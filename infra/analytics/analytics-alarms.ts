import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addAlarms } from '../shared/alarms.ts';
import type { Analytics } from './analytics.ts';

export interface AnalyticsAlarmsProps {
  readonly analytics: Analytics;
  /** Where alarms are sent. */
  readonly topic: sns.ITopic;
}

/** Tells when events are not counted, or late. Each alarm names its heading in the runbook. */
export class AnalyticsAlarms extends Construct {
  constructor(scope: Construct, id: string, { analytics, topic }: AnalyticsAlarmsProps) {
    super(scope, id);
    const { incoming, failuresQueue, stream } = analytics;
    addAlarms(this, topic, {
      EventsGivenUp: {
        says: 'Events could not be put into the stream',
        heading: 'events-given-up',
        metric: messagesIn(incoming.deadLetterQueue),
      },
      EventsNotCounted: {
        says: 'Records of the stream could not be counted',
        heading: 'events-not-counted',
        metric: messagesIn(failuresQueue),
      },
      AnalyticsBehind: {
        says: 'The live statistics are ten minutes behind',
        heading: 'analytics-behind',
        metric: iteratorAge(analytics),
        threshold: Duration.minutes(10).toMilliseconds(),
        evaluationPeriods: 3,
      },
      StreamFull: {
        says: 'The stream refuses records for lack of shards',
        heading: 'stream-full',
        metric: stream.metricPutRecordsThrottledRecords({
          period: Duration.minutes(5),
          statistic: 'Sum',
        }),
        evaluationPeriods: 3,
      },
    });
  }
}

/** How long ago the last record that Analyse was given came into the stream. */
export function iteratorAge({ analyse }: Analytics): cloudwatch.Metric {
  return analyse.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' });
}

function messagesIn(queue: sqs.IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({
    period: Duration.minutes(1),
    statistic: 'Maximum',
  });
}
