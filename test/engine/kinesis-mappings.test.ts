import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  LambdaClient,
  type CreateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { clientConfig, uniqueName } from './engine.ts';
import { createFunction } from './functions.ts';
import { createQueue, receiveAll } from './queues.ts';

// All run at once, each with functions of its own to start.
jest.setTimeout(60_000);

const SHARD = 'shardId-000000000000';
/** The first of the upper half of all hash keys. */
const MIDDLE = String(2n ** 127n);

const kinesis = new KinesisClient(clientConfig());
const lambda = new LambdaClient(clientConfig());
const sqs = new SQSClient(clientConfig());
const folder = mkdtempSync(join(tmpdir(), 'millrace-engine-'));
afterAll(() => {
  kinesis.destroy();
  rmSync(folder, { recursive: true });
});

/** One call of a consumer. */
interface Call {
  readonly shard: string;
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  readonly at: number;
}

/**
 * Code of a consumer: writes down each batch that it gets in a file, waits, and then throws for a
 * record that starts with `throw`, dies for `die`, reports those that start with `bad`, or answers
 * whatever a record that starts with `report` says. `once` fails the first time only.
 */
const consumer = (file: string, sleep: number): string => `
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
const file = ${JSON.stringify(file)};
exports.handler = async ({ Records }) => {
  const texts = Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
  const numbers = Records.map(({ kinesis }) => kinesis.sequenceNumber);
  const [shard] = Records[0].eventID.split(':');
  appendFileSync(file, JSON.stringify({ shard, texts, numbers, at: Date.now() }) + '\\n');
  await new Promise((resolve) => setTimeout(resolve, ${sleep}));
  if (texts.some((text) => text.startsWith('throw'))) throw new Error('as told');
  if (texts.includes('die once') && !existsSync(file + '.died')) {
    writeFileSync(file + '.died', '');
    process.exit(1);
  }
  const told = texts.find((text) => text.startsWith('report '));
  if (told) return JSON.parse(told.slice(7));
  const failed = numbers.filter((_number, index) => texts[index].startsWith('bad'));
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};
`;

interface Stream {
  readonly name: string;
  readonly arn: string;
}

async function createStream(ShardCount = 1): Promise<Stream> {
  const name = uniqueName('stream');
  await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount }));
  const summary = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }));
  return { name, arn: summary.StreamDescriptionSummary!.StreamARN! };
}

interface Consumer {
  readonly calls: () => Call[];
  /** The texts of all records so far, call by call. */
  readonly batches: () => string[];
  readonly mapping: string;
}

/** A function that reads a stream from its horizon. */
async function consume(
  stream: Stream,
  settings: Partial<CreateEventSourceMappingCommandInput> = {},
  sleep = 0,
): Promise<Consumer> {
  const file = join(folder, uniqueName('calls'));
  const { name } = await createFunction(consumer(file, sleep));
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: stream.arn,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      ...settings,
    }),
  );
  const calls = (): Call[] => {
    try {
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Call);
    } catch {
      return [];
    }
  };
  return { calls, batches: () => calls().map(({ texts }) => texts.join(' ')), mapping: UUID! };
}

/** Puts records of one key each, or all of one. */
async function put({ name }: Stream, texts: readonly string[], key?: string): Promise<void> {
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: key ?? text }));
  const { FailedRecordCount } = await kinesis.send(
    new PutRecordsCommand({ StreamName: name, Records }),
  );
  expect(FailedRecordCount).toBe(0);
}

const countTo = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

/** The texts of a consumer's records once there are so many of them, whatever the batches. */
const received = (consumer: Consumer, count: number): Promise<string[]> =>
  eventually(
    `${count} records`,
    () => {
      const texts = consumer.calls().flatMap((call) => call.texts);
      return texts.length >= count ? texts : undefined;
    },
    30,
  );

const REPORTS = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] };

