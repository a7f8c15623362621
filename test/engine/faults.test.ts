import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  CreateTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_ACCOUNT, LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { classifyError } from '../../src/shared/aws-errors.ts';
import { TransientFault } from '../../src/shared/errors.ts';
import { FaultControl } from '../chaos/fault-control.ts';
import { clientConfig, uniqueName } from './engine.ts';
import { createFunction, invoke, OBEDIENT } from './functions.ts';
import { createQueue, receiveAll } from './queues.ts';

/** A local AWS of its own: what fails here must not fail for other tests. */
jest.setTimeout(30_000);

const aws = new LocalAws(LocalHome.ofClone('engine-test-faults'));
const faults = new FaultControl(aws);

beforeAll(async () => {
  await aws.reset();
  await aws.start();
});
afterEach(() => faults.set({}));
afterAll(() => aws.reset());

/** Settings of a client outside, as operators and tests have. */
const outside = () => clientConfig(aws);

/** Settings of a client within a function; it never tries again. */
const inFunction = () => ({
  ...outside(),
  credentials: { accessKeyId: LOCAL_ACCOUNT, secretAccessKey: 'test' },
  maxAttempts: 1,
});

async function createBucket(): Promise<string> {
  const Bucket = uniqueName('bucket');
  await new S3Client(outside()).send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

/** Puts objects from within a function; gives what became of each: stored or not, told or not. */
async function putUnderFaults(Bucket: string, count: number): Promise<string[]> {
  const [inside, observer] = [new S3Client(inFunction()), new S3Client(outside())];
  const outcomes: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const object = { Bucket, Key: `object-${index}` };
    const told = await inside.send(new PutObjectCommand({ ...object, Body: 'a' })).then(
      () => 'told',
      () => 'failed',
    );
    const stored = await observer.send(new HeadObjectCommand(object)).then(
      () => 'stored',
      () => 'missing',
    );
    outcomes.push(`${stored}, ${told}`);
  }
  return outcomes;
}

const isTransient = (error: Error): boolean => classifyError(error) instanceof TransientFault;

/**
 * Whether the connection broke within the answer. In Jest, whose tests have another `Error` than Node
 * itself, the SDK hides this error in one of its own; elsewhere it is an ECONNRESET.
 */
const isBrokenOff = ({ message }: Error): boolean => message.includes('aborted');

describe('calls of functions', () => {
  const CALLS: Record<string, () => Promise<unknown>> = {
    s3: () => new S3Client(inFunction()).send(new ListBucketsCommand({})),
    dynamodb: () => new DynamoDBClient(inFunction()).send(new ListTablesCommand({})),
    sns: () => new SNSClient(inFunction()).send(new ListTopicsCommand({})),
    sqs: () => new SQSClient(inFunction()).send(new ListQueuesCommand({})),
    states: () => new SFNClient(inFunction()).send(new ListStateMachinesCommand({})),
  };

  it.each(Object.keys(CALLS))(
    'of %s fail as the service fails, so that they are tried again',
    async (service) => {
      await faults.set({ seed: 1, rates: { [service]: 1 } });
      const errors: Error[] = [];
      for (let call = 0; call < 30; call += 1) {
        await CALLS[service]!().catch((error: unknown) => errors.push(error as Error));
      }

      // The others were delayed only.
      expect(errors.length).toBeGreaterThan(10);
      const lasting = errors.filter((error) => !isBrokenOff(error) && !isTransient(error));
      expect(lasting).toEqual([]);
      const { calls, injected } = await faults.report();
      expect(calls[service]).toBe(30);
      expect(Object.keys(injected[service]!).sort()).toEqual(['delay', 'lose', 'refuse']);
    },
  );

  it('never fail while no fault is asked for', async () => {
    for (const call of Object.values(CALLS)) await call();

    expect(await faults.report()).toMatchObject({ calls: {}, injected: {} });
  });

  it('may have taken effect though they failed', async () => {
    await faults.set({ seed: 1, rates: { s3: 1 } });
    const outcomes = await putUnderFaults(await createBucket(), 30);

    expect([...new Set(outcomes)].sort()).toEqual([
      'missing, failed',
      'stored, failed',
      'stored, told',
    ]);
  });

  it('meet the same faults with the same seed, and others with another or after a crash', async () => {
    const outcomesOf = async (seed: number, epoch: number): Promise<string[]> => {
      const bucket = 'one-bucket-for-all-runs';
      await new S3Client(outside()).send(new CreateBucketCommand({ Bucket: bucket }));
      await faults.set({ seed, epoch, rates: { s3: 0.5 } });
      return (await putUnderFaults(bucket, 20)).map((outcome) => outcome.split(', ')[1]!);
    };
    const first = await outcomesOf(1, 0);

    expect(await outcomesOf(1, 0)).toEqual(first);
    expect(await outcomesOf(2, 0)).not.toEqual(first);
    expect(await outcomesOf(1, 1)).not.toEqual(first);
  });
});

