import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs';
import { eventually } from '../support/eventually.ts';
import { clientConfig, uniqueName } from './engine.ts';

export interface CreatedQueue {
  readonly url: string;
  readonly arn: string;
}

export async function createQueue(
  Attributes: Partial<Record<QueueAttributeName, string>> = {},
  sqs = new SQSClient(clientConfig()),
  QueueName = uniqueName('queue'),
): Promise<CreatedQueue> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const answer = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return { url: QueueUrl!, arn: answer.Attributes!.QueueArn! };
}

/** Takes the bodies of that many messages out of a queue; with 0, whatever is there. */
export async function receiveAll(
  sqs: SQSClient,
  QueueUrl: string,
  count: number,
): Promise<string[]> {
  const bodies: string[] = [];
  const receive = async (): Promise<true | undefined> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body, ReceiptHandle } of Messages) {
      bodies.push(Body!);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return bodies.length >= count ? true : undefined;
  };
  await eventually(`${count} messages`, receive);
  return bodies;
}