describe('how a shard is read', () => {
  it.concurrent('in order, in batches of at most the given size', async () => {
    const stream = await createStream();
    await put(stream, countTo(25));
    const consumer = await consume(stream, { BatchSize: 10 });

    expect(await received(consumer, 25)).toEqual(countTo(25));
    expect(consumer.calls().map(({ texts }) => texts.length)).toEqual([10, 10, 5]);
  });

  it.concurrent('one batch at a time', async () => {
    const stream = await createStream();
    await put(stream, countTo(3));
    const consumer = await consume(stream, { BatchSize: 1 }, 300);

    await received(consumer, 3);
    const [first, second, third] = consumer.calls().map(({ at }) => at);
    expect(second! - first!).toBeGreaterThanOrEqual(300);
    expect(third! - second!).toBeGreaterThanOrEqual(300);
  });

  it.concurrent('several shards at once', async () => {
    const stream = await createStream(2);
    await put(stream, countTo(20));
    const consumer = await consume(stream, {}, 1_000);

    await received(consumer, 20);
    const [first, second] = consumer.calls();
    expect(new Set([first!.shard, second!.shard]).size).toBe(2);
    expect(second!.at - first!.at).toBeLessThan(1_000);
  });

  it.concurrent('beside a mapping whose function takes long', async () => {
    const [slow, quick] = [await createStream(), await createStream()];
    const slowConsumer = await consume(slow, {}, 15_000);
    const quickConsumer = await consume(quick);
    await put(slow, ['slow']);
    await eventually('the slow one is at work', () => slowConsumer.calls()[0]);

    await put(quick, ['first']);
    await received(quickConsumer, 1);
    await put(quick, ['second']);

    expect(await received(quickConsumer, 2)).toEqual(['first', 'second']);
  });

  it.concurrent('after a window, unless the batch is full before', async () => {
    const stream = await createStream();
    const consumer = await consume(stream, { BatchSize: 5, MaximumBatchingWindowInSeconds: 2 });
    await put(stream, countTo(7));

    await received(consumer, 7);
    const [full, rest] = consumer.calls();
    expect([full!.texts.length, rest!.texts.length]).toEqual([5, 2]);
    expect(rest!.at - full!.at).toBeGreaterThanOrEqual(1_500);
  });

  it.concurrent('from where it ends at the start of the mapping, if LATEST', async () => {
    const stream = await createStream();
    await put(stream, ['before']);
    const consumer = await consume(stream, { StartingPosition: 'LATEST' });
    await put(stream, ['after']);

    expect(await received(consumer, 1)).toEqual(['after']);
  });

  it.concurrent('no more after the mapping was deleted', async () => {
    const stream = await createStream();
    const consumer = await consume(stream);
    await put(stream, ['first']);
    await received(consumer, 1);

    await lambda.send(new DeleteEventSourceMappingCommand({ UUID: consumer.mapping }));
    await put(stream, ['second']);
    await delay(1_500);

    expect(consumer.batches()).toEqual(['first']);
  });
});

