import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { randomUUID } from 'node:crypto';
import { readLedgerItem } from '../../src/report/aggregate/ledger-facts.ts';
import { readManifest } from '../../src/report/aggregate/manifest-facts.ts';
import { writeUnitsOf } from '../../src/report/cost/calls.ts';
import { usageOfItem, usageOfManifest } from '../../src/report/cost/file-usage.ts';
import { sumOfUsages, type Usage } from '../../src/report/cost/usage.ts';
import type { LedgerItem, LedgerKey } from '../../src/shared/ledger/ledger-item.ts';
import { FaultControl } from '../chaos/fault-control.ts';
import { DeployedApp, localAws } from './support/deployed-app.ts';
import { eventually, queueDepth, sqsClient } from './support/test-queue.ts';

/** What the daily report prices is held to what the edge of the local AWS sees. */

let app: DeployedApp;
const control = new FaultControl(localAws());

beforeAll(async () => {
  app = await DeployedApp.open();
});

afterEach(() => control.set({}));

/** What CloudWatch Logs counts for each event beside its message. */
const LOG_EVENT_BYTES = 26;

type Operations = Readonly<Record<string, number>>;

/** Puts a file, and counts what functions ask of AWS until it is at its end. */
async function count(key: string, body: string): Promise<{ item: LedgerItem; seen: Operations }> {
  await eventually(everythingIsIngested);
  await control.set({ countOperations: true });
  const { source, fileId } = await app.process(key, body);
  // The source object is archived after the file's end, which S3 tells as well, and the messages of both are deleted.
  await eventually(async () => isSettled(await ledgerItem({ source, fileId })));
  await eventually(everythingIsIngested);
  const { operations } = await control.report();
  return { item: await ledgerItem({ source, fileId }), seen: operations };
}

/** Whether the dispatcher is done with all messages, and so with all calls that are counted here. */
const everythingIsIngested = async (): Promise<boolean> =>
  (await queueDepth(sqsClient(app.endpoint), app.deployment.outputs.IngestQueueUrl)) === 0;

const ledgerItem = async ({ source, fileId }: LedgerKey): Promise<LedgerItem> => {
  const at = source.indexOf('/');
  const [bucket, key] = [source.slice(0, at), source.slice(at + 1)];
  return (await app.deployment.ledger.get({ bucket, key, fileId }))!;
};

/** Whether the news of a source object that was moved away has come, too. */
const isSettled = ({ archive, sourceDeletedAt }: LedgerItem): boolean =>
  archive?.status !== 'ARCHIVED' || sourceDeletedAt !== undefined;

/** How many of the calls fit. */
function of(seen: Operations, pattern: RegExp): number {
  return Object.entries(seen).reduce(
    (sum, [call, times]) => sum + (pattern.test(call) ? times : 0),
    0,
  );
}

/** What the report takes a file to have used. */
async function taken(item: LedgerItem): Promise<Usage> {
  const manifest = readManifest((await app.read(item.manifestKey!)).toString('utf8'))!;
  return sumOfUsages(
    usageOfManifest(manifest),
    usageOfItem(readLedgerItem(item)!, Buffer.byteLength(JSON.stringify(item))),
  );
}

/** What the state machine has logged of a file's executions, with what CloudWatch Logs adds to each event. */
async function executionLogBytes({ fileId, startedAt }: LedgerItem): Promise<number> {
  const { logs, outputs } = app.deployment;
  const pages = paginateFilterLogEvents(
    { client: logs },
    { logGroupName: outputs.FilePipelineLogGroupName, startTime: Date.parse(startedAt) },
  );
  let bytes = 0;
  for await (const { events = [] } of pages) {
    const own = events.filter(({ message = '' }) => message.includes(fileId));
    for (const { message = '' } of own) bytes += Buffer.byteLength(message) + LOG_EVENT_BYTES;
  }
  return bytes;
}

const lines = (rows: number, row: (index: number) => string): string =>
  Array.from({ length: rows }, (_, index) => `${row(index)}\n`).join('');

/** Larger than three ranges of the test's deployment, with rows that are too short in all of them. */
const splitFile = (): string =>
  `id,text\n${lines(260_000, (row) => (row % 1_000 === 7 ? String(row) : `${row},${'x'.repeat(80)}`))}`;

describe.each([
  ['small file', () => 'id,what\n1,a\n2,b\n'],
  ['file with rejected rows', () => 'id,what\n1,a\n2\n3,c\n'],
  ['file that Validate rejects', () => ''],
  [
    'file that is rejected behind Validate',
    () => `a,b\n${lines(100_000, (row) => `${row},x`)}"open,1\n`,
  ],
  ['file that is split', splitFile],
  ['file that is moved', () => 'id\n1\n', 'archive/move'],
  ['file that is tagged', () => 'id\n1\n', 'archive/tag'],
])('the calls of a %s', (_, body: () => string, folder = 'counted-calls') => {
  let item: LedgerItem;
  let seen: Operations;
  let usage: Usage;

  beforeAll(async () => {
    ({ item, seen } = await count(`${folder}/${randomUUID()}/file.csv`, body()));
    usage = await taken(item);
  }, 120_000);

  it('to S3 are those that the report prices', () => {
    const reads = of(seen, /^s3 (GET|HEAD)/);
    const writes = of(seen, /^s3 (PUT|POST)/);
    expect({ reads, writes }).toEqual({ reads: usage.s3Reads, writes: usage.s3Writes });
  });

  it('to DynamoDB are those that the report prices, one unit each but for large items', () => {
    const writes = of(seen, /^dynamodb (Put|Update|Delete)Item .*(Ledger|Idempotency)/);
    // The index takes the file in; the ledger's item has grown when its end, and its archive, and its removal is recorded.
    const grown = [true, item.archive, item.sourceDeletedAt].filter(Boolean).length;
    const units = writes + 1 + grown * (writeUnitsOf(Buffer.byteLength(JSON.stringify(item))) - 1);
    expect(usage).toMatchObject({ writeUnits: units, halfReadUnits: 0 });
    expect(of(seen, /^dynamodb (Get|Query|Batch|Transact).*(Ledger|Idempotency)/)).toBe(0);
  });

  it('to SNS and SQS are those that the report prices, beside those that AWS makes', () => {
    // S3 publishes the upload, and the removal of a file that is moved.
    const events = item.sourceDeletedAt === undefined ? 1 : 2;
    expect(of(seen, /^sns Publish/) + events).toBe(usage.snsPublishes);
    // Lambda receives each message, and deletes it.
    expect(of(seen, /^sqs .*Ingest/) + 2 * events).toBe(usage.sqsRequests);
  });

  it('are logged at about the length that the report prices', async () => {
    const bytes = await executionLogBytes(item);
    expect(bytes).toBeGreaterThan(usage.executionLogBytes * 0.85);
    expect(bytes).toBeLessThan(usage.executionLogBytes * 1.15);
  });

  it('to functions are those that the report prices', () => {
    expect(of(seen, /^functions Invoke .*(Steps|Dispatcher)/)).toBe(usage.lambdaRequests);
  });
});
