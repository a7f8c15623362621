import {
  CfnOutput,
  Duration,
  FileSystem,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AnalyticsAlarms } from './analytics/analytics-alarms.ts';
import { Analytics } from './analytics/analytics.ts';
import { Dashboard, type DashboardProps } from './analytics/dashboard.ts';
import { contractsFolderOf, type MillraceConfig } from './config.ts';
import { Dispatcher, type DispatcherProps } from './ingest/dispatcher.ts';
import { IngestAlarms } from './ingest/ingest-alarms.ts';
import { IngestQueue } from './ingest/ingest-queue.ts';
import { Uploads } from './ingest/uploads.ts';
import { LedgerTables } from './ledger/ledger-tables.ts';
import { FILE_PIPELINE_TIMEOUT, FilePipeline } from './pipeline/file-pipeline.ts';
import { PipelineAlarms } from './pipeline/pipeline-alarms.ts';
import { PipelineSteps } from './pipeline/pipeline-steps.ts';
import { ReconcileAlarms } from './reconcile/reconcile-alarms.ts';
import { Reconciliation, type ReconciliationProps } from './reconcile/reconciliation.ts';
import { DailyReport } from './reports/daily-report.ts';
import { ReportAlarms } from './reports/report-alarms.ts';
import { ReportMail } from './reports/report-mail.ts';
import { ReportSchedule } from './reports/report-schedule.ts';
import { ReportSteps, type ReportStepsProps } from './reports/report-steps.ts';
import { EncryptedTopic } from './shared/encrypted-topic.ts';
import { PrivateBucket } from './shared/private-bucket.ts';
import { QUEUE_RETENTION } from './shared/queues.ts';
import type { Contract } from '../src/datasets/contract.ts';
import type { StackOutput } from '../src/shared/stack-outputs.ts';

/** The dispatcher outlives the machine it waits for by this much: claims, answers, back-off. */
const DISPATCH_MARGIN = Duration.seconds(30);
/**
 * Longer than a request can follow the one before it. A dead letter keeps the age of its message, so that
 * both queues together hold an event for one retention; what an operator asks for in its last moment is a
 * new message, and has another.
 */
const IDEMPOTENCY_EXPIRY = Duration.days(2 * QUEUE_RETENTION.toDays() + 1);

export interface MillraceStackProps extends StackProps {
  readonly config: MillraceConfig;
  /** The contracts in its folder. */
  readonly contracts: readonly Contract[];
}

/**
 * Millrace: files arrive in the source bucket, the uploads topic tells the ingest queue, the
 * dispatcher runs one execution of the file pipeline per file, and the events topic tells the rest.
 * Analytics reads both topics too, and counts what flows now. Every morning the source bucket is held
 * against the ledger, and the daily report says what came of it all.
 */
