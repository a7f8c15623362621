import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  type GetObjectCommandInput,
  type NotificationConfiguration,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { announcedFiles } from '../../src/pipeline/dispatch/announced-files.ts';
import { compareSequencers, type FileVersion } from '../../src/shared/file-version.ts';
import { decodeKey, s3Records, type S3Record } from '../../src/shared/s3-event.ts';
import { clientConfig, uniqueName } from './engine.ts';
import { createQueue, receiveAll } from './queues.ts';

const s3 = new S3Client({ ...clientConfig(), forcePathStyle: true });
const sns = new SNSClient(clientConfig());
const sqs = new SQSClient(clientConfig());
const Bucket = uniqueName('bucket');
let queueUrl: string;

/** Puts an object; returns its version id. */
async function put(Key: string, Body: string): Promise<string> {
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  return VersionId!;
}

beforeAll(async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: uniqueName('topic') }));
  const { url, arn } = await createQueue();
  queueUrl = url;
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: arn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        TopicConfigurations: [
          { TopicArn, Events: ['s3:ObjectCreated:*'] },
          { TopicArn, Events: ['s3:ObjectRemoved:*'] },
        ],
      },
    }),
  );
});

describe('a ranged GET', () => {
  let old: string;

  beforeAll(async () => {
    old = await put('ranged', '0123456789');
    await put('ranged', 'abcdefghij');
  });

  const get = (input: Partial<GetObjectCommandInput>) =>
    s3.send(new GetObjectCommand({ Bucket, Key: 'ranged', ...input }));

  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('%s of a version that is named gives that part of it', async (Range, text, ContentRange) => {
    const part = await get({ VersionId: old, Range, ChecksumMode: 'ENABLED' });

    expect(await part.Body!.transformToString()).toBe(text);
    expect(part).toMatchObject({
      ContentRange,
      ContentLength: text.length,
      VersionId: old,
      $metadata: { httpStatusCode: 206 },
    });
  });

  it('of the current version gives a part of that', async () => {
    const part = await get({ Range: 'bytes=0-1' });

    expect(await part.Body!.transformToString()).toBe('ab');
  });

  it('behind the end of a version is refused', async () => {
    await expect(get({ VersionId: old, Range: 'bytes=10-' })).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
  });
});

describe('a listing of versions', () => {
  const odd = ['listed/a b+c & <d>.csv', 'listed/größe.csv', 'listed/line\u0001break.csv'];

  it('gives keys encoded like a form when it is asked to', async () => {
    for (const key of odd) await put(key, 'x');

    const { EncodingType, Prefix, Versions } = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: 'listed/', EncodingType: 'url' }),
    );

    const keys = Versions!.map(({ Key }) => Key!);
    expect(EncodingType).toBe('url');
    expect(Prefix).toBe('listed/');
    expect(keys.join('')).toMatch(/^[\w%./+-]+$/);
    expect(keys.map(decodeKey)).toEqual(odd.toSorted());
  });

  it('goes on after the version that it is told, markers included', async () => {
    const first = await put('paged/same', '1');
    const second = await put('paged/same', '2');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'paged/same' }));
    const list = (marker: { KeyMarker?: string; VersionIdMarker?: string }) =>
      s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'paged/', MaxKeys: 2, ...marker }));

    const { NextKeyMarker, NextVersionIdMarker, ...page } = await list({});
    const rest = await list({ KeyMarker: NextKeyMarker!, VersionIdMarker: NextVersionIdMarker! });

    expect(page.IsTruncated).toBe(true);
    expect(page.DeleteMarkers).toHaveLength(1);
    expect(page.Versions!.map(({ VersionId }) => VersionId)).toEqual([second]);
    expect(rest.IsTruncated).toBe(false);
    expect(rest.Versions!.map(({ VersionId }) => VersionId)).toEqual([first]);
  });
});

