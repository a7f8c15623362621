import { copySource } from '../../src/pipeline/copy-source.ts';
import { openSourceObject } from '../../src/pipeline/source-object.ts';
import type { FileVersion } from '../../src/shared/file-version.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { fileVersion } from '../support/files.ts';

const FIRST_BYTES = { firstByte: 0, lastByte: 9 };
const LOCATION = { bucket: 'target', key: 'archive/a b.csv' };

/** What is asked of S3 to read a file and to copy it. */
async function requests(file: FileVersion): Promise<[Record<string, unknown>, object]> {
  const s3 = new FakeS3();
  const inputs: Record<string, unknown>[] = [];
  s3.client.middlewareStack.add(
    (next) => (args) => {
      inputs.push(args.input as Record<string, unknown>);
      return next(args);
    },
    { step: 'initialize', priority: 'high' },
  );
  for (const key of [file.key, LOCATION.key]) {
    s3.objects.set(key, { body: Buffer.from('0123456789'), contentType: '' });
  }
  await openSourceObject(s3.client, file, FIRST_BYTES);
  await copySource(s3.client, file, { bucket: 'target', key: 'copy', withTags: false });
  return inputs as [Record<string, unknown>, object];
}

describe.each<[string, Partial<FileVersion>, object, object]>([
  [
    'by its version where it arrived',
    {},
    { Bucket: 'source-bucket', Key: 'in/a b.csv', VersionId: 'v1' },
    { CopySource: 'source-bucket/in/a%20b.csv?versionId=v1' },
  ],
  [
    'by its entity tag where there are no versions',
    { versionId: null, etag: 'e' },
    { Bucket: 'source-bucket', Key: 'in/a b.csv', IfMatch: 'e' },
    { CopySource: 'source-bucket/in/a%20b.csv', CopySourceIfMatch: 'e' },
  ],
  [
    'where it was moved to',
    { location: { ...LOCATION, versionId: null } },
    { Bucket: 'target', Key: 'archive/a b.csv' },
    { CopySource: 'target/archive/a%20b.csv' },
  ],
  [
    'by the version that it was moved to',
    { location: { ...LOCATION, versionId: 'c1' } },
    { Bucket: 'target', Key: 'archive/a b.csv', VersionId: 'c1' },
    { CopySource: 'target/archive/a%20b.csv?versionId=c1' },
  ],
])('a file is read %s', (_, parts, get, copy) => {
  it('when it is processed, and when it is copied', async () => {
    const [read, copied] = await requests(fileVersion({ key: 'in/a b.csv', ...parts }));

    expect(read).toEqual({ Range: 'bytes=0-9', ...get });
    expect(copied).toEqual({ Bucket: 'target', Key: 'copy', TaggingDirective: 'REPLACE', ...copy });
  });
});
