import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Analytics } from './analytics.ts';

const RUNBOOK = 'docs/runbook.md';

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
    const alarms: Readonly<Record<string, cloudwatch.AlarmProps>> = {
      EventsGivenUp: {
        alarmDescription: `Events could not be put into the stream: ${RUNBOOK}#events-given-up`,
        metric: messagesIn(incoming.deadLetterQueue),
        threshold: 1,
        evaluationPeriods: 1,
      },
      EventsNotCounted: {
        alarmDescription: `Records of the stream could not be counted: ${RUNBOOK}#events-not-counted`,
        metric: messagesIn(failuresQueue),
        threshold: 1,
        evaluationPeriods: 1,
      },
      AnalyticsBehind: {
        alarmDescription: `The live statistics are ten minutes behind: ${RUNBOOK}#analytics-behind`,
        metric: iteratorAge(analytics),
        threshold: Duration.minutes(10).toMilliseconds(),
        evaluationPeriods: 3,
      },
      StreamFull: {
        alarmDescription: `The stream refuses records for lack of shards: ${RUNBOOK}#stream-full`,
        metric: stream.metricPutRecordsThrottledRecords({
          period: Duration.minutes(5),
          statistic: 'Sum',
        }),
        threshold: 1,
        evaluationPeriods: 3,
      },
    };
    for (const [name, props] of Object.entries(alarms)) {
      new cloudwatch.Alarm(this, name, {
        ...props,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(new SnsAction(topic));
    }
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
