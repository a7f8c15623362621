import { ListTablesCommand, CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createServer } from 'node:net';
import { LocalAws, LocalAwsError } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { eventually } from '../support/eventually.ts';
import { processes } from '../support/processes.ts';
import { clientConfig, engineUnderTest, uniqueName } from './engine.ts';
import { createFunction, invoke, OBEDIENT } from './functions.ts';
import { createQueue, receiveAll } from './queues.ts';

/** A second local AWS, beside the one that the other tests share. */
jest.setTimeout(20_000);

const aws = new LocalAws(LocalHome.ofClone('engine-test-2'));

beforeAll(() => aws.reset());
afterAll(() => aws.reset());

/** Process ids of the engine and of all that it started. */
function processesOf(pid: number): number[] {
  const members = processes().filter(({ group, zombie }) => group === pid && !zombie);
  return members.map((member) => member.pid);
}

it('before its first start it does not run and has no endpoint', () => {
  expect(aws.status()).toEqual({
    running: false,
    endpoint: undefined,
    pid: undefined,
    home: aws.home.path,
  });
  expect(() => aws.environment()).toThrow('never been started');
});

it('starts once, and tells where it runs', async () => {
  expect(await aws.start()).toBe(true);
  const { running, endpoint, pid } = aws.status();

  expect(await aws.start()).toBe(false);
  expect(running).toBe(true);
  expect(aws.status()).toMatchObject({ endpoint, pid });
  expect(aws.environment()).toMatchObject({ AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' });
});

it('knows nothing of the local AWS of another home', async () => {
  const TableName = uniqueName('table');
  const [here, there] = [aws, engineUnderTest()].map(
    (home) => new DynamoDBClient(clientConfig(home)),
  );
  await here!.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );

  const tables = await there!.send(new ListTablesCommand());

  expect(aws.status().endpoint).not.toBe(engineUnderTest().status().endpoint);
  expect(tables.TableNames).not.toContain(TableName);
});

it('stops with its workers, and comes back with its state on the same port', async () => {
  const config = clientConfig(aws);
  const [lambda, s3, sqs] = [
    new LambdaClient(config),
    new S3Client({ ...config, forcePathStyle: true }),
    new SQSClient(config),
  ];
  const object = { Bucket: uniqueName('bucket'), Key: 'kept' };
  const fn = await createFunction(OBEDIENT, lambda);
  await invoke(fn, {}, lambda);
  await s3.send(new CreateBucketCommand(object));
  await s3.send(new PutObjectCommand({ ...object, Body: 'still here' }));
  const queue = await createQueue({}, sqs);
  await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'still here' }));
  const { endpoint, pid } = aws.status();
  expect(processesOf(pid!).length).toBeGreaterThan(1);

  expect(await aws.stop()).toBe(true);

  expect(await aws.stop()).toBe(false);
  expect(aws.status()).toMatchObject({ running: false, endpoint, pid: undefined });
  expect(processesOf(pid!)).toEqual([]);

  await aws.start();

  expect(aws.status().endpoint).toBe(endpoint);
  const { Body } = await s3.send(new GetObjectCommand(object));
  expect(await Body!.transformToString()).toBe('still here');
  expect(await receiveAll(sqs, queue.url, 1)).toEqual(['still here']);
  expect((await invoke(fn, {}, lambda)).answer).toMatchObject({ calls: 1 });
}, 20_000);

it('says so when another program has taken its port', async () => {
  await aws.stop();
  const port = Number(new URL(aws.status().endpoint!).port);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));

  try {
    const start = aws.start();
    await expect(start).rejects.toThrow(LocalAwsError);
    await expect(start).rejects.toThrow(`Port ${port} of the local AWS is in use`);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});

it('does not take another program for the engine, nor end it', async () => {
  const port = Number(new URL(aws.status().endpoint!).port);
  aws.home.writeEngine({ port, pid: process.pid });

  expect(aws.status()).toMatchObject({ running: false, pid: undefined });
  expect(await aws.stop()).toBe(false);
});

it('sees that the engine was killed', async () => {
  await aws.start();
  const { pid } = aws.status();

  process.kill(-pid!, 'SIGKILL');

  await eventually('it is gone', () => (aws.status().running ? undefined : true));
  expect(aws.status().pid).toBeUndefined();
});

it('forgets everything with a reset', async () => {
  await aws.start();
  expect(await new DynamoDBClient(clientConfig(aws)).send(new ListTablesCommand())).toBeDefined();

  await aws.reset();

  expect(aws.status()).toMatchObject({ running: false, endpoint: undefined });
});
