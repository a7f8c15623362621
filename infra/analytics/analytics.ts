import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Environment } from '../../src/shared/environment.ts';
import type { StackOutput } from '../../src/shared/stack-outputs.ts';
import type { MillraceConfig } from '../config.ts';
import { bindDeadLetters, bindLiveStats, bindStream } from '../shared/bindings.ts';
import { NodeFunction } from '../shared/node-function.ts';
import { encryptedQueue } from '../shared/queues.ts';
import { AnalyticsQueue } from './analytics-queue.ts';
import { EventsStream } from './events-stream.ts';
import { LiveStatsTable } from './live-stats-table.ts';

/** A batch fits one PutRecords. */
const FORWARD_BATCH = { size: 500, window: Duration.seconds(1) };
/** Few writes for many events: a window's counts are written once per batch. */
const ANALYSE_BATCH = { size: 500, window: Duration.seconds(2) };
const FORWARD_TIMEOUT = Duration.seconds(30);
const ANALYSE_TIMEOUT = Duration.seconds(60);
/** Lambda takes no more. */
const OLDEST_RECORD = Duration.days(7);

export interface AnalyticsProps {
  readonly config: MillraceConfig;
  readonly uploadsTopic: sns.ITopic;
  readonly eventsTopic: sns.ITopic;
}

/**
 * What flows now: both topics reach the analytics queue, Forward puts their events into the stream as
 * CloudEvents, and Analyse counts them by minute and hour in the live statistics.
 */
export class Analytics extends Construct {
  readonly incoming: AnalyticsQueue;
  readonly stream: EventsStream;
  readonly liveStats: LiveStatsTable;
  /** Which records Analyse gave up; the stream still holds them until it forgets them. */
  readonly failuresQueue: sqs.Queue;
  readonly forward: NodeFunction;
  readonly analyse: NodeFunction;
  readonly #retentionDays: number;

  constructor(scope: Construct, id: string, { config, ...topics }: AnalyticsProps) {
    super(scope, id);
    this.incoming = new AnalyticsQueue(this, 'Incoming', {
      ...topics,
      config,
      consumerTimeout: FORWARD_TIMEOUT,
    });
    this.stream = new EventsStream(this, 'Stream', { config });
    this.liveStats = new LiveStatsTable(this, 'LiveStats');
    this.#retentionDays = config.liveStatsRetentionDays;
    this.failuresQueue = encryptedQueue(this, 'FailuresQueue');
    this.forward = this.#forward(config);
    this.analyse = this.#analyse(config);
  }

  /** Where to find what it is made of. */
  get outputs() {
    return {
      EventsStreamName: this.stream.streamName,
      LiveStatsTableName: this.liveStats.tableName,
      LiveStatsRetentionDays: String(this.#retentionDays),
      AnalyticsQueueUrl: this.incoming.queue.queueUrl,
      AnalyticsDeadLetterQueueUrl: this.incoming.deadLetterQueue.queueUrl,
      AnalyticsFailuresQueueUrl: this.failuresQueue.queueUrl,
    } satisfies Partial<Record<StackOutput, string>>;
  }

  #forward(config: MillraceConfig): NodeFunction {
    const forward = new NodeFunction(this, 'Forward', {
      config,
      entry: 'analytics/forward/forward.handler.ts',
      description: 'Puts the events of both topics into the stream as CloudEvents',
      timeout: FORWARD_TIMEOUT,
      memorySize: 512,
    });
    bindStream(forward, this.stream);
    bindDeadLetters(forward, this.incoming.deadLetterQueue);
    forward.addEventSource(
      new SqsEventSource(this.incoming.queue, {
        batchSize: FORWARD_BATCH.size,
        maxBatchingWindow: FORWARD_BATCH.window,
        maxConcurrency: config.forwardConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    return forward;
  }

  #analyse(config: MillraceConfig): NodeFunction {
    const analyse = new NodeFunction(this, 'Analyse', {
      config,
      entry: 'analytics/analyse/analyse.handler.ts',
      description: 'Counts the events of the stream by minute and hour',
      timeout: ANALYSE_TIMEOUT,
      memorySize: 512,
    });
    bindLiveStats(analyse, this.liveStats, { retentionDays: config.liveStatsRetentionDays });
    analyse.configure(Environment.MAX_LATENESS_HOURS, config.maxLatenessHours);
    analyse.addEventSource(
      new KinesisEventSource(this.stream, {
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        batchSize: ANALYSE_BATCH.size,
        maxBatchingWindow: ANALYSE_BATCH.window,
        // More at once would write to the same windows and wait for each other.
        parallelizationFactor: 1,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: config.analyseRetryAttempts,
        maxRecordAge: oldestRecord(config),
        onFailure: new SqsDlq(this.failuresQueue),
      }),
    );
    return analyse;
  }
}

/** An hour before the stream forgets a record, so that there is time to say so. */
function oldestRecord({ streamRetentionHours }: MillraceConfig): Duration {
  const hours = Math.min(streamRetentionHours - 1, OLDEST_RECORD.toHours());
  return Duration.hours(hours);
}
