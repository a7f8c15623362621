import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DeployedApp } from './support/deployed-app.ts';
import {
  EventSubscriber,
  eventually,
  queueDepth,
  receive,
  send,
  sqsClient,
} from './support/test-queue.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';

let app: DeployedApp;
let sqs: SQSClient;
let subscriber: EventSubscriber;
let queueUrl: string;
let deadLetterQueueUrl: string;

beforeAll(async () => {
  app = await DeployedApp.open();
  sqs = sqsClient(app.endpoint);
  const { EventsTopicArn, IngestQueueUrl, DeadLetterQueueUrl } = app.deployment.outputs;
  queueUrl = IngestQueueUrl;
  deadLetterQueueUrl = DeadLetterQueueUrl;
  subscriber = await EventSubscriber.subscribe(app.endpoint, EventsTopicArn);
});

afterAll(() => subscriber.close());

/** The event that S3 would send, once more, for a file. */
function s3Event({ bucket, key, versionId, size }: UploadedFile): string {
  const object = {
    key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
    size,
    eTag: 'd41d8cd98f00b204e9800998ecf8427e',
    sequencer: '0055AED6DCD90281E5',
    ...(versionId !== null && { versionId }),
  };
  const record = {
    eventVersion: '2.6',
    eventSource: 'aws:s3',
    eventTime: new Date().toISOString(),
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object },
  };
  return JSON.stringify({ Records: [record] });
}

const queueIsEmpty = async (): Promise<boolean> => (await queueDepth(sqs, queueUrl)) === 0;

describe('the delivery of events', () => {
  it('runs one execution for a file, however often its event comes', async () => {
    const file = await app.put(`delivery/${randomUUID()}/file.csv`, 'a,b\n1,2\n');
    await Promise.all(Array.from({ length: 20 }, () => send(sqs, queueUrl, s3Event(file))));
    await app.awaitEnds([file]);
    await eventually(queueIsEmpty);
    await send(sqs, queueUrl, s3Event(file));
    await eventually(queueIsEmpty);
    const item = await app.deployment.ledger.get(file);
    expect(item).toMatchObject({ status: 'SUCCEEDED', attempt: 1 });
    expect(item!.history).toHaveLength(1);
    const events = (await subscriber.all()).filter(({ data }) => data.file.fileId === file.fileId);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  it('takes every version of an overwritten key as a file of its own', async () => {
    const key = `delivery/${randomUUID()}/file.csv`;
    const files = [await app.put(key, 'a\n1\n'), await app.put(key, 'a\n1\n2\n')];
    const items = await app.awaitEnds(files);
    expect(items.map(({ rowsWritten }) => rowsWritten)).toEqual([1, 2]);
    expect(new Set(items.map(({ processedKey }) => processedKey)).size).toBe(2);
  });

  it('rejects a file whose version is gone, and does not try again', async () => {
    const file = await app.put(`delivery/${randomUUID()}/file.csv`, 'a\n1\n');
    await app.awaitEnds([file]);
    const gone = { ...file, key: `${file.key}.gone`, versionId: randomUUID() };
    const { fileIdOf } = await import('../../src/shared/file-version.ts');
    const fileId = fileIdOf({ ...gone, etag: '' });
    await send(sqs, queueUrl, s3Event(gone));
    const [item] = await app.awaitEnds([{ ...gone, fileId }]);
    expect(item).toMatchObject({ status: 'REJECTED', code: 'OBJECT_NOT_FOUND', attempt: 1 });
    expect(item!.rejectedKey).toBeNull();
  });

  it('still reads the version that an event names after the key was deleted', async () => {
    const key = `delivery/${randomUUID()}/file.csv`;
    const file = await app.put(key, 'a\n1\n');
    await app.s3.send(new DeleteObjectCommand({ Bucket: file.bucket, Key: key }));
    const [item] = await app.awaitEnds([file]);
    expect(item).toMatchObject({ status: 'SUCCEEDED', rowsWritten: 1 });
  });

  it("acknowledges S3's test event", async () => {
    const before = await queueDepth(sqs, deadLetterQueueUrl);
    await send(sqs, queueUrl, JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' }));
    await eventually(queueIsEmpty);
    expect(await queueDepth(sqs, deadLetterQueueUrl)).toBe(before);
  });

  it('gives up a message that is no S3 event, and hurts no other', async () => {
    const before = await queueDepth(sqs, deadLetterQueueUrl);
    const poison = `poison ${randomUUID()}`;
    await send(sqs, queueUrl, poison);
    const item = await app.process(`delivery/${randomUUID()}/file.csv`, 'a\n1\n');
    expect(item.status).toBe('SUCCEEDED');
    await eventually(async () => (await queueDepth(sqs, deadLetterQueueUrl)) === before + 1);
    const bodies = (await receive(sqs, deadLetterQueueUrl)).map(({ Body }) => Body);
    expect(bodies).toContain(poison);
  }, 90_000);
});
