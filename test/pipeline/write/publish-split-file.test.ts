import { gunzipSync } from 'node:zlib';
import type { SucceededManifest } from '../../../src/pipeline/manifest.ts';
import type { PartResult, WriteSplitInput } from '../../../src/pipeline/split-payload.ts';
import { transformPart } from '../../../src/pipeline/transform/transform-part.ts';
import { publishSplitFile } from '../../../src/pipeline/write/publish-split-file.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { fileVersion } from '../../support/files.ts';
import { deployContracts } from '../../support/function-environment.ts';
import { MemoryContents } from '../../support/memory-contents.ts';
import { KEY, splitFile } from '../split-file.ts';

const CSV = 'id,note\n1,one\nx\n3,"three\n"\ny\n5,five\n';

deployContracts([
  {
    name: 'strict',
    fields: [{ name: 'id' }, { name: 'note' }],
    millrace: { match: ['**'], badRows: { action: 'reject-row', maxCount: 1 } },
  },
  {
    name: 'counted',
    fields: [{ name: 'id', type: 'integer' }, { name: 'note' }],
    millrace: { match: ['**'], report: { dimensions: ['note'], measures: ['id'] } },
  },
  {
    name: 'skipping',
    fields: [{ name: 'id' }, { name: 'note' }],
    millrace: { match: ['**'], duplicateContent: 'skip' },
  },
]);

interface Given {
  readonly contract?: string;
  readonly text?: string;
}

/** A file whose every row is a chunk, and was transformed. */
async function transformed({ contract, text = CSV }: Given = {}): Promise<{
  s3: FakeS3;
  input: WriteSplitInput;
}> {
  const s3 = new FakeS3();
  const { inputs, rows, contentHash } = splitFile(s3, text, {
    contract: contract ?? null,
    rangeBytes: 1,
  });
  const clients = { s3: s3.client, partsS3: s3.client, bucket: 'target' };
  const results = await Promise.all(inputs.map((input) => transformPart(input, clients)));
  s3.commands.length = 0;
  const { upload, plan, file, arrivedAt, attempt, startedAt } = inputs[0]!;
  const common = { file, arrivedAt, attempt, startedAt };
  const detection = { confidence: 1, sampleRecords: 3, stated: [] };
  const chunks = inputs.map(({ chunk }) => chunk);
  const split = { chunks, rows, contentHash, upload, results };
  return { s3, input: { ...common, plan: { ...plan, detection }, split } };
}

const publish = (
  s3: FakeS3,
  input: WriteSplitInput,
  { claims: contents } = new MemoryContents(),
): ReturnType<typeof publishSplitFile> =>
  publishSplitFile(
    {
      s3: s3.client,
      bucket: 'target',
      contents,
      requireCurrentAttempt: () => Promise.resolve(),
    },
    input,
  );

const linesOf = (s3: FakeS3, key: string | null): object[] =>
  gunzipSync(s3.objects.get(key!)!.body)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);

const published = (s3: FakeS3): string[] =>
  [...s3.objects.keys()].filter((key) => key !== KEY && !key.startsWith('staging/'));

it('publishes one object of all records and one of all rejected rows, in the order of the file', async () => {
  const { s3, input } = await transformed();
  const result = await publish(s3, input);

  expect(linesOf(s3, result.processedKey)).toMatchObject([
    { _row: 1, id: '1' },
    { _row: 3, id: '3' },
    { _row: 5, id: '5' },
  ]);
  expect(linesOf(s3, result.rejectedKey)).toMatchObject([{ row: 2 }, { row: 4 }]);
  expect(result).toMatchObject({
    counts: { rowsRead: 5, rowsWritten: 3, rowsRejected: 2 },
    bytesRead: CSV.length,
    contentHash: input.split.contentHash,
    processedBytes: s3.objects.get(result.processedKey!)!.body.length,
  });
  expect(s3.uploads.size).toBe(0);
});

