import type { S3Client } from '@aws-sdk/client-s3';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { DUPLICATE_CONTENT_MODES, type Output } from '../../../src/datasets/contract.ts';
import type { SucceededManifest } from '../../../src/pipeline/manifest.ts';
import type { ChunkResult, WriteInput } from '../../../src/pipeline/payload.ts';
import { chunkResult } from '../../../src/pipeline/transform/chunk-result.ts';
import { openChunk } from '../../../src/pipeline/transform/open-chunk.ts';
import { publishFile } from '../../../src/pipeline/write/publish-file.ts';
import type { Publication } from '../../../src/pipeline/write/skip-file.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { fileVersion } from '../../support/files.ts';
import { deployContracts } from '../../support/function-environment.ts';
import { MemoryContents } from '../../support/memory-contents.ts';
import { readParquet } from '../../support/read-parquet.ts';

const KEY = 'in/orders.csv';
const CSV = 'id,price\n1,2.50\nx,1\n3,\n';

const OUTPUTS: readonly (readonly [string, Output, string])[] = [
  ['gzipped', { format: 'jsonl', compression: 'gzip' }, '.jsonl.gz'],
  ['zstandard', { format: 'jsonl', compression: 'zstd' }, '.jsonl.zst'],
  ['columnar', { format: 'parquet', compression: 'snappy' }, '.parquet'],
];

deployContracts([
  ...OUTPUTS.map(([name, output]) => ({
    name,
    fields: [
      { name: 'id', type: 'integer' },
      { name: 'price', type: 'number' },
    ],
    millrace: {
      match: [`${name}/**`],
      output,
      report: { dimensions: ['id'], measures: ['price'] },
    },
  })),
  ...DUPLICATE_CONTENT_MODES.map((duplicateContent) => ({
    name: duplicateContent,
    fields: [{ name: 'id' }, { name: 'price' }],
    millrace: { match: [`${duplicateContent}/**`], duplicateContent },
  })),
]);

const planOf = (contract: string | null, text: string): WriteInput['plan'] => ({
  dataset: contract ?? 'orders',
  contract,
  compression: 'none',
  encoding: 'utf-8',
  byteOrderMark: false,
  format: {
    type: 'csv',
    dialect: {
      delimiter: ',',
      quote: '"',
      lineEnd: 'lf',
      header: true,
      comment: null,
      trailingDelimiter: false,
    },
  },
  detection: { confidence: 1, sampleRecords: 3, stated: [] },
  isSplit: false,
  isArchived: false,
  chunks: [{ index: 0, firstByte: 0, lastByte: text.length - 1, firstRow: 1 }],
  ranges: [],
  concurrency: 40,
});

/** What Transform finds in the file's only chunk. */
async function transform(
  client: S3Client,
  { file, plan }: Omit<WriteInput, 'results'>,
): Promise<ChunkResult> {
  const { source, transformer } = await openChunk(client, { file, plan, chunk: plan.chunks[0]! });
  await transformer.drain(source);
  return chunkResult(0, source, transformer);
}

/** A file that lies in S3 and has been transformed. */
async function transformed(
  contract: string | null,
  text = CSV,
): Promise<{ s3: FakeS3; input: WriteInput }> {
  const s3 = new FakeS3();
  s3.objects.set(KEY, { body: Buffer.from(text), contentType: 'text/csv' });
  const input = {
    file: fileVersion({ key: KEY, size: text.length }),
    arrivedAt: '2026-11-20T16:05:09.000Z',
    startedAt: '2026-11-20T16:05:10.000Z',
    attempt: 1,
    plan: planOf(contract, text),
  };
  const result = await transform(s3.client, input);
  s3.commands.length = 0;
  return { s3, input: { ...input, results: [result] } };
}

const publication = (s3: FakeS3, contents = new MemoryContents()): Publication => ({
  s3: s3.client,
  bucket: 'target',
  contents: contents.claims,
  requireCurrentAttempt: () => Promise.resolve(),
});

const manifestIn = (s3: FakeS3, key: string): SucceededManifest =>
  JSON.parse(s3.objects.get(key)!.body.toString()) as SucceededManifest;

async function recordsIn(body: Buffer, { format, compression }: Output): Promise<unknown[]> {
  if (format === 'parquet') {
    const { rows } = await readParquet(body);
    return rows.map(({ _row, id, price }) => ({ _row: Number(_row), id: Number(id), price }));
  }
  const lines = compression === 'gzip' ? gunzipSync(body) : zstdDecompressSync(body);
  return lines
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { _row, id, price } = JSON.parse(line) as Record<string, unknown>;
      return { _row, id, price };
    });
}

