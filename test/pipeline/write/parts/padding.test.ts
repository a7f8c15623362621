import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { decompress } from '../../../../src/pipeline/decompression.ts';
import type { TextCompression } from '../../../../src/pipeline/write/compressed-text.ts';
import { padding } from '../../../../src/pipeline/write/parts/padding.ts';

const MIB = 1024 * 1024;
const FORMATS: readonly (readonly [TextCompression, (text: string) => Buffer, string])[] = [
  ['gzip', (text) => gzipSync(text), '.jsonl.gz'],
  ['zstd', (text) => zstdCompressSync(text), '.jsonl.zst'],
];

const root = mkdtempSync(join(tmpdir(), 'millrace-padding-'));
afterAll(() => rmSync(root, { recursive: true }));

async function textOf(stored: Buffer, compression: TextCompression): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer> {
    await Promise.resolve();
    for (let at = 0; at < stored.length; at += 65_536) yield stored.subarray(at, at + 65_536);
  }
  let text = '';
  for await (const bytes of decompress(pieces(), compression)) text += bytes.toString();
  return text;
}

describe.each(FORMATS)('%s padding', (compression, compress, ending) => {
  /** Padding before, between and behind content: what empty and short chunks make of a file. */
  const stored = Buffer.concat([
    padding(compression, 5 * MIB),
    compress('{"id":1}\n'),
    padding(compression, 3 * MIB),
    padding(compression, 1),
    compress('{"id":2}\n'),
    padding(compression, MIB),
  ]);

  it.each([0, 1, 7, 8, 22, 23, 24, 1_000, 5 * MIB])(
    'of at least %d bytes is hardly longer',
    (length) => {
      const bytes = padding(compression, length).length;
      expect(bytes).toBeGreaterThanOrEqual(length);
      expect(bytes).toBeLessThanOrEqual(Math.max(length + 4, 23));
    },
  );

  it('is not seen by Millrace', async () => {
    expect(await textOf(stored, compression)).toBe('{"id":1}\n{"id":2}\n');
  });

  it('is not seen by DuckDB', async () => {
    const file = join(root, `padded${ending}`);
    writeFileSync(file, stored);
    const connection = await (await DuckDBInstance.create()).connect();
    const reader = await connection.runAndReadAll(
      `select id from read_json('${file}') order by id`,
    );
    connection.closeSync();

    expect(reader.getRows()).toEqual([[1n], [2n]]);
  });
});

it('gzip padding is not seen by zlib', () => {
  const stored = Buffer.concat([gzipSync('a'), padding('gzip', MIB), gzipSync('b')]);

  expect(gunzipSync(stored).toString()).toBe('ab');
});
