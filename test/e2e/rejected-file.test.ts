import { executionHistory, readExecutionEvents } from '../../src/cli/execution-log.ts';
import { executionOf } from '../../src/cli/files/file-rows.ts';
import { SAMPLES } from '../../src/cli/samples.ts';
import type { RejectedManifest } from '../../src/pipeline/manifest.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { DeployedApp } from './support/deployed-app.ts';
import { EventSubscriber, eventually, queueDepth, sqsClient } from './support/test-queue.ts';

const broken = SAMPLES.find(({ expected }) => expected.status === 'REJECTED')!;
const sound = SAMPLES.find(({ key }) => key === 'samples/seattle-weather.csv')!;

let app: DeployedApp;
let subscriber: EventSubscriber;
let rejected: LedgerItem;
let unaffected: LedgerItem;
let deadLetters: number;

beforeAll(async () => {
  app = await DeployedApp.open();
  const { EventsTopicArn, DeadLetterQueueUrl } = app.deployment.outputs;
  deadLetters = await queueDepth(sqsClient(app.endpoint), DeadLetterQueueUrl);
  subscriber = await EventSubscriber.subscribe(app.endpoint, EventsTopicArn, {
    status: ['REJECTED'],
  });
  const files = [
    await app.put('rejected-file/broken-weather.csv', broken.read()),
    await app.put('rejected-file/seattle-weather.csv', sound.read()),
  ];
  [rejected, unaffected] = (await app.awaitEnds(files)) as [LedgerItem, LedgerItem];
}, 180_000);

afterAll(() => subscriber.close());

describe('a file that breaks its contract', () => {
  it('is REJECTED in the ledger with a stable code, after one attempt', () => {
    expect(rejected).toMatchObject({
      status: 'REJECTED',
      attempt: 1,
      code: 'MISSING_REQUIRED_COLUMN',
      reason: expect.stringContaining('"date"') as string,
      history: [{ attempt: 1, status: 'REJECTED', code: 'MISSING_REQUIRED_COLUMN' }],
    });
  });

  it('shows a red execution that ends in FileRejected with the reason', async () => {
    const { logs, outputs } = app.deployment;
    const events = await readExecutionEvents(logs, outputs.FilePipelineLogGroupName, {
      name: executionOf(rejected),
      from: new Date(rejected.startedAt),
      to: new Date(),
    });
    const history = executionHistory(events)!;
    expect(history).toMatchObject({
      status: 'FAILED',
      error: 'FileRejected',
      cause: expect.stringMatching(/^MISSING_REQUIRED_COLUMN: /) as string,
    });
    expect(history.states.map(({ name }) => name)).toEqual([
      'Validate File',
      'Quarantine File',
      'Notify Rejection',
      'File Rejected',
    ]);
  });

  it('is told to subscribers that filter by status', async () => {
    const event = await subscriber.next(({ data }) => data.file.fileId === rejected.fileId);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: `${rejected.fileId}-rejected`,
      type: 'io.millrace.file.rejected',
      data: { status: 'REJECTED', code: 'MISSING_REQUIRED_COLUMN', dataset: 'weather' },
    });
    const all = await subscriber.all();
    expect(all.every(({ data }) => data.status === 'REJECTED')).toBe(true);
  });

  it('keeps the original and the reason, and publishes no records', async () => {
    expect(await app.read(rejected.rejectedKey!)).toEqual(broken.read());
    const manifest = await app.readJson<RejectedManifest>(rejected.manifestKey!);
    expect(manifest).toMatchObject({ status: 'REJECTED', code: 'MISSING_REQUIRED_COLUMN' });
    const reason = await app.readJson<RejectedManifest>(manifest.reasonKey);
    expect(reason.reason).toBe(rejected.reason);
    const processed = await app.targetKeys('processed/');
    expect(processed.filter((key) => key.includes(rejected.fileId))).toEqual([]);
  });

  it('leaves the queue empty and other files alone', async () => {
    const sqs = sqsClient(app.endpoint);
    const { IngestQueueUrl, DeadLetterQueueUrl } = app.deployment.outputs;
    await eventually(async () => (await queueDepth(sqs, IngestQueueUrl)) === 0);
    expect(await queueDepth(sqs, DeadLetterQueueUrl)).toBe(deadLetters);
    expect(unaffected).toMatchObject({ status: 'SUCCEEDED', rowsWritten: 1_461 });
  });
});
