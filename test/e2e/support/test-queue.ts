import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { CloudEvent } from '../../../src/shared/cloud-event.ts';
import type { FileEventData } from '../../../src/pipeline/notify/file-event.ts';
import { eventually as find } from '../../support/eventually.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../infra/local/local-aws.ts';

const clientConfig = (endpoint: string) => ({
  endpoint,
  region: LOCAL_REGION,
  credentials: LOCAL_CREDENTIALS,
});

export const sqsClient = (endpoint: string): SQSClient => new SQSClient(clientConfig(endpoint));

/** A subscriber of the events topic, as another application would be. */
export class EventSubscriber {
  readonly #sqs: SQSClient;
  readonly #sns: SNSClient;
  readonly #queueUrl: string;
  readonly #subscriptionArn: string;
  readonly #received: CloudEvent<FileEventData>[] = [];

  private constructor(sqs: SQSClient, sns: SNSClient, queueUrl: string, subscriptionArn: string) {
    this.#sqs = sqs;
    this.#sns = sns;
    this.#queueUrl = queueUrl;
    this.#subscriptionArn = subscriptionArn;
  }

  static async subscribe(
    endpoint: string,
    topicArn: string,
    filterPolicy?: Record<string, string[]>,
  ): Promise<EventSubscriber> {
    const sqs = sqsClient(endpoint);
    const sns = new SNSClient(clientConfig(endpoint));
    const name = `subscriber-${Date.now()}-${Math.floor(Math.random() * 1e6)}`;
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const { SubscriptionArn } = await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: Attributes!.QueueArn,
        ReturnSubscriptionArn: true,
        Attributes: {
          RawMessageDelivery: 'true',
          ...(filterPolicy && { FilterPolicy: JSON.stringify(filterPolicy) }),
        },
      }),
    );
    return new EventSubscriber(sqs, sns, QueueUrl!, SubscriptionArn!);
  }

  /** The first event that fits, waiting for it if need be. */
  async next(
    fits: (event: CloudEvent<FileEventData>) => boolean,
    timeoutSeconds = 60,
  ): Promise<CloudEvent<FileEventData>> {
    const deadline = Date.now() + timeoutSeconds * 1_000;
    while (Date.now() < deadline) {
      const found = this.#received.find(fits);
      if (found !== undefined) return found;
      await this.#receive();
    }
    throw new Error('the event did not come');
  }

  /** Everything received so far, after the queue has been emptied. */
  async all(): Promise<readonly CloudEvent<FileEventData>[]> {
    while (await this.#receive(0));
    return this.#received;
  }

  async close(): Promise<void> {
    await this.#sns.send(new UnsubscribeCommand({ SubscriptionArn: this.#subscriptionArn }));
    await this.#sqs.send(new DeleteQueueCommand({ QueueUrl: this.#queueUrl }));
  }

  async #receive(waitSeconds = 1): Promise<boolean> {
    const messages = await receive(this.#sqs, this.#queueUrl, waitSeconds);
    for (const { Body } of messages) {
      this.#received.push(JSON.parse(Body!) as CloudEvent<FileEventData>);
    }
    return messages.length > 0;
  }
}

/** Takes messages off a queue. */
export async function receive(
  sqs: SQSClient,
  queueUrl: string,
  waitSeconds = 1,
): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: waitSeconds,
    }),
  );
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  return Messages;
}

/** How many messages a queue holds, visible and in flight. */
export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

export async function send(sqs: SQSClient, queueUrl: string, body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}

/** Waits until a condition holds. */
export async function eventually(
  condition: () => Promise<boolean>,
  timeoutSeconds = 60,
): Promise<void> {
  await find('the condition', async () => (await condition()) || undefined, timeoutSeconds);
}
