import { randomUUID } from 'node:crypto';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../infra/local/local-aws.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { DeployedApp } from './support/deployed-app.ts';
import {
  EventSubscriber,
  eventually,
  queueDepth,
  receive,
  send,
  sqsClient,
} from './support/test-queue.ts';

/** Receives of a message before it is given up, as `deploy-app.ts` sets it. */
const MAX_RECEIVES = 3;

let app: DeployedApp;
let lambda: LambdaClient;
let sqs: SQSClient;
let subscriber: EventSubscriber;
let file: UploadedFile;
let failed: LedgerItem;
let deadLetter: string;

beforeAll(async () => {
  app = await DeployedApp.open();
  const { EventsTopicArn, DeadLetterQueueUrl } = app.deployment.outputs;
  lambda = new LambdaClient({
    endpoint: app.endpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  sqs = sqsClient(app.endpoint);
  subscriber = await EventSubscriber.subscribe(app.endpoint, EventsTopicArn);
  const restore = await breakWrite();
  try {
    file = await app.put(`given-up/${randomUUID()}.csv`, 'a\n1\n');
    await eventually(async () => (await queueDepth(sqs, DeadLetterQueueUrl)) === 1, 90);
    failed = (await app.deployment.ledger.get(file))!;
    const [message] = await receive(sqs, DeadLetterQueueUrl);
    deadLetter = message!.Body!;
  } finally {
    await restore();
  }
}, 180_000);

afterAll(() => subscriber.close());

/** Points Write to a bucket that does not exist; the result undoes it. */
async function breakWrite(): Promise<() => Promise<void>> {
  const FunctionName = await findFunction(/StepsWrite/);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const variables = Environment!.Variables!;
  const update = async (Variables: Record<string, string>): Promise<void> => {
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    );
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  };
  await update({ ...variables, TARGET_BUCKET: 'no-such-bucket' });
  return () => update(variables);
}

async function findFunction(name: RegExp): Promise<string> {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const found = Functions.find(({ FunctionName }) => name.test(FunctionName!));
    if (found !== undefined) return found.FunctionName!;
  }
  throw new Error(`no function ${String(name)}`);
}

describe('a fault that outlives all retries', () => {
  it('leaves the file FAILED in the ledger with a code and every attempt', () => {
    expect(failed).toMatchObject({ status: 'FAILED', attempt: MAX_RECEIVES });
    expect(failed.code).toBe('UNEXPECTED_ERROR');
    expect(failed.reason).toContain('NoSuchBucket');
    expect(failed.history!.map(({ status }) => status)).toEqual(
      Array.from({ length: MAX_RECEIVES }, () => 'FAILED'),
    );
  });

  it('tells subscribers of every failed attempt', async () => {
    const event = await subscriber.next(
      ({ data }) => data.file.fileId === file.fileId && data.attempt === MAX_RECEIVES,
    );
    expect(event.type).toBe('io.millrace.file.failed');
  });

  it('makes nothing visible', async () => {
    const keys = [...(await app.targetKeys('processed/')), ...(await app.targetKeys('manifests/'))];
    expect(keys.filter((key) => key.includes(file.fileId))).toEqual([]);
  });

  it('succeeds when its message is sent again after the fault is mended', async () => {
    await send(sqs, app.deployment.outputs.IngestQueueUrl, deadLetter);
    const [item] = await app.awaitEnds([file]);
    expect(item).toMatchObject({ status: 'SUCCEEDED', attempt: MAX_RECEIVES + 1, rowsWritten: 1 });
    expect(item!.history).toHaveLength(MAX_RECEIVES + 1);
    expect(await app.records(item!)).toEqual([{ a: '1' }]);
  }, 90_000);
});
