import {
  S3Client,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { listVersions } from '../../src/reconcile/object-versions.ts';
import { fileIdOf } from '../../src/shared/file-version.ts';

const LAST_MODIFIED = new Date('2026-11-20T16:00:00.000Z');

/** A client that gives these answers one after the other, and keeps what it is asked. */
function answering(...answers: readonly Partial<ListObjectVersionsCommandOutput>[]) {
  const client = new S3Client({ region: 'us-east-1' });
  const asked: ListObjectVersionsCommandInput[] = [];
  client.middlewareStack.add(
    () => (args) => {
      asked.push(args.input as ListObjectVersionsCommandInput);
      const output = { $metadata: {}, ...answers[asked.length - 1] };
      return Promise.resolve({ response: {}, output });
    },
    { step: 'initialize' },
  );
  return { client, asked };
}

const version = (Key: string, VersionId: string) => ({
  Key,
  VersionId,
  ETag: '"abc"',
  Size: 7,
  LastModified: LAST_MODIFIED,
});

it('a version is a file as the event of its object names it', async () => {
  const { client } = answering({ Versions: [version('in/a+b%2Bgr%C3%B6%C3%9Fe.csv', 'v1')] });

  const [page] = await Array.fromAsync(listVersions(client, { bucket: 'source' }));

  const identity = { bucket: 'source', key: 'in/a b+größe.csv', versionId: 'v1', etag: 'abc' };
  expect(page!.versions).toEqual([
    {
      file: { fileId: fileIdOf(identity), ...identity, size: 7, sequencer: null },
      lastModified: LAST_MODIFIED,
    },
  ]);
});

it('what was stored without versions is told by its etag', async () => {
  const { client } = answering({ Versions: [version('a', 'null')] });

  const [page] = await Array.fromAsync(listVersions(client, { bucket: 'source' }));

  const identity = { bucket: 'source', key: 'a', versionId: null, etag: 'abc' };
  expect(page!.versions[0]!.file).toMatchObject({ fileId: fileIdOf(identity), ...identity });
});

it('it goes on, even over pages of delete markers alone, until the listing ends', async () => {
  const { client, asked } = answering(
    {
      Versions: [version('a', 'v2')],
      IsTruncated: true,
      NextKeyMarker: 'a+%C3%BC',
      NextVersionIdMarker: 'v2',
    },
    { DeleteMarkers: [{ Key: 'b', VersionId: 'v3' }], IsTruncated: true, NextKeyMarker: 'b' },
    { Versions: [version('c', 'v4')], IsTruncated: false },
  );

  const pages = await Array.fromAsync(listVersions(client, { bucket: 'source', prefix: 'in/' }));

  expect(pages.map(({ versions }) => versions.map(({ file }) => file.key))).toEqual([
    ['a'],
    [],
    ['c'],
  ]);
  expect(pages.map(({ reachedKey }) => reachedKey)).toEqual(['a ü', 'b', null]);
  const common = { Bucket: 'source', Prefix: 'in/', EncodingType: 'url' };
  expect(asked).toEqual([
    common,
    { ...common, KeyMarker: 'a ü', VersionIdMarker: 'v2' },
    { ...common, KeyMarker: 'b', VersionIdMarker: undefined },
  ]);
});