describe('a batch of which records fail', () => {
  it.concurrent('is tried again from the lowest that was reported', async () => {
    const stream = await createStream();
    await put(stream, ['1', '2', 'bad', '4', 'bad too']);
    const consumer = await consume(stream, { ...REPORTS, MaximumRetryAttempts: 1 });

    await received(consumer, 5 + 3);
    await delay(1_000);
    expect(consumer.batches()).toEqual(['1 2 bad 4 bad too', 'bad 4 bad too']);
  });

  it.concurrent('is tried again as a whole where reports are off', async () => {
    const stream = await createStream();
    await put(stream, ['1', 'bad', '3']);
    const consumer = await consume(stream);
    await put(stream, ['4']);

    // What it reports is not asked for: all is done.
    await received(consumer, 4);
    await delay(500);
    expect(consumer.calls().flatMap(({ texts }) => texts)).toEqual(['1', 'bad', '3', '4']);
  });

  it.concurrent.each([
    ['names a record that is none of the batch', '{"batchItemFailures":[{"itemIdentifier":"1"}]}'],
    ['names nothing', '{"batchItemFailures":[{"itemIdentifier":""}]}'],
    ['names null', '{"batchItemFailures":[{"itemIdentifier":null}]}'],
    ['has a failure without an identifier', '{"batchItemFailures":[{"wrong":"1"}]}'],
  ])('is tried again as a whole after a report that %s', async (_what, report) => {
    const stream = await createStream();
    await put(stream, ['1', `report ${report}`]);
    const consumer = await consume(stream, REPORTS);

    await received(consumer, 4);
    const [first, second] = consumer.calls();
    expect(second!.numbers).toEqual(first!.numbers);
  });

  it.concurrent.each(['{}', 'null', '{"batchItemFailures":[]}', '{"batchItemFailures":null}'])(
    'is done after the report %s',
    async (report) => {
      const stream = await createStream();
      await put(stream, [`report ${report}`]);
      const consumer = await consume(stream, REPORTS);
      await received(consumer, 1);
      await put(stream, ['next']);

      expect(await received(consumer, 2)).toEqual([`report ${report}`, 'next']);
    },
  );

  it.concurrent('is tried again after the function has died', async () => {
    const stream = await createStream();
    await put(stream, ['1', 'die once', '3']);
    const consumer = await consume(stream);

    await received(consumer, 6);
    expect(consumer.batches()).toEqual(['1 die once 3', '1 die once 3']);
  });

  it.concurrent('holds up the records after it until its retries are used', async () => {
    const stream = await createStream();
    await put(stream, ['throw']);
    const consumer = await consume(stream, { BatchSize: 1, MaximumRetryAttempts: 2 });
    await put(stream, ['next']);

    expect(await received(consumer, 4)).toEqual(['throw', 'throw', 'throw', 'next']);
  });

  it.concurrent(
    'is split in two until the bad record is alone, which takes no retries',
    async () => {
      const stream = await createStream();
      const failures = await createQueue();
      await put(stream, ['1', '2', '3', 'throw', '5', '6', '7', '8']);
      const consumer = await consume(stream, {
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: failures.arn } },
      });
      await put(stream, ['9']);

      const [body] = await receiveAll(sqs, failures.url, 1);
      await eventually('the shard goes on', () =>
        consumer.batches().at(-1)?.endsWith('9') ? true : undefined,
      );
      expect(consumer.batches().filter((batch) => batch === 'throw')).toHaveLength(2);
      const done = consumer.calls().filter(({ texts }) => !texts.includes('throw'));
      expect(done.flatMap(({ texts }) => texts)).toEqual(['1', '2', '3', '5', '6', '7', '8', '9']);
      expect(JSON.parse(body!)).toMatchObject({ KinesisBatchInfo: { batchSize: 1 } });
    },
  );

  it.concurrent('is split before the record that was reported, and then in two', async () => {
    const stream = await createStream();
    const failures = await createQueue();
    await put(stream, ['1', '2', 'bad', '4', '5', '6']);
    const consumer = await consume(stream, {
      ...REPORTS,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: failures.arn } },
    });

    expect(await receiveAll(sqs, failures.url, 1)).toHaveLength(1);
    await eventually('the shard goes on', () =>
      consumer.batches().at(-1) === '5 6' ? true : undefined,
    );
    expect(consumer.batches()).toEqual(['1 2 bad 4 5 6', 'bad 4 5 6', 'bad 4', 'bad', '4', '5 6']);
  });

  it.concurrent('is told to the destination of failures when it is given up', async () => {
    const stream = await createStream();
    const failures = await createQueue();
    const consumer = await consume(stream, {
      MaximumRetryAttempts: 1,
      MaximumBatchingWindowInSeconds: 1,
      DestinationConfig: { OnFailure: { Destination: failures.arn } },
    });
    await put(stream, ['throw', '2']);

    const [body] = await receiveAll(sqs, failures.url, 1);
    const numbers = consumer.calls()[0]!.numbers;
    expect(JSON.parse(body!)).toEqual({
      requestContext: {
        requestId: expect.any(String) as string,
        functionArn: expect.stringMatching(/^arn:aws:lambda:/) as string,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      KinesisBatchInfo: {
        shardId: SHARD,
        startSequenceNumber: numbers[0],
        endSequenceNumber: numbers[1],
        approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/) as string,
        approximateArrivalOfLastRecord: expect.stringMatching(/Z$/) as string,
        batchSize: 2,
        streamArn: stream.arn,
      },
    });
  });

  it.concurrent('is given up when its records are too old', async () => {
    const stream = await createStream();
    const failures = await createQueue();
    await put(stream, ['throw', 'throw too']);
    await delay(2_000);
    const consumer = await consume(stream, {
      MaximumRecordAgeInSeconds: 1,
      DestinationConfig: { OnFailure: { Destination: failures.arn } },
    });

    const [body] = await receiveAll(sqs, failures.url, 1);
    await put(stream, ['next']);

    expect(JSON.parse(body!)).toMatchObject({ KinesisBatchInfo: { batchSize: 2 } });
    expect(await received(consumer, 1)).toEqual(['next']);
  });
});

