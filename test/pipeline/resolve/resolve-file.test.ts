import { resolveFile } from '../../../src/pipeline/resolve/resolve-file.ts';
import { scanRange } from '../../../src/pipeline/scan/scan-range.ts';
import type { ResolveInput } from '../../../src/pipeline/split-payload.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { fileVersion } from '../../support/files.ts';
import { deployContracts } from '../../support/function-environment.ts';
import { KEY, splitPlan } from '../split-file.ts';

deployContracts([
  {
    name: 'compact',
    fields: [{ name: 'id' }, { name: 'note' }],
    millrace: { match: ['**'], output: { format: 'jsonl', compression: 'zstd' } },
  },
]);

/** A file in S3 whose one range was scanned. */
async function scanned(
  text: string,
  contract: string | null = null,
): Promise<{ s3: FakeS3; input: ResolveInput }> {
  const s3 = new FakeS3();
  const body = Buffer.from(text);
  s3.objects.set(KEY, { body, contentType: 'text/csv' });
  const file = fileVersion({ key: KEY, size: body.length });
  const plan = splitPlan(contract);
  const range = { firstByte: 0, lastByte: body.length - 1 };
  const scans = [await scanRange(s3.client, { file, plan, range })];
  const times = { arrivedAt: '2026-11-20T16:05:09.000Z', startedAt: '2026-11-20T16:05:10.000Z' };
  return { s3, input: { file, ...times, attempt: 1, plan, scans } };
}

it('finds the chunks of a file, and opens the upload that their records go to', async () => {
  const { s3, input } = await scanned('id,note\n1,"a\nb"\n');
  const { chunks, rows, contentHash, upload } = await resolveFile(s3.client, 'target', input);

  expect(chunks).toEqual([
    { index: 0, firstByte: 0, lastByte: 15, firstRow: 0, firstLine: 1, rows: 2 },
  ]);
  expect(rows).toBe(1);
  expect(contentHash).toMatch(/^blocks-sha256:/);
  expect(upload.key).toMatch(/^processed\/dataset=orders\/dt=2026-11-20\/.*\.jsonl\.gz$/);
  expect(s3.uploads.get(upload.uploadId)!.contentType).toBe('application/gzip');
});

it('names and types the object as the contract says', async () => {
  const { s3, input } = await scanned('id,note\n1,one\n', 'compact');
  const { upload } = await resolveFile(s3.client, 'target', input);

  expect(upload.key).toMatch(/\.jsonl\.zst$/);
  expect(s3.uploads.get(upload.uploadId)!.contentType).toBe('application/zstd');
});

it('rejects a file that ends inside quotes, and opens no upload', async () => {
  const { s3, input } = await scanned('id,note\n1,one\n2,"open\n');

  await expect(resolveFile(s3.client, 'target', input)).rejects.toThrow(
    'UNCLOSED_QUOTE: a quote opened in row 2 (line 3, byte 14)',
  );
  expect(s3.uploads.size).toBe(0);
});
