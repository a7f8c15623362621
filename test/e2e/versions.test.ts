import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../infra/local/local-aws.ts';
import { executionsOf } from '../../src/cli/commands/executions.ts';
import { status } from '../../src/cli/commands/status.ts';
import type { ShownFile } from '../../src/cli/files/file-rows.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import { announcedFiles, announcedRemovals } from '../../src/pipeline/dispatch/announced-files.ts';
import { fileIdOf } from '../../src/shared/file-version.ts';
import { currentVersion } from '../../src/shared/ledger/current-version.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { Ledger } from '../../src/shared/ledger/ledger.ts';
import { Removals } from '../../src/shared/ledger/removals.ts';
import { eventually as find } from '../support/eventually.ts';
import fc from '../support/fast-check.ts';
import { answerOf } from '../support/kept-console.ts';
import { keyHistories, shuffledEvents, type KeyHistory } from '../support/key-histories.ts';
import { s3Event, s3Record } from '../support/s3-events.ts';
import { DeployedApp } from './support/deployed-app.ts';
import { eventually, queueDepth, send, sqsClient } from './support/test-queue.ts';

let app: DeployedApp;
let sqs: SQSClient;
let bucket: string;

beforeAll(async () => {
  app = await DeployedApp.open();
  sqs = sqsClient(app.endpoint);
  bucket = app.deployment.outputs.SourceBucketName;
});

const csv = (rows: number): string =>
  ['id', ...Array.from({ length: rows }, (_, row) => row)].join('\n') + '\n';

const newKey = (folder: string): string => `versions/${folder}/${randomUUID()}/file.csv`;

/** Puts versions of a key of which S3 tells nobody. */
async function putSilently(key: string, bodies: readonly string[]): Promise<UploadedFile[]> {
  const { TopicConfigurations } = await app.s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
  );
  const notify = (NotificationConfiguration: object) =>
    app.s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration }),
    );
  await notify({});
  try {
    const files = [];
    for (const body of bodies) files.push(await app.put(key, body));
    return files;
  } finally {
    await notify({ TopicConfigurations });
  }
}

interface Told {
  readonly key: string;
  readonly versionId: string | null;
  readonly size?: number;
  readonly sequencer: string;
}

/** Puts the event of a version into the ingest queue, as S3 would have sent it. */
async function tell(eventName: string, { key, ...object }: Told): Promise<void> {
  const record = s3Record({ eventName, bucket, key, object });
  await send(
    sqs,
    app.deployment.outputs.IngestQueueUrl,
    s3Event({ ...record, eventTime: new Date().toISOString() }),
  );
}

/** Waits until the dispatcher has handled all that it was told. */
const allHandled = (): Promise<void> =>
  eventually(async () => (await queueDepth(sqs, app.deployment.outputs.IngestQueueUrl)) === 0);

async function remove(key: string, VersionId?: string | null): Promise<string> {
  const input = { Bucket: bucket, Key: key, VersionId: VersionId ?? undefined };
  const { VersionId: marker } = await app.s3.send(new DeleteObjectCommand(input));
  return marker!;
}

const itemOf = (key: string, versionId: string | null): Promise<LedgerItem | undefined> =>
  app.deployment.ledger.get({
    bucket,
    key,
    fileId: fileIdOf({ bucket, key, versionId, etag: '' }),
  });

/** Waits for an item that is as wanted. */
const awaitItem = (
  key: string,
  versionId: string | null,
  isWanted: (item: LedgerItem) => boolean = () => true,
): Promise<LedgerItem> =>
  find('the item', async () => {
    const item = await itemOf(key, versionId);
    return item !== undefined && isWanted(item) ? item : undefined;
  });

/** What `status KEY --json` shows. */
const shown = (key: string): Promise<ShownFile[]> =>
  answerOf<ShownFile[]>((console) =>
    status(app.deployment, key, { since: 3_600_000, limit: 100, json: true }, console),
  );

/** Version ids of a key as `status` lists them, and the one that is current. */
async function versionsShown(
  key: string,
): Promise<{ versions: (string | null)[]; current: string | null | undefined }> {
  const items = await shown(key);
  return {
    versions: items.map(({ versionId }) => versionId),
    current: items.find(({ current }) => current)?.versionId,
  };
}

const outputsOf = async (file: UploadedFile): Promise<string[]> =>
  (await app.targetKeys('')).filter((key) => key.includes(file.fileId));

const isForgotten = (item: LedgerItem): boolean => item.outputsRemovedAt !== undefined;

