import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { DailyReport } from './daily-report.ts';
import type { ReportSchedule } from './report-schedule.ts';

const RUNBOOK = 'docs/runbook.md';

export interface ReportAlarmsProps {
  readonly report: DailyReport;
  readonly schedule: ReportSchedule;
  /** Where alarms are sent. */
  readonly topic: sns.ITopic;
}

/** Tells when there is no report. Each alarm names its heading in the runbook. */
export class ReportAlarms extends Construct {
  constructor(scope: Construct, id: string, { report, schedule, topic }: ReportAlarmsProps) {
    super(scope, id);
    const sum = { period: Duration.minutes(5), statistic: 'Sum' };
    const alarms = {
      ReportFailed: {
        alarmDescription: `A daily report could not be made: ${RUNBOOK}#report-failed`,
        metric: report.stateMachine.metricFailed(sum),
      },
      ReportTimedOut: {
        alarmDescription: `A daily report took too long: ${RUNBOOK}#report-failed`,
        metric: report.stateMachine.metricTimedOut(sum),
      },
      ReportNotStarted: {
        alarmDescription: `A daily report could not be started: ${RUNBOOK}#report-not-started`,
        metric: schedule.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          period: Duration.minutes(5),
          statistic: 'Maximum',
        }),
      },
    };
    for (const [name, alarm] of Object.entries(alarms)) {
      new cloudwatch.Alarm(this, name, {
        ...alarm,
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(new SnsAction(topic));
    }
  }
}
