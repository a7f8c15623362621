import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { PartResult, TransformPartInput } from '../../../src/pipeline/split-payload.ts';
import { transformPart } from '../../../src/pipeline/transform/transform-part.ts';
import { PARTS_PER_CHUNK } from '../../../src/pipeline/write/parts/parts-upload.ts';
import { MIN_PART_BYTES } from '../../../src/pipeline/write/parts/part-cutter.ts';
import { RowSummaryJson } from '../../../src/shared/aggregates/row-summary.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { deployContracts, PIPELINE_VERSION } from '../../support/function-environment.ts';
import { splitFile } from '../split-file.ts';

/** Three rows, of which the second has no clean record. */
const CSV = 'id,note\n1,one\n2\n3,"three\n"\n';

deployContracts([
  {
    name: 'compact',
    fields: [{ name: 'id' }, { name: 'note' }],
    millrace: { match: ['**'], output: { format: 'jsonl', compression: 'zstd' } },
  },
]);

const run = (s3: FakeS3, input: TransformPartInput): Promise<PartResult> =>
  transformPart(input, { s3: s3.client, partsS3: s3.client, bucket: 'target' });

/** Each chunk's result, where every row is a chunk of its own. */
async function transformAll(s3: FakeS3, text = CSV): Promise<PartResult[]> {
  const { inputs } = splitFile(s3, text, { rangeBytes: 1 });
  return Promise.all(inputs.map((input) => run(s3, input)));
}

const partsOf = (s3: FakeS3): [number, Buffer][] =>
  [...s3.uploads.get('upload-0')!.parts]
    .map(([number, { body }]): [number, Buffer] => [number, body])
    .sort(([a], [b]) => a - b);

it('writes the records of each chunk under part numbers of its own', async () => {
  const s3 = new FakeS3();
  const results = await transformAll(s3);

  expect(results.map(({ parts }) => parts.map(({ number }) => number))).toEqual([
    [],
    [PARTS_PER_CHUNK + 1],
    [],
    [3 * PARTS_PER_CHUNK + 1],
  ]);
  const ids = partsOf(s3).map(([, part]) => JSON.parse(gunzipSync(part).toString()) as object);
  expect(ids).toMatchObject([
    { _row: 1, id: '1' },
    { _row: 3, id: '3', note: 'three\n' },
  ]);
});

it('fills a short part up to what S3 takes, but for the last of the file', async () => {
  const s3 = new FakeS3();
  await transformAll(s3);

  const [first, last] = partsOf(s3).map(([, { length }]) => length);
  expect(first).toBeGreaterThanOrEqual(MIN_PART_BYTES);
  expect(last).toBeLessThan(1_000);
});

it('stages rejected rows, and nothing where there is none', async () => {
  const s3 = new FakeS3();
  const results = await transformAll(s3);

  const staged = [...s3.objects].filter(([key]) => key.includes('/rejects-'));
  const [key, { body }] = staged[0]!;
  expect(staged).toHaveLength(1);
  expect(key).toMatch(/^staging\/[0-9a-f]{20}\/[0-9a-f]{12}\/rejects-00002\.jsonl\.gz$/);
  expect(JSON.parse(gunzipSync(body).toString())).toMatchObject({ row: 2, line: 3, offset: 14 });
  expect(results.map(({ stagedRejectsBytes }) => stagedRejectsBytes)).toEqual([
    0,
    0,
    body.length,
    0,
  ]);
});

it('stages what the rows of each chunk add up to', async () => {
  const s3 = new FakeS3();
  const results = await transformAll(s3);

  const staged = [...s3.objects].filter(([key]) => key.includes('/summary-'));
  expect(staged.map(([key]) => key.replace(/^.*\//, '')).sort()).toEqual([
    'summary-00000.json',
    'summary-00001.json',
    'summary-00002.json',
    'summary-00003.json',
  ]);
  const sizes = new Map(staged.map(([key, { body }]) => [Number(key.slice(-7, -5)), body.length]));
  expect(results.map(({ stagedSummaryBytes }) => stagedSummaryBytes)).toEqual(
    results.map(({ index }) => sizes.get(index)),
  );
  const summaries = staged.map(([, { body }]) => RowSummaryJson.parse(JSON.parse(String(body))));
  expect(summaries.flatMap(({ rejects }) => rejects)).toEqual([
    { code: 'TOO_FEW_FIELDS', columns: { isExact: true, values: [[null, 1]] } },
  ]);
});

it('says what it read, and by which code', async () => {
  const [, second] = await transformAll(new FakeS3());

  expect(second).toMatchObject({
    index: 1,
    pipelineVersion: PIPELINE_VERSION,
    counts: { rowsRead: 1, rowsWritten: 1, rowsRejected: 0 },
    bytesRead: '1,one\n'.length,
  });
});

it('may be repeated, with the same result and the same bytes', async () => {
  const s3 = new FakeS3();
  const first = await transformAll(s3);
  const sent = partsOf(s3);
  const { inputs } = splitFile(new FakeS3(), CSV, { rangeBytes: 1 });
  const again = await Promise.all(inputs.map((input) => run(s3, input)));

  expect(again).toEqual(first);
  const areEqual = partsOf(s3).map(([, part], index) => part.equals(sent[index]![1]));
  expect(areEqual).toEqual([true, true]);
});

it('cuts a long chunk into several parts, all of them whole', async () => {
  const s3 = new FakeS3();
  // Text that hardly compresses.
  const rows = randomBytes(14 << 20)
    .toString('base64')
    .match(/.{1,200}/g)!
    .map((text) => `1,${text}`);
  const { inputs } = splitFile(s3, `id,note\n${rows.join('\n')}\n`, { rangeBytes: 1 << 30 });
  const { parts } = await run(s3, inputs[0]!);

  const sent = partsOf(s3);
  expect(parts.map(({ number, bytes }) => [number, bytes])).toEqual(
    sent.map(([number, part]) => [number, part.length]),
  );
  expect(parts.length).toBeGreaterThan(1);
  for (const { bytes } of parts) expect(bytes).toBeGreaterThanOrEqual(MIN_PART_BYTES);
  const text = gunzipSync(Buffer.concat(sent.map(([, part]) => part))).toString();
  expect(text.trimEnd().split('\n')).toHaveLength(rows.length);
}, 60_000);

it('compresses as the contract says', async () => {
  const s3 = new FakeS3();
  const { inputs } = splitFile(s3, CSV, { contract: 'compact', rangeBytes: 1 });
  await run(s3, inputs[1]!);

  const [[, part]] = partsOf(s3) as [[number, Buffer]];
  expect(part.readUInt32LE(0)).toBe(0xfd2fb528);
});

it('fails with UPLOAD_LOST when somebody has aborted the upload', async () => {
  const s3 = new FakeS3();
  const { inputs } = splitFile(s3, CSV, { rangeBytes: 1 });
  s3.uploads.clear();

  await expect(run(s3, inputs[1]!)).rejects.toThrow(/^UPLOAD_LOST: /);
});

it('stages nothing when a part cannot be written', async () => {
  const s3 = new FakeS3();
  const { inputs } = splitFile(s3, CSV, { rangeBytes: 1 << 30 });
  s3.failOn('UploadPart');

  await expect(run(s3, inputs[0]!)).rejects.toThrow('S3 is away');
  expect([...s3.objects.keys()].filter((key) => key.startsWith('staging/'))).toEqual([]);
});
