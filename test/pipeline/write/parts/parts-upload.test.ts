import { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { MAX_RANGES } from '../../../../src/pipeline/validate/split-plan.ts';
import { PARTS_PER_CHUNK, PartsUpload } from '../../../../src/pipeline/write/parts/parts-upload.ts';

it('there are part numbers for all chunks that a file may have', () => {
  expect(MAX_RANGES * PARTS_PER_CHUNK).toBeLessThanOrEqual(10_000);
});

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A client of the kind that parts are sent with, and what it sends. */
function recordingS3(): { s3: S3Client; sent: Sent[] } {
  const sent: Sent[] = [];
  const s3 = new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    requestHandler: {
      handle: ({ headers, body }: Sent) => {
        sent.push({ headers, body });
        return Promise.resolve({ response: { statusCode: 200, headers: { etag: '"tag"' } } });
      },
    },
  });
  return { s3, sent };
}

it('sends a part with its MD5 and no other checksum, which would forbid gaps in part numbers', async () => {
  const { s3, sent } = recordingS3();
  const upload = new PartsUpload({
    s3,
    bucket: 'target',
    upload: { key: 'processed/a', uploadId: 'upload' },
    chunk: { index: 2, firstByte: 100, lastByte: 200 },
    isLast: true,
    compression: 'gzip',
  });
  await upload.write(Buffer.from('{}\n'));
  const parts = await upload.finish();

  const [{ headers, body }] = sent as [Sent];
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  expect(names.filter((name) => name.startsWith('x-amz-checksum-'))).toEqual([]);
  expect(names).not.toContain('x-amz-sdk-checksum-algorithm');
  expect(headers['content-md5']).toBe(createHash('md5').update(body).digest('base64'));
  expect(parts).toEqual([{ number: 2 * PARTS_PER_CHUNK + 1, etag: '"tag"', bytes: body.length }]);
});
