import { randomUUID } from 'node:crypto';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { Random } from '../bench/random.ts';
import { eachAtOnce } from '../chaos/evidence.ts';
import { s3Event, s3Record } from '../support/s3-events.ts';
import { DeployedApp } from './support/deployed-app.ts';
import { EventSubscriber, eventually, queueDepth, send, sqsClient } from './support/test-queue.ts';

const FILES = 50;
const COPIES = 100;
const AT_ONCE = 8;

let app: DeployedApp;
let sqs: SQSClient;
let subscriber: EventSubscriber;
let items: LedgerItem[];
let prefix: string;
let files: UploadedFile[];
const begin = Date.now();

/** The event that S3 sends of a file. */
function eventOf({ bucket, key, versionId, size }: UploadedFile): string {
  return s3Event(s3Record({ bucket, key, object: { size, versionId } }));
}

beforeAll(async () => {
  app = await DeployedApp.open();
  const { EventsTopicArn, IngestQueueUrl, DeadLetterQueueUrl } = app.deployment.outputs;
  sqs = sqsClient(app.endpoint);
  const deadLetters = await queueDepth(sqs, DeadLetterQueueUrl);
  subscriber = await EventSubscriber.subscribe(app.endpoint, EventsTopicArn);
  prefix = `duplicates-${randomUUID()}`;
  files = await Promise.all(
    Array.from({ length: FILES }, (_, index) => app.put(`${prefix}/${index}.csv`, `a\n${index}\n`)),
  );
  const copies = shuffled(files.flatMap((file) => Array.from({ length: COPIES }, () => file)));
  await eachAtOnce(copies, AT_ONCE, (file) => send(sqs, IngestQueueUrl, eventOf(file)));
  items = await app.awaitEnds(files);
  await eventually(async () => (await queueDepth(sqs, IngestQueueUrl)) === 0, 240);
  expect(await queueDepth(sqs, DeadLetterQueueUrl)).toBe(deadLetters);
}, 400_000);

afterAll(() => subscriber.close());

/** The same every time. */
function shuffled<T>(values: readonly T[]): T[] {
  const random = new Random(FILES);
  const rest = [...values];
  return values.map(() => rest.splice(random.below(rest.length), 1)[0]!);
}

/** How many executions the state machine has logged the start of, for one of the files. */
async function startedExecutions(): Promise<number> {
  const { logs, outputs } = app.deployment;
  const pages = paginateFilterLogEvents(
    { client: logs },
    {
      logGroupName: outputs.FilePipelineLogGroupName,
      filterPattern: '"ExecutionStarted"',
      startTime: begin,
    },
  );
  let started = 0;
  for await (const { events = [] } of pages) {
    started += events.filter(({ message = '' }) =>
      files.some(({ fileId }) => message.includes(fileId)),
    ).length;
  }
  return started;
}

describe('a hundred copies of each of fifty events, in any order, eight at once', () => {
  it('run fifty executions, and all succeed', async () => {
    const now = await Promise.all(files.map((file) => app.deployment.ledger.get(file)));
    expect(now.map((item) => item?.status)).toEqual(files.map(() => 'SUCCEEDED'));
    const executions = now.flatMap((item) => item!.history!.map(({ execution }) => execution));
    expect(new Set(executions).size).toBe(FILES);
    expect(executions).toHaveLength(FILES);
    expect(await startedExecutions()).toBe(FILES);
  });

  it('leave fifty outputs, each with the rows of its file', async () => {
    const names = new Set(files.map(({ fileId }) => fileId));
    const written = (await app.targetKeys('processed/')).filter((key) =>
      [...names].some((fileId) => key.includes(fileId)),
    );
    expect(written).toHaveLength(FILES);
    const records = await Promise.all(items.map((item) => app.records(item)));
    expect(records).toEqual(files.map((_, index) => [{ a: String(index) }]));
  });

  it('tell of each success once', async () => {
    const events = (await subscriber.all()).filter(({ data }) => data.file.key.startsWith(prefix));
    expect(events.map(({ type }) => type)).toEqual(files.map(() => 'io.millrace.file.succeeded'));
  });
});