it('calls of functions are counted by what they ask of what, if that is wanted', async () => {
  const Bucket = await createBucket();
  const s3 = new S3Client(inFunction());
  await faults.set({ countOperations: true });
  for (const Key of ['a', 'b']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'a' }));
  await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
  await new S3Client(outside()).send(new HeadObjectCommand({ Bucket, Key: 'a' }));
  await new DynamoDBClient(inFunction()).send(new ListTablesCommand({}));

  expect(await faults.report()).toMatchObject({
    operations: { [`s3 PUT ${Bucket}`]: 2, [`s3 HEAD ${Bucket}`]: 1, 'dynamodb ListTables': 1 },
    injected: {},
  });
});

it('calls from outside never fail', async () => {
  await faults.set({ rates: { s3: 1 } });
  for (let call = 0; call < 20; call += 1) {
    await new S3Client(outside()).send(new ListBucketsCommand({}));
  }

  expect((await faults.report()).injected).toEqual({});
});

it.each([
  [{ rate: { s3: 1 } }, 'unknown settings: rate'],
  [{ rates: { s3: 2 } }, 'numbers from 0 to 1'],
  [{ seed: 'one' }, 'seed must be a number'],
])('refuses the settings %j', async (settings, reason) => {
  await expect(faults.set(settings as object)).rejects.toThrow(reason);
});

describe('messages of a topic', () => {
  /**
   * Publishes messages of which each meets a fault, which the seed and the queue's name decide; gives those that came,
   * and the faults.
   */
  async function publishUnderFaults(queueName: string, messages: readonly string[]) {
    const sqs = new SQSClient(outside());
    const sns = new SNSClient(outside());
    const queue = await createQueue({}, sqs, queueName);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: uniqueName('topic') }));
    const Attributes = { RawMessageDelivery: 'true' };
    const subscription = { TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes };
    await sns.send(new SubscribeCommand(subscription));
    await faults.set({ seed: 1, rates: { sns: 1 } });
    for (const Message of messages) await sns.send(new PublishCommand({ TopicArn, Message }));
    const {
      'duplicate delivery': duplicate = 0,
      'lost notification': lost = 0,
      ...others
    } = (await faults.report()).injected.sns!;
    const received = await receiveAll(sqs, queue.url, messages.length + duplicate - lost);
    return { received, duplicate, lost, late: others['late delivery'] ?? 0 };
  }

  it('come twice or late, but never not at all', async () => {
    const sent = Array.from({ length: 12 }, (_, index) => `message ${index}`);
    const { received, duplicate, lost, late } = await publishUnderFaults('texts', sent);

    expect(lost).toBe(0);
    expect(Math.min(duplicate, late)).toBeGreaterThan(0);
    expect(duplicate + late).toBe(sent.length);
    expect([...new Set(received)].sort()).toEqual([...sent].sort());
  });

  it('that tell of objects may get lost, too', async () => {
    const sent = Array.from({ length: 12 }, (_, index) =>
      JSON.stringify({ Records: [{ s3: { object: { key: `${index}` } } }] }),
    );
    const { received, duplicate, lost, late } = await publishUnderFaults('objects', sent);

    expect(lost).toBeGreaterThan(0);
    expect(duplicate + late + lost).toBe(sent.length);
    expect(new Set(received).size).toBe(sent.length - lost);
  });
});

