import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { addAlarms } from '../shared/alarms.ts';
import type { DailyReport } from './daily-report.ts';
import type { ReportSchedule } from './report-schedule.ts';

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
    addAlarms(this, topic, {
      ReportFailed: {
        says: 'A daily report could not be made',
        heading: 'report-failed',
        metric: report.stateMachine.metricFailed(sum),
      },
      ReportTimedOut: {
        says: 'A daily report took too long',
        heading: 'report-failed',
        metric: report.stateMachine.metricTimedOut(sum),
      },
      ReportNotStarted: {
        says: 'A daily report could not be started',
        heading: 'report-not-started',
        metric: schedule.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          period: Duration.minutes(5),
          statistic: 'Maximum',
        }),
      },
    });
  }
}
