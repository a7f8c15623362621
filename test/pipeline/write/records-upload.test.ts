import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Contract, Output } from '../../../src/datasets/contract.ts';
import type { ObjectPlace } from '../../../src/pipeline/write/object-upload.ts';
import { recordsUpload, type RecordsUpload } from '../../../src/pipeline/write/records-upload.ts';
import { contractOf } from '../../support/contracts.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { readParquet } from '../../support/read-parquet.ts';

const KEY = 'processed/a';

const OUTPUTS: readonly (readonly [string, Output, string])[] = [
  ['gzip JSON Lines', { format: 'jsonl', compression: 'gzip' }, 'application/gzip'],
  ['zstd JSON Lines', { format: 'jsonl', compression: 'zstd' }, 'application/zstd'],
  [
    'snappy Parquet',
    { format: 'parquet', compression: 'snappy' },
    'application/vnd.apache.parquet',
  ],
  ['gzip Parquet', { format: 'parquet', compression: 'gzip' }, 'application/vnd.apache.parquet'],
  ['zstd Parquet', { format: 'parquet', compression: 'zstd' }, 'application/vnd.apache.parquet'],
];

const contractWith = (output: Output): Contract =>
  contractOf([{ name: 'text', type: 'string' }], {
    millrace: { match: ['**'], output, lineage: false },
  });

const placeIn = ({ client }: FakeS3): ObjectPlace => ({ s3: client, bucket: 'target', key: KEY });
const open = (s3: FakeS3, output: Output): RecordsUpload =>
  recordsUpload(placeIn(s3), contractWith(output));

const lineOf = (text: string): string => `{"text":"${text}"}\n`;
/** A mebibyte of two lines, which hardly shrinks. */
const longLines = (): string =>
  [1, 2].map(() => lineOf(randomBytes(384 << 10).toString('base64'))).join('');
/** More than a part of an upload, and than a row group. */
const LONG = Array.from({ length: 20 }, longLines);

const textsOf = (lines: string): string[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);

/** The texts of an object's records. */
async function readTexts(body: Buffer, { format, compression }: Output): Promise<unknown[]> {
  if (format === 'parquet') return (await readParquet(body)).rows.map(({ text }) => text);
  const bytes = compression === 'gzip' ? gunzipSync(body) : zstdDecompressSync(body);
  return textsOf(bytes.toString('utf8'));
}

async function upload(lines: readonly string[], to: RecordsUpload): Promise<void> {
  for (const text of lines) await to.write(Buffer.from(text));
  await to.finish();
}