describe('the records of a stream', () => {
  it.concurrent('have numbers that grow, without leading zeros', async () => {
    const stream = await createStream();
    await put(stream, countTo(50));
    const numbers = await sequenceNumbers(stream, SHARD);

    expect(numbers).toHaveLength(50);
    for (const number of numbers) expect(number).toMatch(/^[1-9]\d{0,128}$/);
    const inOrder = numbers.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
    expect(numbers.map(BigInt)).toEqual(inOrder);
  });

  it.concurrent('are refused, one by one, above 1,000 a second and shard', async () => {
    const { name } = await createStream();
    const Records = countTo(500).map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => kinesis.send(new PutRecordsCommand({ StreamName: name, Records }))),
    );
    const results = answers.flatMap((answer) => answer.Records!);
    const refused = results.filter(({ ErrorCode }) => ErrorCode !== undefined);

    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(1_000);
    const counted = answers.map(({ FailedRecordCount }) => FailedRecordCount!);
    expect(counted.reduce((sum, count) => sum + count)).toBe(refused.length);
    expect(refused[0]).toEqual({
      ErrorCode: 'ProvisionedThroughputExceededException',
      ErrorMessage: expect.stringContaining(name) as string,
    });
    const taken = results.filter(({ SequenceNumber }) => SequenceNumber !== undefined);
    expect(await sequenceNumbers({ name }, SHARD)).toHaveLength(taken.length);
  });

  it.concurrent('are refused above 1 MiB a second and shard', async () => {
    const { name } = await createStream();
    const once = new KinesisClient({ ...clientConfig(), maxAttempts: 1 });
    const record = { StreamName: name, Data: Buffer.alloc(1024 * 1024), PartitionKey: 'a' };
    await once.send(new PutRecordCommand(record));

    await expect(once.send(new PutRecordCommand(record))).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
    once.destroy();
  });

  it.concurrent('are all acknowledged, also where the answer is longer than 64 KiB', async () => {
    const { name } = await createStream();
    const text = 'x'.repeat(200);
    const Records = countTo(400).map((PartitionKey) => ({ Data: Buffer.from(text), PartitionKey }));
    await kinesis.send(new PutRecordsCommand({ StreamName: name, Records }));

    const ShardIterator = await iterator({ name }, SHARD);
    const read = await kinesis.send(new GetRecordsCommand({ ShardIterator }));

    expect(read.Records!.map(({ PartitionKey }) => PartitionKey)).toEqual(countTo(400));
    expect(Buffer.from(read.Records!.at(-1)!.Data!).toString()).toBe(text);
  });
});

async function iterator(
  { name }: Pick<Stream, 'name'>,
  ShardId: string,
  ShardIteratorType: ShardIteratorType = 'TRIM_HORIZON',
): Promise<string> {
  const answer = await kinesis.send(
    new GetShardIteratorCommand({ StreamName: name, ShardId, ShardIteratorType }),
  );
  return answer.ShardIterator!;
}

async function sequenceNumbers(stream: Pick<Stream, 'name'>, shardId: string): Promise<string[]> {
  const ShardIterator = await iterator(stream, shardId);
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ SequenceNumber }) => SequenceNumber!);
}

const split = (stream: Stream): Promise<unknown> =>
  kinesis.send(
    new SplitShardCommand({
      StreamName: stream.name,
      ShardToSplit: SHARD,
      NewStartingHashKey: MIDDLE,
    }),
  );

