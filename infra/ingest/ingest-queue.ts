import type { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { consumedQueue } from '../shared/queues.ts';

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
    const { maxReceiveCount } = config;
    // The dispatcher shortens the visibility timeout message by message.
    const { queue, deadLetterQueue } = consumedQueue(this, { consumerTimeout, maxReceiveCount });
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    topic.addSubscription(
      new SqsSubscription(this.queue, {
        rawMessageDelivery: true,
        deadLetterQueue: this.deadLetterQueue,
      }),
    );
  }
}
