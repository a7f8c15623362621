import {
  PublishCommand,
  CreateTopicCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import { clientConfig, uniqueName } from './engine.ts';
import { createQueue, receiveAll } from './queues.ts';

const sns = new SNSClient(clientConfig());
const sqs = new SQSClient(clientConfig());

/** A message like S3's, of one record for each of the names. */
const s3Event = (...eventNames: string[]): string =>
  JSON.stringify({
    Records: eventNames.map((eventName) => ({ eventName, s3: { object: { key: 'a' } } })),
  });

/** Which of the messages reach a queue that asks for objects that came. */
async function delivered(messages: readonly string[]): Promise<string[]> {
  const queue = await createQueue();
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: uniqueName('topic') }));
  const policy = { Records: { eventName: [{ prefix: 'ObjectCreated:' }] } };
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      Attributes: {
        RawMessageDelivery: 'true',
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: JSON.stringify(policy),
      },
    }),
  );
  for (const Message of messages) await sns.send(new PublishCommand({ TopicArn, Message }));
  await delay(300);
  return receiveAll(sqs, queue.url, 0);
}

it('a filter on the body looks into arrays of objects', async () => {
  const created = s3Event('ObjectCreated:Put');
  const both = s3Event('ObjectRemoved:Delete', 'ObjectCreated:Copy');
  const others = [s3Event('ObjectRemoved:Delete'), s3Event(), '{"Event":"s3:TestEvent"}', 'text'];

  const received = await delivered([created, ...others, both]);

  expect(received.sort()).toEqual([created, both].sort());
});