it.each(OUTPUTS)(
  'publishes a %s dataset as its contract says: %j',
  async (name, output, ending) => {
    const { s3, input } = await transformed(name);
    const result = await publishFile(publication(s3), input);

    const object = s3.objects.get(result.processedKey!)!;
    expect(result.processedKey).toMatch(new RegExp(`^processed/dataset=${name}/.*\\${ending}$`));
    expect(result.processedBytes).toBe(object.body.length);
    expect(await recordsIn(object.body, output)).toEqual([
      { _row: 1, id: 1, price: 2.5 },
      { _row: 3, id: 3, price: null },
    ]);
    const rejected = s3.objects.get(result.rejectedKey!)!;
    expect(result.rejectedKey).toMatch(/\.rows\.jsonl\.gz$/);
    expect(JSON.parse(gunzipSync(rejected.body).toString())).toMatchObject({
      row: 2,
      column: 'id',
    });
    expect(manifestIn(s3, result.manifestKey)).toMatchObject({
      status: 'SUCCEEDED',
      output,
      processedBytes: object.body.length,
      counts: { rowsRead: 3, rowsWritten: 2, rowsRejected: 1 },
    });
  },
);

it('says in the manifest that the file was read in one chunk', async () => {
  const { s3, input } = await transformed('gzipped');
  const { manifestKey } = await publishFile(publication(s3), input);
  const { recordsDigest, rejectsDigest } = input.results[0]!;
  expect(manifestIn(s3, manifestKey).chunks).toEqual([
    { firstRow: 1, rows: 3, recordsDigest, rejectsDigest },
  ]);
});

it.each(['gzipped', 'columnar'])(
  'says in the manifest what the rows add up to (%s)',
  async (name) => {
    const { s3, input } = await transformed(name, 'id,price\n1,2.50\n1,0.1\nx,1\n3,\n');
    const { manifestKey } = await publishFile(publication(s3), input);
    expect(manifestIn(s3, manifestKey)).toMatchObject({
      manifestVersion: 3,
      summary: {
        dimensions: [
          {
            column: 'id',
            counts: {
              values: [
                ['1', 2],
                ['3', 1],
              ],
            },
          },
        ],
        measures: [{ column: 'price', summary: { count: 2, sum: '2.6', maximum: '2.5' } }],
        eventTimes: [],
        rejects: [{ code: 'INVALID_TYPE', columns: { values: [['id', 1]] } }],
      },
    });
  },
);

it('counts rejected rows by their columns without a contract, too', async () => {
  const { s3, input } = await transformed(null, 'id,price\n1\n2,1\n');
  const { manifestKey } = await publishFile(publication(s3), input);
  expect(manifestIn(s3, manifestKey).summary).toEqual({
    dimensions: [],
    measures: [],
    eventTimes: [],
    rejects: [{ code: 'TOO_FEW_FIELDS', columns: { isExact: true, values: [[null, 1]] } }],
  });
});

it('writes the manifest last, so that it tells of whole objects only', async () => {
  const { s3, input } = await transformed('columnar');
  const { rejectedKey, processedKey, manifestKey } = await publishFile(publication(s3), input);
  expect([...s3.objects.keys()]).toEqual([KEY, rejectedKey, processedKey, manifestKey]);
});

it('states gzip JSON Lines for a file without a contract', async () => {
  const { s3, input } = await transformed(null);
  const { manifestKey, processedKey } = await publishFile(publication(s3), input);
  expect(processedKey).toMatch(/\.jsonl\.gz$/);
  expect(manifestIn(s3, manifestKey)).toMatchObject({
    contract: null,
    output: { format: 'jsonl', compression: 'gzip' },
  });
});

it.each([null, 'columnar'])('notes that a file has no rows (contract %s)', async (contract) => {
  const { s3, input } = await transformed(contract, 'id,price\n');
  const result = await publishFile(publication(s3), input);
  const nothing = { processedKey: null, processedBytes: 0, rejectedKey: null };
  const counts = { rowsRead: 0, noticesByCode: { NO_ROWS: 1 } };
  expect(result).toMatchObject({ ...nothing, counts });
  expect(manifestIn(s3, result.manifestKey)).toMatchObject({ ...nothing, counts });
  expect(s3.commands).toEqual(['GetObject', 'PutObject']);
});

