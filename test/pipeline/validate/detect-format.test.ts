import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import type { Contract } from '../../../src/datasets/contract.ts';
import { detectFormat, type DetectedFormat } from '../../../src/pipeline/validate/detect-format.ts';
import { contractOf } from '../../support/contracts.ts';
import { rejection } from '../../support/rejection.ts';

const SAMPLE_BYTES = 256 * 1024;
const DATA = resolve(__dirname, '../../../node_modules/vega-datasets/data');

/** Detects the format of a whole file the way Validate does: from its beginning. */
function detect(content: Buffer | string, key = 'in/file', contract: Contract | null = null) {
  const bytes = Buffer.from(content as Buffer);
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  return detectFormat(sample, key, { complete: sample.length === bytes.length, contract });
}

const csv = (delimiter = ','): object => ({ format: { type: 'csv', dialect: { delimiter } } });

describe('detectFormat on the files of vega-datasets', () => {
  const files = readdirSync(DATA);
  const named = (...extensions: string[]): string[] =>
    files.filter((file) => extensions.some((extension) => file.endsWith(`.${extension}`)));
  const read = (file: string): Buffer => readFileSync(join(DATA, file));

  it('has many to look at', () => {
    expect(named('csv', 'tsv').length).toBeGreaterThan(20);
    expect(named('json').length).toBeGreaterThan(30);
  });

  it.each(named('csv', 'tsv'))('reads %s by its extension and with its header', (file) => {
    const content = read(file);
    const delimiter = file.endsWith('.tsv') ? '\t' : ',';
    const [firstLine = ''] = content
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .split(/\r?\n/);
    const expected: Partial<DetectedFormat> = {
      compression: 'none',
      format: {
        type: 'csv',
        dialect: {
          delimiter,
          quote: '"',
          lineEnd: content.includes('\r\n') ? 'crlf' : 'lf',
          header: true,
        },
      },
      firstRecord: firstLine.split(delimiter).map((cell) => cell.replace(/^"(.*)"$/, '$1')),
    };
    expect(detect(content, file)).toMatchObject(expected);
    expect(detect(content, 'no-extension')).toMatchObject(expected);
  });

  it.each(named('json'))('reads %s when it is an array or one object per line', (file) => {
    const content = read(file);
    const isArray = Array.isArray(JSON.parse(content.toString('utf8')));
    const isOneLine = !content.toString('utf8').trim().includes('\n');
    if (isArray) expect(detect(content, file).format).toEqual({ type: 'json-array' });
    else if (isOneLine) expect(detect(content, file).format).toEqual({ type: 'json-lines' });
    else expect(() => detect(content, file)).toThrow(rejection('UNSUPPORTED_FORMAT'));
  });

  it.each(named('png', 'arrow', 'parquet'))('refuses %s', (file) => {
    expect(() => detect(read(file), file)).toThrow(rejection('UNSUPPORTED_FORMAT'));
  });
});

