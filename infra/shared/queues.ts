import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** How long SQS keeps a message at most. */
export const QUEUE_RETENTION = Duration.days(14);

/** A queue as every queue of Millrace is: encrypted, reached over TLS only, its messages kept for long. */
export function encryptedQueue(
  scope: Construct,
  id: string,
  props: Omit<sqs.QueueProps, 'encryption' | 'enforceSSL' | 'retentionPeriod'> = {},
): sqs.Queue {
  return new sqs.Queue(scope, id, {
    ...props,
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: QUEUE_RETENTION,
  });
}

export interface ConsumedQueueProps {
  /** Timeout of the function that reads the queue. */
  readonly consumerTimeout: Duration;
  /** How often a message is received before it goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
}

/** A queue that a function reads, and the dead-letter queue for what it could not handle. */
export function consumedQueue(
  scope: Construct,
  { consumerTimeout, maxReceiveCount }: ConsumedQueueProps,
): { readonly queue: sqs.Queue; readonly deadLetterQueue: sqs.Queue } {
  const deadLetterQueue = encryptedQueue(scope, 'DeadLetterQueue');
  const queue = encryptedQueue(scope, 'Queue', {
    receiveMessageWaitTime: Duration.seconds(20),
    // Lambda asks for six times the function's timeout.
    visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount },
  });
  return { queue, deadLetterQueue };
}
