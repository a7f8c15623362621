import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { DeployedApp } from './support/deployed-app.ts';
import { EventSubscriber, eventually, queueDepth, sqsClient } from './support/test-queue.ts';
import { killWorkers } from './support/workers.ts';

/**
 * How long a message is hidden whose dispatcher is killed before it could say for how long it needs it.
 * Deployed it is half an hour, and nobody wants to wait that long for a test.
 */
const VISIBILITY_SECONDS = 30;
const FILES = 50;
const ROWS = 8_000;

let app: DeployedApp;
let files: UploadedFile[];
let items: LedgerItem[];
let subscriber: EventSubscriber;
let killed: number;
let runningWhenKilled: number;
let deadLetters: number;
let deployedVisibility: string;

beforeAll(async () => {
  app = await DeployedApp.open();
  const { EventsTopicArn, DeadLetterQueueUrl } = app.deployment.outputs;
  deadLetters = await queueDepth(sqsClient(app.endpoint), DeadLetterQueueUrl);
  subscriber = await EventSubscriber.subscribe(app.endpoint, EventsTopicArn);
  const { Attributes } = await sqsClient(app.endpoint).send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl(), AttributeNames: ['VisibilityTimeout'] }),
  );
  deployedVisibility = Attributes!.VisibilityTimeout!;
  await setVisibility(String(VISIBILITY_SECONDS));
  files = await Promise.all(
    Array.from({ length: FILES }, (_, index) => app.put(`killed/${index}.csv`, fileBody(index))),
  );
  // Some files are done, and some are claimed: messages, claims and steps of all kinds are under way.
  await eventually(async () => {
    const claimed = (await ledgerItems()).filter((item) => item !== undefined);
    runningWhenKilled = claimed.filter(({ status }) => status === 'RUNNING').length;
    return runningWhenKilled > 0 && claimed.length - runningWhenKilled >= 5;
  }, 120);
  killed = killWorkers();
  items = await app.awaitEnds(files, 240);
}, 330_000);

afterAll(async () => {
  await setVisibility(deployedVisibility);
  await subscriber.close();
});

async function setVisibility(VisibilityTimeout: string): Promise<void> {
  await sqsClient(app.endpoint).send(
    new SetQueueAttributesCommand({ QueueUrl: queueUrl(), Attributes: { VisibilityTimeout } }),
  );
}

/** Every third file has bad rows, every tenth is broken. */
function fileBody(index: number): string {
  const rows = Array.from({ length: ROWS }, (_, row) =>
    index % 3 === 0 && row % 1_000 === 0 ? `${row},too,many` : `${row},note ${index}`,
  );
  const end = index % 10 === 9 ? '0,"never closed\n' : '';
  return `id,note\n${rows.join('\n')}\n${end}`;
}

const queueUrl = (): string => app.deployment.outputs.IngestQueueUrl;

const ledgerItems = (): Promise<(LedgerItem | undefined)[]> =>
  Promise.all(files.map((file) => app.deployment.ledger.get(file)));

describe("killing all functions' processes during a run of 50 files", () => {
  it('interrupts work that is under way', () => {
    expect(killed).toBeGreaterThan(0);
    // Whether a file then takes a second attempt is open: a killed step is retried within the first.
    expect(runningWhenKilled).toBeGreaterThan(0);
  });

  it('ends every file SUCCEEDED or REJECTED, as if nothing had happened', () => {
    const expected = files.map((_, index) => (index % 10 === 9 ? 'REJECTED' : 'SUCCEEDED'));
    expect(items.map(({ status }) => status)).toEqual(expected);
  });

  it('publishes no file twice and loses no row', async () => {
    const processed = await app.targetKeys('processed/');
    for (const item of items.filter(({ status }) => status === 'SUCCEEDED')) {
      expect(processed.filter((key) => key.includes(item.fileId))).toEqual([item.processedKey]);
      expect(item.rowsRead).toBe(ROWS);
      expect(await app.records(item)).toHaveLength(item.rowsWritten!);
      expect(await app.rejectedRows(item)).toHaveLength(item.rowsRejected!);
    }
  });

  it('tells of every end once: copies of an event have one id', async () => {
    await eventually(async () => (await queueDepth(sqsClient(app.endpoint), queueUrl())) === 0, 90);
    const ends = (await subscriber.all()).filter(({ data }) => data.status !== 'FAILED');
    for (const { fileId, status } of items) {
      const ids = ends.filter(({ data }) => data.file.fileId === fileId).map(({ id }) => id);
      expect([...new Set(ids)]).toEqual([`${fileId}-${status.toLowerCase()}`]);
    }
  }, 100_000);

  it('leaves nothing in the queues', async () => {
    const sqs = sqsClient(app.endpoint);
    const { DeadLetterQueueUrl } = app.deployment.outputs;
    await eventually(async () => (await queueDepth(sqs, queueUrl())) === 0, 90);
    expect(await queueDepth(sqs, DeadLetterQueueUrl)).toBe(deadLetters);
  }, 100_000);
});