describe('a shard that was split', () => {
  it.concurrent('is read to its end before its children', async () => {
    const stream = await createStream();
    await put(stream, countTo(40, 'parent-'));
    await split(stream);
    await put(stream, countTo(40, 'child-'));
    const consumer = await consume(stream, { BatchSize: 10 }, 50);

    const texts = await received(consumer, 80);
    expect(texts.slice(0, 40)).toEqual(countTo(40, 'parent-'));
    expect(new Set(texts.slice(40))).toEqual(new Set(countTo(40, 'child-')));
    expect(new Set(consumer.calls().map(({ shard }) => shard)).size).toBe(3);
  });

  it.concurrent('keeps the order of a key, also while it is being read', async () => {
    const stream = await createStream();
    const consumer = await consume(stream, { BatchSize: 3 }, 20);
    for (let round = 0; round < 6; round += 1) {
      await put(stream, countTo(5, `${round}-`), 'one key');
      if (round === 2) await split(stream);
      if (round === 4) await merge(stream, 'shardId-000000000001', 'shardId-000000000002');
    }

    const all = Array.from({ length: 6 }, (_, round) => countTo(5, `${round}-`)).flat();
    expect(await received(consumer, 30)).toEqual(all);
  });

  it.concurrent('keeps its records, shows its end, and names its children', async () => {
    const stream = await createStream();
    await put(stream, ['1', '2']);
    await split(stream);

    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: stream.name }));
    const [parent, ...children] = Shards;
    expect(parent!.SequenceNumberRange!.EndingSequenceNumber).toMatch(/^\d+$/);
    expect(children.map(({ ParentShardId }) => ParentShardId)).toEqual([SHARD, SHARD]);
    const ShardIterator = await iterator(stream, SHARD);
    const read = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    expect(read.Records).toHaveLength(2);
    expect(read.NextShardIterator).toBeUndefined();
    expect(read.ChildShards!.map(({ ShardId }) => ShardId)).toEqual(
      children.map(({ ShardId }) => ShardId),
    );
  });

  it.concurrent('cannot be split again', async () => {
    const stream = await createStream();
    await split(stream);

    await expect(split(stream)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  });
});

const merge = ({ name }: Stream, first: string, second: string): Promise<unknown> =>
  kinesis.send(
    new MergeShardsCommand({
      StreamName: name,
      ShardToMerge: first,
      AdjacentShardToMerge: second,
    }),
  );

it.concurrent('both shards of a merge are read to their ends before their child', async () => {
  const stream = await createStream(2);
  await put(stream, countTo(40, 'parent-'));
  await merge(stream, SHARD, 'shardId-000000000001');
  await put(stream, countTo(10, 'child-'));
  const consumer = await consume(stream, { BatchSize: 10 }, 50);

  const texts = await received(consumer, 50);
  expect(new Set(texts.slice(0, 40))).toEqual(new Set(countTo(40, 'parent-')));
  expect(texts.slice(40)).toEqual(countTo(10, 'child-'));
});

it.concurrent('only shards that are neighbours can be merged', async () => {
  const stream = await createStream(3);

  await expect(merge(stream, SHARD, 'shardId-000000000002')).rejects.toMatchObject({
    name: 'InvalidArgumentException',
  });
});

it.concurrent.each([
  [2, 3],
  [3, 2],
  [2, 4],
  [4, 2],
])('a stream of %i shards has %i after it was told so, and no record less', async (from, to) => {
  const stream = await createStream(from);
  const consumer = await consume(stream);
  await put(stream, countTo(30));
  await kinesis.send(
    new UpdateShardCountCommand({
      StreamName: stream.name,
      TargetShardCount: to,
      ScalingType: 'UNIFORM_SCALING',
    }),
  );
  await put(stream, countTo(30, 'after-'));

  const texts = await received(consumer, 60);
  expect(new Set(texts)).toEqual(new Set([...countTo(30), ...countTo(30, 'after-')]));
  const { StreamDescriptionSummary: summary } = await kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName: stream.name }),
  );
  expect(summary!.OpenShardCount).toBe(to);
});