describe('functions', () => {
  it('die in the middle of an invocation', async () => {
    const lambda = new LambdaClient(outside());
    const obedient = await createFunction(OBEDIENT, lambda);
    await invoke(obedient, {}, lambda);
    await faults.set({ rates: { functions: 1 } });
    const { answer } = await invoke(obedient, { sleep: 2_000 }, lambda);

    expect(answer.errorType).toBe('Runtime.ExitError');
    expect((await faults.report()).injected).toEqual({ functions: { kill: 1 } });
  });

  it('have clocks that are wrong by no more than was asked for', async () => {
    const lambda = new LambdaClient(outside());
    await faults.set({ seed: 1, rates: {}, clockSkewSeconds: 3_600 });
    const offsets: number[] = [];
    for (let process = 0; process < 3; process += 1) {
      const { answer } = await invoke(await createFunction(OBEDIENT, lambda), {}, lambda);
      offsets.push(Math.abs(Number(answer.at) - Date.now()) / 1_000);
    }

    expect(Math.max(...offsets)).toBeGreaterThan(60);
    expect(Math.max(...offsets)).toBeLessThan(3_630);
  });
});

it('versions have the same ids in every run that writes the same, if asked for', async () => {
  const s3 = new S3Client(outside());
  const Bucket = await createBucket();
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const put = () => s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'a' }));
  await faults.set({ fixedNames: true });
  const fixed = [await put(), await put()].map(({ VersionId }) => VersionId);
  await faults.set({});
  const { VersionId: random } = await put();

  expect(new Set([...fixed, random]).size).toBe(3);
  expect(fixed[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
  expect(random).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});

it('names that are made up are the same for every stack that is made afresh, if asked for', async () => {
  const cloudFormation = new CloudFormationClient(outside());
  const stack = { StackName: uniqueName('stack') };
  const Template = { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } };
  const nameOfBucket = async (): Promise<string | undefined> => {
    await cloudFormation.send(
      new CreateStackCommand({ ...stack, TemplateBody: JSON.stringify(Template) }),
    );
    const wait = { client: cloudFormation, maxWaitTime: 20, minDelay: 1 };
    await waitUntilStackCreateComplete(wait, stack);
    const { StackResources = [] } = await cloudFormation.send(
      new DescribeStackResourcesCommand(stack),
    );
    await cloudFormation.send(new DeleteStackCommand(stack));
    await waitUntilStackDeleteComplete(wait, stack);
    return StackResources[0]?.PhysicalResourceId;
  };
  await faults.set({ fixedNames: true });
  const fixed = [await nameOfBucket(), await nameOfBucket()];
  await faults.set({});
  const random = await nameOfBucket();

  expect(fixed[0]).toContain('bucket');
  expect(fixed[1]).toBe(fixed[0]);
  expect(random).not.toBe(fixed[0]);
});

it('what services have acknowledged outlives the death of everything', async () => {
  const s3 = new S3Client(outside());
  const sqs = new SQSClient(outside());
  const dynamodb = new DynamoDBClient(outside());
  const Bucket = await createBucket();
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  for (const Body of ['one', 'two']) {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body }));
  }
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'open' }));
  const queue = await createQueue({}, sqs);
  await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'kept' }));
  const TableName = uniqueName('table');
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const { pid } = aws.status();
  await faults.crash();

  expect(aws.status().running).toBe(true);
  expect(aws.status().pid).not.toBe(pid);
  const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions).toHaveLength(2);
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads?.map(({ Key }) => Key)).toEqual(['open']);
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toContain(TableName);
  expect(await receiveAll(sqs, queue.url, 1)).toEqual(['kept']);
});