describe('a key that is overwritten', () => {
  it('has the newest version as its current one, whichever is done first', async () => {
    const key = newKey('kept');
    const rows = [300_000, 20_000, 2_000, 200, 20];
    const files = [];
    for (const count of rows) files.push(await app.put(key, csv(count)));
    const newestFirst = files.map(({ versionId }) => versionId).reverse();

    const items = await app.awaitEnds(files);
    await allHandled();

    expect(items.map(({ status, rowsWritten }) => [status, rowsWritten])).toEqual(
      rows.map((count) => ['SUCCEEDED', count]),
    );
    expect(await versionsShown(key)).toEqual({ versions: newestFirst, current: newestFirst[0] });

    // An old event that comes late changes nothing but the count of such events.
    const { duplicateEvents = 0, ...before } = (await itemOf(key, files[0]!.versionId))!;
    await tell('ObjectCreated:Put', { ...files[0]!, sequencer: items[0]!.sequencer! });
    const after = await awaitItem(
      key,
      files[0]!.versionId,
      (item) => (item.duplicateEvents ?? 0) > duplicateEvents,
    );
    expect(after).toEqual({ ...before, duplicateEvents: duplicateEvents + 1 });
    expect(await versionsShown(key)).toEqual({ versions: newestFirst, current: newestFirst[0] });
  }, 120_000);

  it('has it too when the events come in the reverse order, each twice', async () => {
    const key = newKey('kept');
    const files = await putSilently(key, [csv(1), csv(2), csv(3)]);
    const told = files.map((file, index) => ({ ...file, sequencer: `00A${index}` })).reverse();
    for (const file of told) {
      await tell('ObjectCreated:Put', file);
      await app.awaitEnds([file]);
    }
    for (const file of told) await tell('ObjectCreated:Put', file);
    await allHandled();

    const versions = told.map(({ versionId }) => versionId);
    expect(await versionsShown(key)).toEqual({ versions, current: versions[0] });
    expect((await shown(key)).map(({ attempt, rowsWritten }) => [attempt, rowsWritten])).toEqual([
      [1, 3],
      [1, 2],
      [1, 1],
    ]);
  }, 90_000);
});

describe('a key that is deleted', () => {
  it('has no current version and keeps its outputs, and has it again without the marker', async () => {
    const key = newKey('kept');
    const file = await app.put(key, csv(2));
    await app.awaitEnds([file]);
    const marker = await remove(key);

    const item = await awaitItem(key, marker);
    expect(item).toMatchObject({ status: 'SOURCE_DELETED', deleteMarker: true, attempt: 0 });
    expect(executionsOf(item)).toEqual([]);
    expect(await versionsShown(key)).toEqual({
      versions: [marker, file.versionId],
      current: undefined,
    });
    expect((await outputsOf(file)).length).toBeGreaterThan(0);

    await remove(key, marker);
    await awaitItem(key, marker, ({ sourceDeletedAt }) => sourceDeletedAt !== undefined);
    expect((await versionsShown(key)).current).toBe(file.versionId);
  }, 90_000);

  it('loses its outputs where the contract says so, and they do not come back', async () => {
    const key = newKey('followed');
    const files = [await app.put(key, csv(3)), await app.put(key, 'other\n1\n')];
    const items = await app.awaitEnds(files);
    expect(items.map(({ status }) => status)).toEqual(['SUCCEEDED', 'REJECTED']);
    const marker = await remove(key);

    for (const { versionId } of files) {
      expect(await awaitItem(key, versionId, isForgotten)).toMatchObject({ status: 'FORGOTTEN' });
    }
    const removed = async () => (await Promise.all(files.map(outputsOf))).flat();
    expect(await removed()).toEqual([]);
    const { Versions = [] } = await app.s3.send(
      new ListObjectVersionsCommand({
        Bucket: app.deployment.outputs.TargetBucketName,
        Prefix: items[0]!.processedKey!,
      }),
    );
    expect(Versions.map(({ IsLatest }) => IsLatest)).toEqual([false]);

    for (const [index, file] of files.entries()) {
      await tell('ObjectCreated:Put', { ...file, sequencer: items[index]!.sequencer! });
      await awaitItem(key, file.versionId, ({ duplicateEvents }) => duplicateEvents === 1);
    }
    await allHandled();
    expect(await removed()).toEqual([]);

    await remove(key, marker);
    await awaitItem(key, marker, ({ sourceDeletedAt }) => sourceDeletedAt !== undefined);
    expect((await versionsShown(key)).current).toBe(files[1]!.versionId);
  }, 90_000);

  it('keeps a version from being processed that is told of only after its deletion', async () => {
    const key = newKey('followed');
    const [older, newer] = (await putSilently(key, [csv(1), csv(2)])) as [
      UploadedFile,
      UploadedFile,
    ];
    const marker = randomUUID();
    await tell('ObjectRemoved:DeleteMarkerCreated', { key, versionId: marker, sequencer: '00A5' });
    await awaitItem(key, marker);

    await tell('ObjectCreated:Put', { ...older, sequencer: '00A4' });
    await tell('ObjectCreated:Put', { ...newer, sequencer: '00A6' });
    const item = await awaitItem(key, older.versionId, ({ status }) => status !== 'RUNNING');
    await app.awaitEnds([newer]);
    await allHandled();

    expect(item).toMatchObject({ status: 'SOURCE_DELETED', attempt: 0, sequencer: '00A4' });
    expect(executionsOf(item)).toEqual([]);
    expect(await outputsOf(older)).toEqual([]);
    expect((await versionsShown(key)).current).toBe(newer.versionId);
  }, 90_000);
});

