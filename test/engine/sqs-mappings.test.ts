import {
  CreateEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { clientConfig, uniqueName } from './engine.ts';
import { createFunction, invoke } from './functions.ts';
import { createQueue, receiveAll, type CreatedQueue } from './queues.ts';

// All run at once, each with functions of its own to start.
jest.setTimeout(60_000);
/** Starting many functions at once takes its time. */
const SECONDS = 40;
/** Longer than a function that has started takes, so that no message comes back before its batch is done. */
const VISIBILITY = '4';

const lambda = new LambdaClient(clientConfig());
const sqs = new SQSClient(clientConfig());
const folder = mkdtempSync(join(tmpdir(), 'millrace-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a consumer writes down of each message it gets. */
interface Delivery {
  readonly text: string;
  readonly receipt: string;
  readonly receives: number;
  readonly at: number;
  readonly batch: number;
}

/**
 * Code of a consumer: writes its messages down in a file, waits, and reports those whose text starts
 * with `bad`, or whatever a message that starts with \`report\` says.
 */
const consumer = (file: string, sleep: number): string => `
const { appendFileSync } = require('node:fs');
exports.handler = async ({ Records }) => {
  if (Records.length === 0) return;
  for (const { body, receiptHandle, attributes } of Records) {
    const delivery = { text: body, receipt: receiptHandle, at: Date.now(), batch: Records.length,
      receives: Number(attributes.ApproximateReceiveCount) };
    appendFileSync(${JSON.stringify(file)}, JSON.stringify(delivery) + '\\n');
  }
  await new Promise((resolve) => setTimeout(resolve, ${sleep}));
  const told = Records.find(({ body }) => body.startsWith('report '));
  if (told) return JSON.parse(told.body.slice(7));
  const failed = Records.filter(({ body }) => body.startsWith('bad'));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
`;

interface Consumed extends CreatedQueue {
  /** What the consumer got so far. */
  readonly deliveries: () => Delivery[];
}

/** A queue, and a function that reads it. */
async function consumedQueue(
  queue: CreatedQueue,
  { sleep = 0, BatchSize = 10 }: { sleep?: number; BatchSize?: number } = {},
): Promise<Consumed> {
  const file = join(folder, uniqueName('deliveries'));
  const created = await createFunction(consumer(file, sleep));
  // A message becomes visible again while a function starts, if that takes longer than its timeout.
  await invoke(created, { Records: [] });
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: created.name,
      EventSourceArn: queue.arn,
      BatchSize,
      ...(BatchSize > 10 && { MaximumBatchingWindowInSeconds: 1 }),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  const deliveries = (): Delivery[] => {
    try {
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Delivery);
    } catch {
      return [];
    }
  };
  return { ...queue, deliveries };
}

async function send({ url }: CreatedQueue, ...texts: string[]): Promise<void> {
  const Entries = texts.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
}

const soon = <T>(what: string, probe: Parameters<typeof eventually<T>>[1]): Promise<T> =>
  eventually(what, probe, SECONDS);

/** How many messages of a queue are left, visible or not. */
async function left({ url }: CreatedQueue): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

it.concurrent('a slow consumer does not stall the consumer of another queue', async () => {
  const slow = await consumedQueue(await createQueue(), { sleep: 20_000 });
  const quick = await consumedQueue(await createQueue());
  await send(slow, 'slow');
  await soon('the slow one is at work', () => slow.deliveries()[0]);

  await send(quick, 'first');
  await soon('the first is there', () => quick.deliveries()[0]);
  await send(quick, 'second');
  await soon('the second is there', () => quick.deliveries()[1]);

  expect(await left(slow)).toBe(1);
});

it.concurrent(
  'a batch has as many messages as its mapping says, if there are so many',
  async () => {
    const unread = await createQueue();
    const texts = Array.from({ length: 45 }, (_, index) => `message ${index}`);
    for (let start = 0; start < texts.length; start += 10) {
      await send(unread, ...texts.slice(start, start + 10));
    }
    const queue = await consumedQueue(unread, { BatchSize: 30 });

    await soon('all are there', () => queue.deliveries()[44]);

    expect(new Set(queue.deliveries().map(({ text }) => text))).toEqual(new Set(texts));
    expect(
      queue
        .deliveries()
        .map(({ batch }) => batch)
        .sort(),
    ).toEqual([...Array<number>(15).fill(15), ...Array<number>(30).fill(30)]);
  },
);

it.concurrent('of a batch only the messages that were reported come back', async () => {
  const queue = await consumedQueue(await createQueue({ VisibilityTimeout: VISIBILITY }));

  await send(queue, 'good', 'bad', 'good too');
  await soon(
    'the bad one comes back',
    () => queue.deliveries().filter(({ text }) => text === 'bad')[1],
  );

  const good = queue.deliveries().filter(({ text }) => text.startsWith('good'));
  expect(good.map(({ receives }) => receives)).toEqual([1, 1]);
  expect(await left(queue)).toBe(1);
});

it.concurrent.each([
  ['names a message that is none of the batch', '{"batchItemFailures":[{"itemIdentifier":"who"}]}'],
  ['names no message', '{"batchItemFailures":[{"itemIdentifier":""}]}'],
  ['has a failure without an identifier', '{"batchItemFailures":[{"wrong":"1"}]}'],
])('no message is deleted after a report that %s', async (_what, report) => {
  const queue = await consumedQueue(await createQueue({ VisibilityTimeout: VISIBILITY }));

  await send(queue, `report ${report}`);

  const again = await soon('it comes back', () => queue.deliveries()[1]);
  expect(again.receives).toBe(2);
});

it.concurrent.each(['{}', 'null', '{"batchItemFailures":[]}', '{"batchItemFailures":null}'])(
  'every message is deleted after the report %s',
  async (report) => {
    const queue = await consumedQueue(await createQueue({ VisibilityTimeout: VISIBILITY }));

    await send(queue, `report ${report}`);
    await soon('it is there', () => queue.deliveries()[0]);

    await soon('it is deleted', async () => ((await left(queue)) === 0 ? true : undefined));
  },
);

it.concurrent('a message that fails comes back when its visibility was set to end', async () => {
  const queue = await consumedQueue(await createQueue({ VisibilityTimeout: '60' }), { sleep: 500 });
  await send(queue, 'bad');
  const { receipt, at } = await soon('it is there', () => queue.deliveries()[0]);

  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queue.url,
      ReceiptHandle: receipt,
      VisibilityTimeout: 2,
    }),
  );

  const again = await soon('it comes back', () => queue.deliveries()[1]);
  expect(again.at - at).toBeGreaterThanOrEqual(1_900);
});