describe('a bucket whose notifications are turned off', () => {
  it('tells of no object until they are turned on again', async () => {
    const configure = (NotificationConfiguration: NotificationConfiguration) =>
      s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const { TopicConfigurations } = await s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket }),
    );
    await configure({});
    await put('silent.csv', 'x');
    await configure({ TopicConfigurations });
    await put('heard.csv', 'x');

    // Events of other tests may come before, and S3's test event, which tells of no file.
    const keys: string[] = [];
    while (!keys.includes('heard.csv')) {
      const bodies = await receiveAll(sqs, queueUrl, 1);
      keys.push(...bodies.flatMap(announcedFiles).map(({ file }) => file.key));
    }
    expect(keys).not.toContain('silent.csv');
  }, 30_000);
});

describe('a conditional PUT', () => {
  it('with If-None-Match of a key that exists fails with PreconditionFailed', async () => {
    const create = () =>
      s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', IfNoneMatch: '*' }));
    await create();

    await expect(create()).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
  });
});

describe('the event of a new object', () => {
  /** Puts objects one after the other and reads the events that tell of them. */
  async function eventsOf(puts: readonly (readonly [string, string])[]): Promise<{
    files: FileVersion[];
    versions: string[];
    bodies: string[];
  }> {
    await receiveAll(sqs, queueUrl, 0);
    const versions = [];
    for (const [key, body] of puts) versions.push(await put(key, body));
    const bodies = await receiveAll(sqs, queueUrl, puts.length);
    const files = bodies.flatMap(announcedFiles).map(({ file }) => file);
    return { files, versions, bodies };
  }

  it('names the version, size and entity tag', async () => {
    const { files, versions } = await eventsOf([['in/plain.csv', 'a,b\n']]);

    expect(files).toEqual([
      expect.objectContaining({
        bucket: Bucket,
        key: 'in/plain.csv',
        versionId: versions[0],
        size: 4,
        etag: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      }),
    ]);
  });

  it.each(['in/a b+c.csv', 'in/größe ä&=?.csv', 'in/100%.csv', 'in/日本.csv'])(
    'encodes the key %s like a form',
    async (key) => {
      const { files, bodies } = await eventsOf([[key, 'x']]);

      expect(bodies[0]).not.toContain(`"${key}"`);
      expect(files[0]!.key).toBe(key);
    },
  );

  it('has a sequencer that rises with the versions of a key', async () => {
    const { files, versions } = await eventsOf(
      Array.from({ length: 4 }, (_, index) => ['in/same.csv', `version ${index}`] as const),
    );

    const ordered = files.toSorted((a, b) => compareSequencers(a.sequencer!, b.sequencer!));
    expect(new Set(files.map(({ sequencer }) => sequencer)).size).toBe(4);
    expect(ordered.map(({ versionId }) => versionId)).toEqual(versions);
  });
});

describe('the event of a removal', () => {
  const remove = (Key: string, VersionId?: string) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));

  /** The next records that reach the queue, in the order of their sequencers. */
  async function nextRecords(count: number): Promise<S3Record[]> {
    const bodies = await receiveAll(sqs, queueUrl, count);
    return bodies
      .flatMap((body) => s3Records(JSON.parse(body)))
      .sort((a, b) => compareSequencers(a.s3.object.sequencer!, b.s3.object.sequencer!));
  }

  it('names the marker of a key that is deleted, and each version that is deleted for good', async () => {
    await receiveAll(sqs, queueUrl, 0);
    const version = await put('gone/a b.csv', 'x');
    const { VersionId: marker } = await remove('gone/a b.csv');
    await remove('gone/a b.csv', marker);
    await remove('gone/a b.csv', version);

    const records = await nextRecords(4);

    expect(records.map(({ eventName, s3: { object } }) => [eventName, object.versionId])).toEqual([
      ['ObjectCreated:Put', version],
      ['ObjectRemoved:DeleteMarkerCreated', marker],
      ['ObjectRemoved:Delete', marker],
      ['ObjectRemoved:Delete', version],
    ]);
    expect(new Set(records.map(({ s3: { object } }) => object.sequencer)).size).toBe(4);
    for (const { s3: event } of records.slice(1)) {
      expect(Object.keys(event.object).sort()).toEqual(['key', 'sequencer', 'versionId']);
      expect(event.object.key).toBe('gone/a+b.csv');
    }
  });
});
