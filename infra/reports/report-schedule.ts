import { Duration, TimeZone } from 'aws-cdk-lib';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { encryptedQueue } from '../shared/queues.ts';
import type { DailyReport } from './daily-report.ts';

/** EventBridge Scheduler goes on trying to start a report for so long. */
const START_TRIED_FOR = Duration.hours(6);
const START_RETRIES = 60;

export interface ReportScheduleProps {
  readonly config: MillraceConfig;
  readonly report: DailyReport;
}

/**
 * Starts the report of the day before, every morning.
 *
 * The input holds the scheduled time, not the time of the start, so that a late start reports the same
 * day. Scheduler starts at least once: a second start replaces the report by an equal one. It cannot be
 * kept out by the execution's name, because of what Scheduler puts into an input, the ids differ from
 * try to try, and the scheduled time holds colons, which no name may.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export class ReportSchedule extends Construct {
  /** Holds the starts that were given up. */
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, { config, report }: ReportScheduleProps) {
    super(scope, id);
    this.deadLetterQueue = encryptedQueue(this, 'DeadLetterQueue');
    new Schedule(this, 'Schedule', {
      description: 'Millrace: the report of the day before',
      schedule: ScheduleExpression.expression(
        `cron(${config.reportCron})`,
        TimeZone.of(config.reportTimeZone),
      ),
      timeWindow: timeWindow(config.reportWindowMinutes),
      target: new StepFunctionsStartExecution(report.stateMachine, {
        input: ScheduleTargetInput.fromObject({ scheduledTime: ContextAttribute.scheduledTime }),
        deadLetterQueue: this.deadLetterQueue,
        maxEventAge: START_TRIED_FOR,
        retryAttempts: START_RETRIES,
      }),
    });
  }
}

function timeWindow(minutes: number): TimeWindow {
  return minutes === 0 ? TimeWindow.off() : TimeWindow.flexible(Duration.minutes(minutes));
}
