import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface Alarm {
  /** What has happened, in a sentence. */
  readonly says: string;
  /** The heading in the runbook that tells what to do, as its anchor. */
  readonly heading: string;
  readonly metric: cloudwatch.IMetric;
  /**
   * The alarm is raised from this value on.
   *
   * @default 1
   */
  readonly threshold?: number;
  /**
   * How many periods in a row.
   *
   * @default 1
   */
  readonly evaluationPeriods?: number;
}

/** Alarms by their names, each of which sends its news to a topic and names its heading in the runbook. */
export function addAlarms(
  scope: Construct,
  topic: sns.ITopic,
  alarms: Readonly<Record<string, Alarm>>,
): void {
  for (const [name, { says, heading, ...alarm }] of Object.entries(alarms)) {
    const { metric, threshold = 1, evaluationPeriods = 1 } = alarm;
    new cloudwatch.Alarm(scope, name, {
      alarmDescription: `${says}: docs/runbook.md#${heading}`,
      metric,
      threshold,
      evaluationPeriods,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(topic));
  }
}
