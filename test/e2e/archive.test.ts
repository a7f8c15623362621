import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { join } from 'node:path';
import { archive } from '../../src/cli/commands/archive.ts';
import { executionHistory, readExecutionEvents } from '../../src/cli/execution-log.ts';
import { executionOf } from '../../src/cli/files/file-rows.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import { ContractRegistry } from '../../src/datasets/registry.ts';
import { fileIdOf } from '../../src/shared/file-version.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { eventually } from '../support/eventually.ts';
import { DeployedApp } from './support/deployed-app.ts';

let app: DeployedApp;
let Bucket: string;

beforeAll(async () => {
  app = await DeployedApp.open();
  Bucket = app.deployment.outputs.SourceBucketName;
});

/** The file's item once it says what became of the source object. */
function archived({ key, fileId }: Pick<UploadedFile, 'key' | 'fileId'>): Promise<LedgerItem> {
  return eventually(`the archive of ${key}`, async () => {
    const item = await app.deployment.ledger.get({ bucket: Bucket, key, fileId });
    return item?.archive === undefined ? undefined : item;
  });
}

/** Version ids of a key in the source bucket. */
async function versionsOf(key: string): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await app.s3.send(
    new ListObjectVersionsCommand({ Bucket, Prefix: key }),
  );
  return [...Versions, ...DeleteMarkers].map(({ VersionId }) => VersionId!);
}

/** Names of the states that a file's execution went through, and how it ended. */
function executionOfFile(item: LedgerItem): Promise<{ status: string; states: string[] }> {
  const { logs, outputs } = app.deployment;
  return eventually(`the end of ${executionOf(item)}`, async () => {
    const events = await readExecutionEvents(logs, outputs.FilePipelineLogGroupName, {
      name: executionOf(item),
      from: new Date(item.startedAt),
      to: new Date(),
    });
    const { status, states } = executionHistory(events) ?? { status: 'RUNNING', states: [] };
    return status === 'RUNNING' ? undefined : { status, states: states.map(({ name }) => name) };
  });
}

/** Puts a file with tags. */
async function putTagged(
  key: string,
  tags: Record<string, string>,
): Promise<Pick<UploadedFile, 'key' | 'fileId'>> {
  const Tagging = new URLSearchParams(tags).toString();
  const Body = Buffer.from('id\n1\n');
  const { VersionId = null, ETag = '' } = await app.s3.send(
    new PutObjectCommand({ Bucket, Key: key, Body, Tagging }),
  );
  const etag = ETag.replaceAll('"', '');
  return { key, fileId: fileIdOf({ bucket: Bucket, key, versionId: VersionId, etag }) };
}

async function tagsOf(key: string): Promise<Tag[]> {
  const { TagSet = [] } = await app.s3.send(new GetObjectTaggingCommand({ Bucket, Key: key }));
  return TagSet;
}

describe('a file that is moved', () => {
  const key = 'archive/move/größe 1+2.csv';
  const body = 'id\n1\n2\nx\n';
  let item: LedgerItem;
  let newer: LedgerItem;

  beforeAll(async () => {
    // A newer version of the key comes at once; it is rejected, and so stays where it is.
    const files = [await app.put(key, body), await app.put(key, 'other\n1\n')];
    [, newer] = (await app.awaitEnds(files)) as [LedgerItem, LedgerItem];
    item = await archived(files[0]!);
    await eventually('the deletion of the source version', async () =>
      (await versionsOf(key)).includes(item.versionId!) ? undefined : true,
    );
  });

  it('lies in the archive byte by byte, under a key that holds its own', async () => {
    const day = item.arrivedAt.slice(0, 10);
    expect(item).toMatchObject({
      status: 'SUCCEEDED',
      archive: { status: 'ARCHIVED', key: `archive/dt=${day}/${item.fileId}/${key}` },
    });
    expect((await app.read(item.archive!.key!)).toString()).toBe(body);
  });

  it('is gone from the source bucket, without a delete marker; a newer version of its key is not', async () => {
    expect(newer.status).toBe('REJECTED');
    expect(await versionsOf(key)).toEqual([newer.versionId]);
    const { VersionId } = await app.s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    expect(VersionId).toBe(newer.versionId);
  });

  it('has a green execution that ends with its archive', async () => {
    const { status, states } = await executionOfFile(item);
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(-4)).toEqual([
      'Notify Success',
      'Archive Wanted',
      'Archive Source',
      'File Succeeded',
    ]);
  });

  it('keeps its tags', async () => {
    const file = await putTagged('archive/move/tagged.csv', { owner: 'finance' });
    const { archive } = await archived(file);
    const { TagSet } = await app.s3.send(
      new GetObjectTaggingCommand({
        Bucket: app.deployment.outputs.TargetBucketName,
        Key: archive!.key,
      }),
    );
    expect(TagSet).toEqual([{ Key: 'owner', Value: 'finance' }]);
  });
});

describe('a file that is tagged', () => {
  it('gets the tag beside its others, and stays', async () => {
    const key = 'archive/tag/one.csv';
    const item = await archived(await putTagged(key, { owner: 'finance', state: 'new' }));

    expect(item).toMatchObject({ status: 'SUCCEEDED', archive: { status: 'TAGGED' } });
    expect(await tagsOf(key)).toEqual(
      expect.arrayContaining([
        { Key: 'owner', Value: 'finance' },
        { Key: 'state', Value: 'processed' },
      ]),
    );
    expect(await tagsOf(key)).toHaveLength(2);
    expect(await versionsOf(key)).toEqual([item.versionId]);
  });
});

describe('a file that cannot be archived', () => {
  const key = 'archive/tag/full.csv';
  let item: LedgerItem;

  beforeAll(async () => {
    const tags = Array.from({ length: 10 }, (_, index) => [`tag-${index}`, 'x']);
    item = await archived(await putTagged(key, Object.fromEntries(tags) as Record<string, string>));
  });

  it('has succeeded all the same, and the ledger says why it stays', async () => {
    expect(item).toMatchObject({
      status: 'SUCCEEDED',
      rowsWritten: 1,
      archive: { status: 'FAILED', code: 'ARCHIVE_TAGS_FULL' },
    });
    expect(await tagsOf(key)).toHaveLength(10);
    expect(await versionsOf(key)).toEqual([item.versionId]);
  });

  it('has a green execution', async () => {
    const { status, states } = await executionOfFile(item);
    expect(status).toBe('SUCCEEDED');
    expect(states.slice(-3)).toEqual([
      'Archive Source',
      'Record Archive Failure',
      'File Succeeded',
    ]);
  });

  it('is archived by an operator once the reason is mended', async () => {
    const contracts = ContractRegistry.read(join(__dirname, 'contracts'));
    const console = { result: () => undefined, note: () => undefined };
    const options = { since: 3_600_000, failed: true, contracts };
    expect(await archive(app.deployment, [], options, console)).toBe(1);

    const TagSet = [{ Key: 'owner', Value: 'finance' }];
    await app.s3.send(new PutObjectTaggingCommand({ Bucket, Key: key, Tagging: { TagSet } }));
    expect(await archive(app.deployment, [], options, console)).toBe(0);

    const { archive: now } = (await app.deployment.ledger.get({ ...item, bucket: Bucket, key }))!;
    expect(now).toEqual({ status: 'TAGGED', at: expect.any(String) as string });
    expect(await tagsOf(key)).toEqual(expect.arrayContaining(TagSet));
  });
});