it.concurrent('a message that fails stays invisible until then', async () => {
  const queue = await consumedQueue(await createQueue({ VisibilityTimeout: '60' }));

  await send(queue, 'bad');
  await soon('it is there', () => queue.deliveries()[0]);
  await delay(1_500);

  expect(queue.deliveries()).toHaveLength(1);
  expect(await left(queue)).toBe(1);
});

it.concurrent('a message that was received too often goes to the dead-letter queue', async () => {
  const deadLetters = await createQueue();
  const queue = await consumedQueue(
    await createQueue({
      VisibilityTimeout: VISIBILITY,
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 }),
    }),
  );

  await send(queue, 'bad');

  expect(await receiveAll(sqs, deadLetters.url, 1)).toEqual(['bad']);
  expect(queue.deliveries().map(({ receives }) => receives)).toEqual([1, 2]);
  expect(await left(queue)).toBe(0);
});

it.concurrent(
  'a mapping that is disabled leaves messages in the queue until it is enabled',
  async () => {
    const queue = await consumedQueue(await createQueue());
    const { EventSourceMappings } = await lambda.send(
      new ListEventSourceMappingsCommand({ EventSourceArn: queue.arn }),
    );
    expect(EventSourceMappings).toHaveLength(1);
    const { UUID } = EventSourceMappings![0]!;
    const disabled = await lambda.send(
      new UpdateEventSourceMappingCommand({ UUID, Enabled: false }),
    );
    expect(disabled.State).toMatch(/^Disabl/);

    await send(queue, 'held back');
    await delay(3_000);
    expect(queue.deliveries()).toEqual([]);
    expect(await left(queue)).toBe(1);

    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    const delivery = await soon('the message is there', () => queue.deliveries()[0]);
    expect(delivery).toMatchObject({ text: 'held back', receives: 1 });
  },
);
