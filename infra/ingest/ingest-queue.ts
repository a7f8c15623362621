import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';

/** How long SQS keeps a message at most. */
export const QUEUE_RETENTION = Duration.days(14);

export interface IngestQueueProps {
  readonly config: MillraceConfig;
  readonly topic: sns.ITopic;
  /** Timeout of the function that reads the queue. */
  readonly consumerTimeout: Duration;
}

/** The queue of files to process, and the dead-letter queue for those that could not be. */
export class IngestQueue extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, { config, topic, consumerTimeout }: IngestQueueProps) {
    super(scope, id);
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetterQueue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: QUEUE_RETENTION,
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: QUEUE_RETENTION,
      receiveMessageWaitTime: Duration.seconds(20),
      // Lambda asks for six times the function's timeout; the dispatcher shortens it message by message.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: config.maxReceiveCount },
    });
    topic.addSubscription(
      new SqsSubscription(this.queue, {
        rawMessageDelivery: true,
        deadLetterQueue: this.deadLetterQueue,
      }),
    );
  }
}