it('writes the manifest last, with what each chunk held', async () => {
  const { s3, input } = await transformed();
  const { rejectedKey, processedKey, manifestKey } = await publish(s3, input);

  expect(published(s3)).toEqual([rejectedKey, processedKey, manifestKey]);
  const manifest = JSON.parse(s3.objects.get(manifestKey)!.body.toString()) as SucceededManifest;
  expect(manifest.chunks.map(({ firstRow, rows }) => [firstRow, rows])).toEqual([
    [1, 0],
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    [5, 1],
  ]);
  expect(manifest.chunks.map(({ recordsDigest }) => recordsDigest)).toEqual(
    input.split.results.map(({ recordsDigest }) => recordsDigest),
  );
  expect(manifest).not.toHaveProperty('ranges');
});

it('says in the manifest what the rows of all chunks add up to, as if they were one', async () => {
  const { s3, input } = await transformed({
    contract: 'counted',
    text: 'id,note\n1,one\nx,one\n3,two\n4,one\n',
  });
  const { manifestKey } = await publish(s3, input);

  const { summary } = JSON.parse(s3.objects.get(manifestKey)!.body.toString()) as SucceededManifest;
  expect(summary).toMatchObject({
    dimensions: [
      {
        column: 'note',
        counts: {
          isExact: true,
          values: [
            ['one', 2],
            ['two', 1],
          ],
        },
      },
    ],
    measures: [{ column: 'id', summary: { count: 3, sum: '8', minimum: '1', maximum: '4' } }],
    rejects: [{ code: 'INVALID_TYPE', columns: { values: [['id', 1]] } }],
  });
});

it('may be repeated after a try that has completed the upload', async () => {
  const { s3, input } = await transformed();
  const first = await publish(s3, input);
  const objects = new Map(s3.objects);

  expect(await publish(s3, input)).toEqual(first);
  expect(s3.commands).toContain('HeadObject');
  expect([...s3.objects.keys()]).toEqual([...objects.keys()]);
});

it('gives up the upload of a file without any clean record', async () => {
  const { s3, input } = await transformed({ text: 'id,note\nx\ny\n' });
  const result = await publish(s3, input);

  expect(result).toMatchObject({ processedKey: null, processedBytes: 0 });
  expect(linesOf(s3, result.rejectedKey)).toHaveLength(2);
  expect(s3.uploads.size).toBe(0);
});

it('writes no object of rejected rows where there is none', async () => {
  const { s3, input } = await transformed({ text: 'id,note\n1,one\n2,two\n' });

  expect(await publish(s3, input)).toMatchObject({ rejectedKey: null });
});

it('rejects a file with more bad rows than its contract allows, over all chunks', async () => {
  const { s3, input } = await transformed({ contract: 'strict' });

  await expect(publish(s3, input)).rejects.toThrow(
    'TOO_MANY_REJECTED_ROWS: 2 of 5 rows are bad (TOO_FEW_FIELDS 2)',
  );
  expect(published(s3)).toEqual([]);
});

const change =
  (index: number, changed: (result: PartResult) => Partial<PartResult>) =>
  ({ split, ...input }: WriteSplitInput): WriteSplitInput => ({
    ...input,
    split: {
      ...split,
      results: split.results.map((result) =>
        result.index === index ? { ...result, ...changed(result) } : result,
      ),
    },
  });

