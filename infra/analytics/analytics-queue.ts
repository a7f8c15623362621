import type { Duration } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription, type SqsSubscriptionProps } from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { consumedQueue } from '../shared/queues.ts';

/** S3's test event and whatever else is no object that came or went stays out. */
const OBJECTS_THAT_CAME_OR_WENT = {
  Records: sns.FilterOrPolicy.policy({
    eventName: sns.FilterOrPolicy.filter(
      sns.SubscriptionFilter.stringFilter({ matchPrefixes: ['ObjectCreated:', 'ObjectRemoved:'] }),
    ),
  }),
};

export interface AnalyticsQueueProps {
  readonly config: MillraceConfig;
  /** Brings S3's events. */
  readonly uploadsTopic: sns.ITopic;
  /** Brings CloudEvents: Millrace's own and those of applications. */
  readonly eventsTopic: sns.ITopic;
  /** Timeout of the function that reads the queue. */
  readonly consumerTimeout: Duration;
}

/**
 * The queue of events to analyse, apart from that of the files to process: neither waits for the other.
 * Its dead-letter queue also holds what Forward found malformed or too large.
 */
export class AnalyticsQueue extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, props: AnalyticsQueueProps) {
    super(scope, id);
    const { config, uploadsTopic, eventsTopic, consumerTimeout } = props;
    const { maxReceiveCount } = config;
    const { queue, deadLetterQueue } = consumedQueue(this, { consumerTimeout, maxReceiveCount });
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    this.#subscribe(uploadsTopic, { filterPolicyWithMessageBody: OBJECTS_THAT_CAME_OR_WENT });
    // A filter that lets events without attributes pass does not exist, and one on the body would hide
    // malformed events: all come, and Forward decides.
    this.#subscribe(eventsTopic);
  }

  #subscribe(topic: sns.ITopic, filter: SqsSubscriptionProps = {}): void {
    topic.addSubscription(
      new SqsSubscription(this.queue, {
        rawMessageDelivery: true,
        deadLetterQueue: this.deadLetterQueue,
        ...filter,
      }),
    );
  }
}
