import { resolve } from 'node:path';
import { ContractRegistry } from '../../../src/datasets/registry.ts';
import { LARGEST_COPY_BYTES } from '../../../src/pipeline/copy-source.ts';
import { quarantineFile } from '../../../src/pipeline/quarantine/quarantine-file.ts';
import type { QuarantineInput, QuarantineResult } from '../../../src/pipeline/payload.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { fileVersion } from '../../support/files.ts';

const contracts = ContractRegistry.read(resolve(__dirname, '../../../src/datasets'));

const inputOf = (code: string, size = 1_000): QuarantineInput => ({
  file: fileVersion({ size }),
  arrivedAt: '2026-11-20T16:05:09.000Z',
  startedAt: '2026-11-20T16:05:10.000Z',
  attempt: 1,
  error: { Error: 'FileRejected', Cause: JSON.stringify({ errorMessage: `${code}: why` }) },
});

const quarantine = (s3: FakeS3, input: QuarantineInput): Promise<QuarantineResult> =>
  quarantineFile(input, {
    s3: s3.client,
    contracts,
    bucket: 'target',
    requireCurrentAttempt: () => Promise.resolve(),
  });

it.each([
  ['a file', 'UNCLOSED_QUOTE', 1_000, true],
  ['a file that is too large to be read', 'FILE_TOO_LARGE', LARGEST_COPY_BYTES, true],
  ['a file that is too large to be copied', 'UNCLOSED_QUOTE', LARGEST_COPY_BYTES + 1, false],
  ['a file that is gone', 'OBJECT_NOT_FOUND', 1_000, false],
])('of %s (%s) it keeps the reason, and the original if it can', async (_, code, size, isKept) => {
  const s3 = new FakeS3();
  const { originalKey, reasonKey, manifestKey } = await quarantine(s3, inputOf(code, size));

  expect(originalKey !== null).toBe(isKept);
  expect(s3.commands.includes('CopyObject')).toBe(isKept);
  for (const key of [reasonKey, manifestKey]) {
    const document = JSON.parse(s3.objects.get(key)!.body.toString()) as object;
    expect(document).toMatchObject({ status: 'REJECTED', code, reason: 'why', originalKey });
  }
});

describe('of a file that was split', () => {
  const upload = { key: 'processed/orders.jsonl.gz', uploadId: 'upload' };

  it('gives up what its chunks have written', async () => {
    const s3 = new FakeS3();
    s3.uploads.set('upload', { contentType: '', parts: new Map() });
    await quarantine(s3, { ...inputOf('RECORD_TOO_LARGE'), upload });

    expect(s3.uploads.size).toBe(0);
  });

  it('may be repeated', async () => {
    const s3 = new FakeS3();

    expect(await quarantine(s3, { ...inputOf('RECORD_TOO_LARGE'), upload })).toMatchObject({
      originalKey: expect.stringMatching(/^rejected\//) as string,
    });
  });
});
