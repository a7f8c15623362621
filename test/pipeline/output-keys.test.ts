import type { Output } from '../../src/datasets/contract.ts';
import { archiveKey, outputKeys } from '../../src/pipeline/output-keys.ts';
import fc from '../support/fast-check.ts';
import { fileVersion } from '../support/files.ts';

const ARRIVED_AT = '2026-11-20T16:05:09.000Z';

describe('outputKeys', () => {
  it('lays a file out by dataset, day and hour', () => {
    const { fileId } = fileVersion();
    expect(outputKeys({ key: 'in/Orders 1.csv', fileId }, 'orders', ARRIVED_AT)).toEqual({
      processed: `processed/dataset=orders/dt=2026-11-20/Orders-1.csv-${fileId}.jsonl.gz`,
      rejectedRows: `rejected/dataset=orders/dt=2026-11-20/Orders-1.csv-${fileId}.rows.jsonl.gz`,
      rejectedOriginal: `rejected/dataset=orders/dt=2026-11-20/Orders-1.csv-${fileId}.original`,
      rejectedReason: `rejected/dataset=orders/dt=2026-11-20/Orders-1.csv-${fileId}.reason.json`,
      manifest: `manifests/dt=2026-11-20/hh=16/Orders-1.csv-${fileId}.json`,
    });
  });

  it('lays the files of a replay out alike, apart from all others', () => {
    const file = fileVersion({ replay: 'new-rates' });
    const keys = outputKeys({ key: file.key, fileId: file.fileId }, 'orders', ARRIVED_AT);
    expect(outputKeys(file, 'orders', ARRIVED_AT)).toEqual(
      Object.fromEntries(
        Object.entries(keys).map(([name, key]) => [name, `replays/new-rates/${key}`]),
      ),
    );
  });

  it.each<[Output, string]>([
    [{ format: 'jsonl', compression: 'gzip' }, '.jsonl.gz'],
    [{ format: 'jsonl', compression: 'zstd' }, '.jsonl.zst'],
    [{ format: 'parquet', compression: 'snappy' }, '.parquet'],
    [{ format: 'parquet', compression: 'gzip' }, '.parquet'],
    [{ format: 'parquet', compression: 'zstd' }, '.parquet'],
  ])('shows %j in the key of the clean records alone', (output, ending) => {
    const file = fileVersion({ key: 'in/orders.csv' });
    expect(outputKeys(file, 'orders', ARRIVED_AT, output)).toEqual({
      ...outputKeys(file, 'orders', ARRIVED_AT),
      processed: `processed/dataset=orders/dt=2026-11-20/orders.csv-${file.fileId}${ending}`,
    });
  });

  it('gives two versions of one key, and two keys of one name, keys of their own', () => {
    const files = [
      fileVersion(),
      fileVersion({ versionId: 'v2' }),
      fileVersion({ key: 'other/orders.csv' }),
    ];
    const keys = files.flatMap((file) =>
      Object.values<string>({ ...outputKeys(file, 'orders', ARRIVED_AT) }),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('writes plain, short keys for any object key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (key) => {
        const keys = outputKeys(fileVersion({ key }), 'orders', ARRIVED_AT);
        for (const written of Object.values(keys)) expect(written).toMatch(/^[\w.=/-]{1,200}$/);
      }),
    );
  });
});

describe('archiveKey', () => {
  it('holds the key of the file, under its arrival date and its id', () => {
    const file = fileVersion({ key: 'in/größe 1.csv' });
    expect(archiveKey(file, ARRIVED_AT)).toBe(
      `archive/dt=2026-11-20/${file.fileId}/in/größe 1.csv`,
    );
  });

  it('differs from version to version', () => {
    const keys = ['v1', 'v2'].map((versionId) =>
      archiveKey(fileVersion({ versionId }), ARRIVED_AT),
    );
    expect(new Set(keys).size).toBe(2);
  });

  it.each([500, 981, 982, 1_024])('of a key of %i bytes is one that S3 takes', (bytes) => {
    const key = archiveKey(fileVersion({ key: 'k'.repeat(bytes) }), ARRIVED_AT);
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1_024);
    expect(key.endsWith('k'.repeat(bytes))).toBe(bytes <= 981);
  });
});