describe('detectFormat', () => {
  it.each<[string, string, object]>([
    ['a CSV file', 'a;b\n1;2\n', csv(';')],
    ['JSON Lines', '{"a":1}\n{"a":2}\n', { format: { type: 'json-lines' } }],
    ['JSON Lines behind blank lines', '\n\r\n {"a":1}\n', { format: { type: 'json-lines' } }],
    ['JSON Lines with a bad first line', '{"a":\n{"a":2}\n', { format: { type: 'json-lines' } }],
    ['one object on one line', '{"a":{"b":1}}', { format: { type: 'json-lines' } }],
    ['a JSON array', ' \n[{"a":1}]', { format: { type: 'json-array' } }],
    ['an empty JSON array', '[]', { format: { type: 'json-array' } }],
    ['a text that starts like a GIF', 'GIF87,a\n1,2\n', csv()],
  ])('recognises %s, in the open and in gzip', (_, text, expected) => {
    const plain = { compression: 'none', byteOrderMark: false };
    expect(detect(text)).toMatchObject({ ...plain, ...expected });
    const gzip = { compression: 'gzip', byteOrderMark: false };
    expect(detect(gzipSync(text))).toMatchObject({ ...gzip, ...expected });
    const marked = { compression: 'gzip', byteOrderMark: true };
    expect(detect(gzipSync(`\ufeff${text}`))).toMatchObject({ ...marked, ...expected });
  });

  it.each<[string, string, object]>([
    ['in/a.csv', '[x];[y]\n1;2\n', csv(';')],
    ['in/a.tsv', '{x}\t{y}\n1\t2\n', csv('\t')],
    ['in/a.txt.gz', '[x]|[y]\n1|2\n', csv('|')],
    ['in/A.CSV', '[x];[y]\n1;2\n', csv(';')],
  ])('lets the name %s decide where the bytes leave a choice', (key, text, expected) => {
    expect(detect(text, key)).toMatchObject(expected);
  });

  it('gives the first record and whether it is a header', () => {
    const { firstRecord, byteOrderMark } = detect('\ufeff"id",name\n1,a\n');
    expect(firstRecord).toEqual(['id', 'name']);
    expect(byteOrderMark).toBe(true);
    const contract = contractOf([{ name: 'id', type: 'integer' }, { name: 'code' }]);
    expect(detect('7,AB\n', 'a.csv', contract)).toMatchObject({
      firstRecord: ['7', 'AB'],
      format: { dialect: { header: false } },
    });
  });

  it('reads a long file from its beginning, which ends inside a quoted field', () => {
    const row = `1;"${'long, long text\n'.repeat(1_000)}";x\n`;
    expect(detect(`id;text;more\n${row.repeat(30)}`)).toMatchObject({
      ...csv(';'),
      firstRecord: ['id', 'text', 'more'],
    });
  });

  it('reads the beginning of a long gzip file', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => `${index};${Math.sin(index)}\n`);
    expect(detect(gzipSync(`id;sine\n${rows.join('')}`))).toMatchObject(csv(';'));
  });

  it('reads a file of JSON Lines whose first line is longer than what is looked at', () => {
    const line = JSON.stringify({ a: 'x'.repeat(2 * SAMPLE_BYTES) });
    expect(detect(`${line}\n${line}\n`, 'a.jsonl').format).toEqual({ type: 'json-lines' });
  });

  it('looks at the beginning only of a file that expands a lot', () => {
    const started = performance.now();
    expect(detect(gzipSync('a,b\n'.repeat(10 << 20)))).toMatchObject(csv());
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it.each<[string, Buffer | string]>([
    ['no bytes', ''],
    ['a byte order mark only', '\ufeff'],
    ['white space only', ' \r\n\t\n'],
    ['gzip of nothing', gzipSync('')],
    ['gzip of a byte order mark and white space', gzipSync('\ufeff \n')],
  ])('rejects a file with %s as empty', (_, content) => {
    expect(() => detect(content)).toThrow(rejection('EMPTY_FILE'));
  });

  it.each<[string, Buffer | string, string]>([
    ['a zip file', Buffer.from('PK\x03\x04\x14\x00\x00\x00', 'latin1'), 'a zip archive'],
    ['a PNG image', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'a PNG image'],
    ['a JPEG image', Buffer.from('\xff\xd8\xff\xe0\x00\x10JFIF', 'latin1'), 'a JPEG image'],
    ['a GIF image', Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'), 'a GIF image'],
    ['a Parquet file', Buffer.from('PAR1\x15\x04\x15\x00', 'latin1'), 'a Parquet file'],
    ['an Avro file', Buffer.from('Obj\x01\x04\x00', 'latin1'), 'an Avro file'],
    ['a zstd archive', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00]), 'a zstd archive'],
    ['a bzip2 archive', Buffer.from('BZh91AY&SY\xff\x00', 'latin1'), 'a bzip2 archive'],
    ['an xz archive', Buffer.from('\xfd7zXZ\0\0', 'latin1'), 'an xz archive'],
    ['a PDF document', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'), 'a PDF document'],
    ['a Parquet file in gzip', gzipSync(Buffer.from('PAR1\0\0')), 'a Parquet file'],
    ['gzip in gzip', gzipSync(gzipSync('a,b\n1,2\n')), 'binary content'],
    [
      'deflated bytes with a NUL',
      Buffer.concat([deflateSync('a'), Buffer.of(0)]),
      'binary content',
    ],
    ['a NUL in the text', 'a,b\n1,\0\n', 'binary content: a NUL at byte 6'],
    ['an HTML page', '<!DOCTYPE html><html></html>', 'an HTML or XML document'],
    ['an HTML page without a doctype', ' \n<HTML>\n', 'an HTML or XML document'],
    ['an XML document', '<?xml version="1.0"?>\n<a/>', 'an HTML or XML document'],
    ['one object over many lines', '{\n  "a": 1,\n  "b": [1,\n 2]\n}\n', 'one JSON object'],
  ])('refuses %s and says what it is', (_, content, reason) => {
    expect(() => detect(content)).toThrow(rejection('UNSUPPORTED_FORMAT'));
    expect(() => detect(content)).toThrow(reason);
  });

  it.each(['a.json', 'a.jsonl', 'a.ndjson', 'a.json.gz'])('refuses %s without JSON', (key) => {
    expect(() => detect('a,b\n1,2\n', key)).toThrow(rejection('UNSUPPORTED_FORMAT'));
  });

  it.each([
    ['little', Buffer.from('\ufeffa,b\n', 'utf16le')],
    ['big', Buffer.from('\ufeffa,b\n', 'utf16le').swap16()],
  ])('refuses UTF-16, %s endian', (_, content) => {
    expect(() => detect(content)).toThrow(rejection('INVALID_ENCODING'));
  });

  it.each<[string, Buffer]>([
    ['a damaged header', Buffer.from([0x1f, 0x8b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['damaged data', Buffer.concat([gzipSync('a').subarray(0, 10), Buffer.alloc(20, 0xff)])],
  ])('rejects gzip with %s', (_, content) => {
    expect(() => detect(content)).toThrow(rejection('CORRUPT_GZIP'));
  });
});