export class MillraceStack extends Stack {
  constructor(scope: Construct, id: string, { config, contracts, ...props }: MillraceStackProps) {
    super(scope, id, props);
    const topicsKey = this.#topicsKey();
    const uploads = new Uploads(this, 'Uploads', { config, topicsKey });
    const target = this.#targetBucket(config);
    const eventsTopic = this.#eventsTopic(topicsKey);
    const tables = new LedgerTables(this, 'Tables');
    const reports = new ReportMail(this, 'Reports', { config, topicsKey });
    const shared = {
      config,
      contracts,
      targetBucket: target,
      ledger: tables.ledger,
      eventsTopic,
      eventSource: `/millrace/${config.stage}/file-pipeline`,
    };

    const steps = new PipelineSteps(this, 'Steps', {
      ...shared,
      sourceBucket: uploads.bucket,
      idempotency: tables.idempotency,
      idempotencyExpiry: IDEMPOTENCY_EXPIRY,
      pipelineVersion: pipelineVersion(config),
    });
    const pipeline = new FilePipeline(this, 'FilePipeline', { config, steps });

    const { ingest, dispatch } = this.#ingest(uploads.topic, { ...shared, pipeline });
    const analytics = new Analytics(this, 'Analytics', {
      config,
      uploadsTopic: uploads.topic,
      eventsTopic,
    });
    const reconciliation = this.#reconcile(
      { config, sourceBucket: uploads.bucket, ledger: tables.ledger },
      reports.topic,
    );
    this.#watch({ config, ingest, dispatch, pipeline, analytics, reconciliation }, reports.topic);
    const { report, schedule } = this.#dailyReport({
      config,
      targetBucket: target,
      reportsBucket: reports.bucket,
      ledger: tables.ledger,
      deadLetterQueue: ingest.deadLetterQueue,
      liveStats: analytics.liveStats,
      mailTopic: reports.topic,
    });

    this.#output({
      SourceBucketName: uploads.bucket.bucketName,
      TargetBucketName: target.bucketName,
      ReportsBucketName: reports.bucket.bucketName,
      LedgerTableName: tables.ledger.tableName,
      IngestQueueUrl: ingest.queue.queueUrl,
      DeadLetterQueueUrl: ingest.deadLetterQueue.queueUrl,
      EventsTopicArn: eventsTopic.topicArn,
      FilePipelineArn: pipeline.stateMachine.stateMachineArn,
      FilePipelineLogGroupName: pipeline.logGroup.logGroupName,
      DailyReportArn: report.stateMachine.stateMachineArn,
      ReportScheduleDeadLetterQueueUrl: schedule.deadLetterQueue.queueUrl,
      ReconciliationDeadLetterQueueUrl: reconciliation.deadLetterQueue.queueUrl,
      ...analytics.outputs,
    });
  }

  /** The queue in front of the pipeline, and the dispatcher that reads it. */
  #ingest(topic: sns.ITopic, props: Omit<DispatcherProps, 'timeout' | 'queue'>) {
    const { config } = props;
    const timeout = FILE_PIPELINE_TIMEOUT.plus(DISPATCH_MARGIN);
    const ingest = new IngestQueue(this, 'Ingest', { config, topic, consumerTimeout: timeout });
    const dispatcher = new Dispatcher(this, 'Dispatcher', {
      ...props,
      timeout,
      queue: ingest.queue,
    });
    return { ingest, dispatch: dispatcher.dispatch };
  }

  #targetBucket(config: MillraceConfig): PrivateBucket {
    // A later attempt goes on with what the chunks of a split file have written: it outlives the records
    // that say so.
    const workKept = IDEMPOTENCY_EXPIRY.plus(Duration.days(1));
    return new PrivateBucket(this, 'TargetBucket', {
      oldVersionsKept: Duration.days(config.oldVersionDays),
      unfinishedUploadsKept: workKept,
      temporary: { prefix: 'staging/', kept: workKept },
    });
  }

  #eventsTopic(masterKey: kms.IKey): EncryptedTopic {
    return new EncryptedTopic(this, 'EventsTopic', {
      displayName: 'Millrace: what became of each file (CloudEvents)',
      masterKey,
    });
  }

  #watch(watched: DashboardProps, alarmsTopic: sns.ITopic): void {
    const { config, ingest, analytics } = watched;
    new IngestAlarms(this, 'Alarms', { ingest, topic: alarmsTopic });
    new PipelineAlarms(this, 'PipelineAlarms', { config, topic: alarmsTopic });
    new AnalyticsAlarms(this, 'AnalyticsAlarms', { analytics, topic: alarmsTopic });
    new Dashboard(this, 'Dashboard', watched);
  }

  #reconcile(props: ReconciliationProps, topic: sns.ITopic): Reconciliation {
    const reconciliation = new Reconciliation(this, 'Reconciliation', props);
    new ReconcileAlarms(this, 'ReconcileAlarms', { config: props.config, reconciliation, topic });
    return reconciliation;
  }

  #dailyReport(props: ReportStepsProps) {
    const { config, mailTopic } = props;
    const steps = new ReportSteps(this, 'ReportSteps', props);
    const report = new DailyReport(this, 'DailyReport', { config, steps });
    const schedule = new ReportSchedule(this, 'ReportSchedule', { config, report });
    new ReportAlarms(this, 'ReportAlarms', { report, schedule, topic: mailTopic });
    return { report, schedule };
  }

  /** One key for all topics: S3 and CloudWatch cannot publish to a topic under AWS's own SNS key. */
  #topicsKey(): kms.Key {
    const key = new kms.Key(this, 'TopicsKey', {
      description: `${this.stackName}: messages in SNS topics`,
      enableKeyRotation: true,
      // Nothing that lasts is encrypted with it.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    for (const service of ['s3.amazonaws.com', 'cloudwatch.amazonaws.com']) {
      key.addToResourcePolicy(
        new iam.PolicyStatement({
          principals: [new iam.ServicePrincipal(service)],
          actions: ['kms:GenerateDataKey*', 'kms:Decrypt'],
          resources: ['*'],
          conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
        }),
      );
    }
    return key;
  }

  #output(values: Readonly<Record<StackOutput, string>>): void {
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, name, { value });
  }
}

/** Changes whenever the functions' code, its dependencies or the contracts do. */
function pipelineVersion(config: MillraceConfig): string {
  const root = join(import.meta.dirname, '..');
  const source = FileSystem.fingerprint(join(root, 'src'), { exclude: ['cli'] });
  const contracts = FileSystem.fingerprint(contractsFolderOf(config));
  const dependencies = FileSystem.fingerprint(join(root, 'package-lock.json'));
  return createHash('sha256')
    .update(source + contracts + dependencies)
    .digest('hex')
    .slice(0, 12);
}