it.each<[string, (result: ChunkResult) => ChunkResult, string]>([
  ['other records', (result) => ({ ...result, recordsDigest: 'other' }), 'OUTPUT_MISMATCH'],
  ['other bytes', (result) => ({ ...result, contentHash: 'other' }), 'OUTPUT_MISMATCH'],
  [
    'a row too many',
    (result) => ({ ...result, counts: { ...result.counts, rowsRead: 4 } }),
    'ROW_BALANCE_BROKEN',
  ],
])('publishes nothing when Transform has found %s', async (_, alter, code) => {
  for (const contract of [null, 'columnar']) {
    const { s3, input } = await transformed(contract);
    const altered = { ...input, results: input.results.map(alter) };
    await expect(publishFile(publication(s3), altered)).rejects.toThrow(code);
    expect([...s3.objects.keys()]).toEqual([KEY]);
  }
});

it('publishes nothing when S3 takes nothing', async () => {
  const { s3, input } = await transformed('columnar');
  s3.failOn('PutObject');
  await expect(publishFile(publication(s3), input)).rejects.toThrow('S3 is away');
  expect([...s3.objects.keys()]).toEqual([KEY]);
});

/** Claims under which another file has published the content of a transformed one. */
async function publishedBefore({ plan, results }: WriteInput): Promise<MemoryContents> {
  const contents = new MemoryContents();
  const { contentHash } = results[0]!;
  await contents.claims.claim({ file: FIRST, attempt: 1, dataset: plan.dataset, contentHash });
  contents.statuses.set(FIRST.fileId, 'SUCCEEDED');
  contents.requests.length = 0;
  return contents;
}

const FIRST = fileVersion({ key: 'in/first.csv' });
const DUPLICATE_OF_FIRST = { fileId: FIRST.fileId, key: FIRST.key };

describe('a file whose content its dataset has already', () => {
  it.each([null, 'flag'])('is written and names the first (contract %s)', async (contract) => {
    const { s3, input } = await transformed(contract);
    const alone = await publishFile(publication(s3), input);
    const written = new Map(s3.objects);

    const result = await publishFile(publication(s3, await publishedBefore(input)), input);

    expect(result).toEqual({ ...alone, duplicateOf: DUPLICATE_OF_FIRST });
    expect(alone.duplicateOf).toBeNull();
    // Which of two files was first shows in none of their objects.
    expect(s3.objects).toEqual(written);
  });

  it('is written as if there were no other where its contract allows it, and nobody asks', async () => {
    const { s3, input } = await transformed('allow');
    const contents = await publishedBefore(input);
    const result = await publishFile(publication(s3, contents), input);
    expect(result).toMatchObject({ duplicateOf: null, isSkipped: false });
    expect(contents.requests).toEqual([]);
  });

  it('leaves nothing but a manifest where its contract skips it', async () => {
    const { s3, input } = await transformed('skip');
    const contents = await publishedBefore(input);
    const result = await publishFile(publication(s3, contents), input);

    const { manifestKey } = result;
    expect(result).toMatchObject({ isSkipped: true, processedKey: null, rejectedKey: null });
    expect([...s3.objects.keys()]).toEqual([KEY, manifestKey]);
    expect(manifestIn(s3, manifestKey)).toMatchObject({
      status: 'SKIPPED',
      code: 'DUPLICATE_CONTENT',
      reason: expect.stringContaining('in/first.csv') as string,
      duplicateOf: DUPLICATE_OF_FIRST,
      rowsRead: 3,
      contentHash: input.results[0]!.contentHash,
    });
    expect(contents.requests).toEqual(['put', 'get']);
  });

  it('waits with everything while the first is on its way', async () => {
    const { s3, input } = await transformed('skip');
    const contents = await publishedBefore(input);
    contents.statuses.set(FIRST.fileId, 'RUNNING');
    await expect(publishFile(publication(s3, contents), input)).rejects.toThrow(
      'CONTENT_IN_PROGRESS',
    );
    expect([...s3.objects.keys()]).toEqual([KEY]);
  });
});

it('claims no content for a file that cannot be published', async () => {
  const { s3, input } = await transformed('skip');
  const contents = new MemoryContents();
  const altered = {
    ...input,
    results: input.results.map((result) => ({ ...result, recordsDigest: 'other' })),
  };
  await expect(publishFile(publication(s3, contents), altered)).rejects.toThrow('OUTPUT_MISMATCH');
  expect(contents.requests).toEqual([]);
});
