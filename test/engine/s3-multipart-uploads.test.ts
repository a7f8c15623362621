import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
  UploadPartCommand,
  type ChecksumAlgorithm,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { clientConfig, uniqueName } from './engine.ts';

const config = { ...clientConfig(), forcePathStyle: true, maxAttempts: 1 };
const s3 = new S3Client(config);
/** Adds no checksums where S3 asks for none. */
const plainS3 = new S3Client({ ...config, requestChecksumCalculation: 'WHEN_REQUIRED' });
const Bucket = uniqueName('bucket');
const MIN_PART = Buffer.alloc(5 * 1024 * 1024, 'a');

beforeAll(() => s3.send(new CreateBucketCommand({ Bucket })));

async function begin(checksum?: ChecksumAlgorithm): Promise<{ Key: string; UploadId: string }> {
  const Key = uniqueName('object');
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      Bucket,
      Key,
      ...(checksum && { ChecksumAlgorithm: checksum }),
    }),
  );
  return { Key, UploadId: UploadId! };
}

/** Uploads parts by their numbers and completes the upload with them in the order given. */
async function upload(
  client: S3Client,
  parts: readonly (readonly [number, Buffer])[],
  checksum?: ChecksumAlgorithm,
): Promise<string> {
  const place = await begin(checksum);
  const Parts: CompletedPart[] = [];
  for (const [PartNumber, Body] of parts) {
    const { ETag, ChecksumCRC32 } = await client.send(
      new UploadPartCommand({ Bucket, ...place, PartNumber, Body }),
    );
    Parts.push({ PartNumber, ETag, ChecksumCRC32 });
  }
  await client.send(
    new CompleteMultipartUploadCommand({ Bucket, ...place, MultipartUpload: { Parts } }),
  );
  return place.Key;
}

it('part numbers may have gaps, and order the parts', async () => {
  const Key = await upload(plainS3, [
    [7, MIN_PART],
    [151, Buffer.from('end')],
  ]);

  const { ETag, ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket, Key, Range: `bytes=${MIN_PART.length}-` }),
  );
  expect(ETag).toMatch(/-2"$/);
  expect(ContentLength).toBe(MIN_PART.length + 3);
  expect(await Body!.transformToString()).toBe('end');
});

const REFUSED: readonly {
  what: string;
  client: S3Client;
  numbers: readonly [number, number];
  firstBytes?: number;
  checksum?: ChecksumAlgorithm;
  name: string;
}[] = [
  {
    what: 'a part below 5 MiB that is not the last',
    client: plainS3,
    numbers: [1, 2],
    firstBytes: MIN_PART.length - 1,
    name: 'EntityTooSmall',
  },
  { what: 'parts out of order', client: plainS3, numbers: [2, 1], name: 'InvalidPartOrder' },
  {
    what: 'part numbers with gaps, where parts have checksums,',
    client: s3,
    numbers: [1, 3],
    checksum: 'CRC32',
    name: 'InvalidPartOrder',
  },
];

it.each(REFUSED)('$what make no object', async ({ client, numbers, checksum, name, ...part }) => {
  const parts = [
    [numbers[0], MIN_PART.subarray(0, part.firstBytes)],
    [numbers[1], MIN_PART],
  ] as const;

  await expect(upload(client, parts, checksum)).rejects.toMatchObject({ name });
});

it('takes no part with a checksum that the upload was not begun with', async () => {
  await expect(upload(s3, [[1, MIN_PART]])).rejects.toThrow(
    'Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: crc32',
  );
});