it.each<[string, (input: WriteSplitInput) => WriteSplitInput, string]>([
  [
    'a chunk has other rows than the scans have counted in it',
    change(1, ({ counts }) => ({ counts: { ...counts, rowsRead: 2, rowsWritten: 2 } })),
    'ROW_BALANCE_BROKEN: chunk 1: 2 rows in 6 bytes read, 1 rows in 6 bytes found by the scans',
  ],
  [
    'a chunk was not read to its end',
    change(1, () => ({ bytesRead: 5 })),
    'ROW_BALANCE_BROKEN: chunk 1: 1 rows in 5 bytes read, 1 rows in 6 bytes found by the scans',
  ],
  [
    'the rows of a chunk do not balance',
    change(1, ({ counts }) => ({ counts: { ...counts, rowsWritten: 0 } })),
    'ROW_BALANCE_BROKEN: 1 rows read, 0 written, 0 rejected',
  ],
  [
    'the rows of the file do not add up',
    ({ split, ...input }) => ({ ...input, split: { ...split, rows: 6 } }),
    'ROW_BALANCE_BROKEN: 5 rows read, 6 rows found by the scans',
  ],
  [
    'a chunk has no result',
    ({ split, ...input }) => ({
      ...input,
      split: { ...split, results: split.results.toSpliced(2, 1) },
    }),
    'ROW_BALANCE_BROKEN: chunk 2 has no result',
  ],
  [
    'a chunk was transformed by other code',
    change(1, () => ({ pipelineVersion: 'older' })),
    'OUTPUT_MISMATCH: chunk 1 was transformed by another deployment',
  ],
  [
    'staged rejected rows are not those of the result',
    change(2, ({ stagedRejectsBytes }) => ({ stagedRejectsBytes: stagedRejectsBytes + 1 })),
    'OUTPUT_MISMATCH: staging/',
  ],
  [
    'a staged summary is not that of the result',
    change(3, ({ stagedSummaryBytes }) => ({ stagedSummaryBytes: stagedSummaryBytes - 1 })),
    'OUTPUT_MISMATCH: staging/',
  ],
])('publishes nothing when %s', async (_, altered, message) => {
  const { s3, input } = await transformed();

  await expect(publish(s3, altered(input))).rejects.toThrow(message);
  expect(published(s3)).toEqual([]);
});

it.each<[string, (s3: FakeS3) => void]>([
  ['its upload was aborted', ({ uploads }) => uploads.clear()],
  [
    'its upload was aborted, and an object with other parts has its key',
    ({ uploads, objects }) => {
      uploads.clear();
      const other = { body: Buffer.from('other'), contentType: '', etag: 'etag-1' };
      objects.set('processed/orders.jsonl.gz', other);
    },
  ],
  [
    'its staged rejected rows were deleted',
    ({ objects }) => {
      for (const key of objects.keys()) if (key.includes('/rejects-')) objects.delete(key);
    },
  ],
  [
    'a staged summary was deleted',
    ({ objects }) => {
      for (const key of objects.keys()) if (key.includes('/summary-00003')) objects.delete(key);
    },
  ],
])('a file fails with UPLOAD_LOST, and is not rejected, when %s', async (_, lose) => {
  const { s3, input } = await transformed();
  lose(s3);

  const failure = publish(s3, input);
  await expect(failure).rejects.toMatchObject({ name: 'PermanentFault', code: 'UPLOAD_LOST' });
});

it('publishes nothing of a duplicate that its contract skips but the manifest, and keeps its parts', async () => {
  const { s3, input } = await transformed({ contract: 'skipping' });
  const contents = new MemoryContents();
  const { dataset } = input.plan;
  const first = { file: fileVersion({ key: 'first.csv' }), attempt: 1, dataset };
  await contents.claims.claim({ ...first, contentHash: input.split.contentHash });
  contents.statuses.set(first.file.fileId, 'SUCCEEDED');

  const result = await publish(s3, input, contents);

  expect(result).toMatchObject({ isSkipped: true, processedKey: null, rejectedKey: null });
  expect(published(s3)).toEqual([result.manifestKey]);
  expect([...s3.uploads.keys()]).toEqual([input.split.upload.uploadId]);
  contents.statuses.set(first.file.fileId, 'FORGOTTEN');
  contents.removed.add(first.file.fileId);
  const again = await publish(s3, input, contents);
  expect(linesOf(s3, again.processedKey)).toHaveLength(3);
});
