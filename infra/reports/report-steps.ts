import { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Environment } from '../../src/shared/environment.ts';
import type { MillraceConfig } from '../config.ts';
import {
  bindBacklog,
  bindContracts,
  bindLedgerReading,
  bindLiveStatsReading,
  bindMail,
  bindManifests,
  bindReports,
} from '../shared/bindings.ts';
import { NodeFunction } from '../shared/node-function.ts';

interface Step {
  /** Handler's file below `src/report`, without `.handler.ts`. */
  readonly entry: string;
  readonly description: string;
  /**
   * A little shorter than the state's TimeoutSeconds, so that Lambda's own, more telling error arrives
   * first (a test holds the two together).
   */
  readonly timeout: Duration;
  /** In MiB; 1,769 is one vCPU. */
  readonly memorySize: number;
}

/** The steps, and where their handlers lie. */
export const REPORT_STEPS = {
  ResolveDay: {
    entry: 'resolve-day/resolve-day',
    description: 'Says which day is reported',
    timeout: Duration.seconds(10),
    memorySize: 256,
  },
  Aggregate: {
    entry: 'aggregate/aggregate',
    description: 'Adds up the files that arrived in an hour',
    // An hour of a day of a million files: 42,000 manifests, read by 64 at a time.
    timeout: Duration.seconds(300),
    // Parsing manifests is all it does: a whole vCPU.
    memorySize: 1_769,
  },
  Render: {
    entry: 'render/render',
    description: 'Makes the report of the day from the sums of its hours',
    timeout: Duration.seconds(120),
    memorySize: 1_769,
  },
  Publish: {
    entry: 'publish/publish',
    description: 'Mails the report and where to find it',
    timeout: Duration.seconds(30),
    memorySize: 256,
  },
  MailFailure: {
    entry: 'publish/mail-failure',
    description: 'Mails that there is no report, and why',
    timeout: Duration.seconds(30),
    memorySize: 256,
  },
} as const satisfies Readonly<Record<string, Step>>;

export type ReportStepName = keyof typeof REPORT_STEPS;

export interface ReportStepsProps {
  readonly config: MillraceConfig;
  readonly targetBucket: s3.Bucket;
  readonly reportsBucket: s3.Bucket;
  readonly ledger: dynamodb.Table;
  /** Its depth is reported. */
  readonly deadLetterQueue: sqs.IQueue;
  /** What the report is checked against. */
  readonly liveStats: dynamodb.Table;
  readonly mailTopic: sns.ITopic;
}

/** The functions behind the states of the daily report. */
export class ReportSteps extends Construct {
  readonly functions: Readonly<Record<ReportStepName, NodeFunction>>;

  constructor(scope: Construct, id: string, props: ReportStepsProps) {
    super(scope, id);
    const { config, targetBucket, reportsBucket, ledger, deadLetterQueue, mailTopic } = props;

    const resolveDay = this.#step('ResolveDay', config);
    resolveDay.configure(Environment.AGGREGATE_CONCURRENCY, config.reportConcurrency);

    const aggregate = this.#step('Aggregate', config);
    bindManifests(aggregate, targetBucket);
    bindLedgerReading(aggregate, ledger);
    bindContracts(aggregate);
    bindReports(aggregate, reportsBucket, { write: ['work'] });

    const render = this.#step('Render', config);
    bindReports(render, reportsBucket, {
      read: ['work', 'daily-reports'],
      write: ['daily-reports'],
    });
    bindBacklog(render, deadLetterQueue);
    bindLiveStatsReading(render, props.liveStats, { retentionDays: config.liveStatsRetentionDays });
    // What is logged is paid for.
    render.configure(Environment.EXECUTION_LOG_LEVEL, config.executionLogLevel);

    const publish = this.#step('Publish', config);
    bindReports(publish, reportsBucket, { read: ['daily-reports'] });
    const mailFailure = this.#step('MailFailure', config);
    for (const fn of [publish, mailFailure]) bindMail(fn, mailTopic);

    this.functions = {
      ResolveDay: resolveDay,
      Aggregate: aggregate,
      Render: render,
      Publish: publish,
      MailFailure: mailFailure,
    };
  }

  #step(name: ReportStepName, config: MillraceConfig): NodeFunction {
    const { entry, ...settings } = REPORT_STEPS[name];
    return new NodeFunction(this, name, {
      config,
      entry: `report/${entry}.handler.ts`,
      ...settings,
    });
  }
}