describe('a version that is deleted for good', () => {
  it('takes its own outputs with it where the contract says so, and no others', async () => {
    const key = newKey('followed');
    const files = [await app.put(key, csv(1)), await app.put(key, csv(2))];
    await app.awaitEnds(files);
    const [older, newer] = files as [UploadedFile, UploadedFile];
    await remove(key, newer.versionId);

    const item = await awaitItem(key, newer.versionId, isForgotten);
    expect(item.sourceDeletedAt).toBeDefined();
    expect(await outputsOf(newer)).toEqual([]);
    expect((await outputsOf(older)).length).toBeGreaterThan(0);
    expect((await versionsShown(key)).current).toBe(older.versionId);
  }, 90_000);

  it('is never processed if that is told of first', async () => {
    const [key, versionId] = [newKey('kept'), randomUUID()];
    await tell('ObjectRemoved:Delete', { key, versionId, sequencer: '00A2' });
    await awaitItem(key, versionId);
    await tell('ObjectCreated:Put', { key, versionId, size: 10, sequencer: '00A1' });

    const item = await awaitItem(key, versionId, ({ duplicateEvents }) => duplicateEvents === 1);
    expect(item).toMatchObject({ status: 'SOURCE_DELETED', attempt: 0 });
    expect(executionsOf(item)).toEqual([]);
    expect((await versionsShown(key)).current).toBeUndefined();
  }, 90_000);
});

describe('the ledger of a key', () => {
  const clientConfig = () => ({
    endpoint: app.endpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });

  /** Records events as the dispatcher does, but for running anything; answers with the key's items. */
  async function itemsAfter(key: string, events: readonly object[]): Promise<LedgerItem[]> {
    const table = app.deployment.outputs.LedgerTableName;
    const client = new DynamoDBClient(clientConfig());
    const [ledger, removals] = [new Ledger(table, client), new Removals(table, client)];
    for (const event of events) {
      const body = s3Event(event);
      for (const { file, eventTime } of announcedFiles(body)) {
        const now = new Date(eventTime);
        const claim = { file, eventTime, claimedBy: 'test', now, leaseMilliseconds: 1e13 };
        await ledger.claim(claim);
      }
      for (const removal of announcedRemovals(body)) await removals.record(removal);
    }
    client.destroy();
    return Array.fromAsync(app.deployment.ledger.versionsOf({ bucket, key }));
  }

  /** What an item says that does not depend on whether its version was still there to be processed. */
  const standingOf = ({
    versionId,
    deleteMarker,
    sourceDeletedAt,
    ...item
  }: LedgerItem): object => ({
    versionId,
    deleteMarker,
    sourceDeletedAt,
    ...(deleteMarker && { sequencer: item.sequencer, arrivedAt: item.arrivedAt }),
    ...(sourceDeletedAt === undefined && { status: item.status, sequencer: item.sequencer }),
  });

  const byVersion = (a: LedgerItem, b: LedgerItem): number =>
    a.versionId! < b.versionId! ? -1 : 1;

  it('is the same in the end, in whatever order its events come and how often', async () => {
    await fc.assert(
      fc.asyncProperty(
        keyHistories.chain((history) => fc.tuple(fc.constant(history), shuffledEvents(history))),
        async ([history, order]: [KeyHistory, number[]]) => {
          const [ordered, mixed] = [newKey('ledger'), newKey('ledger')];
          const expected = await itemsAfter(ordered, history.events(bucket, ordered));
          const events = history.events(bucket, mixed);
          const found = await itemsAfter(
            mixed,
            order.map((index) => events[index]!),
          );

          expect(found.sort(byVersion).map(standingOf)).toEqual(
            expected.sort(byVersion).map(standingOf),
          );
          expect(currentVersion(found)?.versionId).toBe(history.current);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});