describe.each(OUTPUTS)('an upload of %s', (_, output, contentType) => {
  it('asks for nothing and writes no object without any line', async () => {
    const s3 = new FakeS3();
    const records = open(s3, output);
    await records.write(Buffer.from(''));
    expect(await records.finish()).toBeNull();
    expect(s3.commands).toEqual([]);
  });

  it('writes what fits one part with one request, once it is finished', async () => {
    const s3 = new FakeS3();
    const records = open(s3, output);
    await records.write(Buffer.from(lineOf('first')));
    await records.write(Buffer.from(lineOf('second') + lineOf('')));
    await setTimeout(20);
    expect(s3.commands).toEqual([]);

    const written = await records.finish();
    expect(s3.commands).toEqual(['PutObject']);
    const object = s3.objects.get(KEY)!;
    expect(written).toEqual({ key: KEY, bytes: object.body.length });
    expect(object.contentType).toBe(contentType);
    expect(await readTexts(object.body, output)).toEqual(['first', 'second', '']);
  });

  it('writes more in parts, of which nothing is visible before it is finished', async () => {
    const s3 = new FakeS3();
    const records = open(s3, output);
    for (const lines of LONG) await records.write(Buffer.from(lines));
    await setTimeout(20);
    expect(s3.commands).toContain('UploadPart');
    expect(s3.objects.size).toBe(0);

    const written = await records.finish();
    expect(s3.commands.at(-1)).toBe('CompleteMultipartUpload');
    const object = s3.objects.get(KEY)!;
    expect(written).toEqual({ key: KEY, bytes: object.body.length });
    expect(object.contentType).toBe(contentType);
    expect(await readTexts(object.body, output)).toEqual(LONG.flatMap(textsOf));
  });

  it('writes the same bytes however the lines are split', async () => {
    const lines = Array.from({ length: 3_000 }, (_, row) => lineOf(`row ${row * 7_919}`));
    const pieces = [lines, [lines.join('')], [lines.slice(0, 1).join(''), lines.slice(1).join('')]];
    const bodies = await Promise.all(
      pieces.map(async (split) => {
        const s3 = new FakeS3();
        await upload(split, open(s3, output));
        return s3.objects.get(KEY)!.body;
      }),
    );
    expect(bodies[1]!.equals(bodies[0]!)).toBe(true);
    expect(bodies[2]!.equals(bodies[0]!)).toBe(true);
  });

  it.each([
    ['one part', [lineOf('short')], 'PutObject'],
    ['several parts', LONG, 'CreateMultipartUpload'],
    ['several parts', LONG, 'UploadPart'],
    ['several parts', LONG, 'CompleteMultipartUpload'],
  ])('shows the failure of %s to whoever writes or finishes', async (_, lines, command) => {
    const s3 = new FakeS3().failOn(command);
    await expect(upload(lines, open(s3, output))).rejects.toThrow('S3 is away');
    expect(s3.objects.size).toBe(0);
    const created = command === 'UploadPart' || command === 'CompleteMultipartUpload';
    if (created) expect(s3.commands.at(-1)).toBe('AbortMultipartUpload');
  });

  it('asks for nothing when it is aborted before it was finished', async () => {
    const s3 = new FakeS3();
    const records = open(s3, output);
    await records.write(Buffer.from(lineOf('short')));
    await records.abort();
    expect(s3.commands).toEqual([]);
  });

  it('can be aborted before anything was written', async () => {
    await expect(open(new FakeS3(), output).abort()).resolves.toBeUndefined();
  });

  it('drops the parts that were sent when it is aborted', async () => {
    const s3 = new FakeS3();
    const records = open(s3, output);
    for (const lines of LONG) await records.write(Buffer.from(lines));
    await records.abort();
    expect(s3.commands).toContain('UploadPart');
    expect(s3.commands.at(-1)).toBe('AbortMultipartUpload');
    expect(s3.objects.size).toBe(0);
  });

  it('lets its writer wait while S3 takes no more', async () => {
    const s3 = new FakeS3();
    const release = s3.hold();
    const records = open(s3, output);
    let written = 0;
    const all = [...LONG, ...LONG, ...LONG.slice(10)];
    const run = (async () => {
      for (const lines of all) {
        await records.write(Buffer.from(lines));
        written += 1;
      }
      return records.finish();
    })();
    let before = -1;
    while (written > before) {
      before = written;
      await setTimeout(250);
    }
    expect(written).toBeLessThan(all.length);

    release();
    expect((await run)?.bytes).toBe(s3.objects.get(KEY)!.body.length);
  }, 30_000);
});

it('a file without a contract becomes gzip-compressed JSON Lines', async () => {
  const s3 = new FakeS3();
  await upload([lineOf('only')], recordsUpload(placeIn(s3), null));
  const { body, contentType } = s3.objects.get(KEY)!;
  expect(contentType).toBe('application/gzip');
  expect(gunzipSync(body).toString()).toBe(lineOf('only'));
});

it('zstd-compressed JSON Lines are one frame with a checksum', async () => {
  const s3 = new FakeS3();
  await upload([lineOf('a'), lineOf('b')], open(s3, { format: 'jsonl', compression: 'zstd' }));
  const { body } = s3.objects.get(KEY)!;
  const MAGIC = Buffer.from('28b52ffd', 'hex');
  expect(body.indexOf(MAGIC)).toBe(0);
  expect(body.lastIndexOf(MAGIC)).toBe(0);
  // RFC 8878, 3.1.1.1: bit 2 of the frame's descriptor.
  expect(body[4]! & 0b100).toBe(0b100);
});
