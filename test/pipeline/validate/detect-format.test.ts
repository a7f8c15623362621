import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ENCODINGS, type Contract } from '../../../src/datasets/contract.ts';
import { byteOrderMarkOf, sourceBytes } from '../../../src/pipeline/encoding.ts';
import { detectFormat, type DetectedFormat } from '../../../src/pipeline/validate/detect-format.ts';
import { FileRejected } from '../../../src/shared/errors.ts';
import { contractOf } from '../../support/contracts.ts';
import fc from '../../support/fast-check.ts';
import { rejection } from '../../support/rejection.ts';

const SAMPLE_BYTES = 256 * 1024;
const DATA = resolve(__dirname, '../../../node_modules/vega-datasets/data');

/** Detects the format of a whole file the way Validate does: from its beginning. */
function detect(
  content: Buffer | string,
  key = 'in/file',
  contract: Contract | null = null,
): Promise<DetectedFormat> {
  const bytes = Buffer.from(content as Buffer);
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  return detectFormat(sample, key, { complete: sample.length === bytes.length, contract });
}

/** A contract that states how files are read. */
const stating = (statements: object): Contract =>
  contractOf([{ name: 'id', type: 'integer' }, { name: 'name' }], {
    millrace: { match: ['**'], ...statements },
  });

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

  it.each(named('csv', 'tsv'))('reads %s by its extension and with its header', async (file) => {
    const content = read(file);
    const delimiter = file.endsWith('.tsv') ? '\t' : ',';
    const [firstLine = ''] = content
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .split(/\r?\n/);
    const lineEnd = content.includes('\r\n') ? 'crlf' : 'lf';
    const cells = firstLine.split(delimiter).map((cell) => cell.replace(/^"(.*)"$/, '$1'));
    const expected = {
      compression: 'none',
      encoding: 'utf-8',
      format: { type: 'csv', dialect: { delimiter, quote: '"', lineEnd, header: true } },
      firstRecord: { cells, isCut: false },
    };
    expect(await detect(content, file)).toMatchObject(expected);
    expect(await detect(content, 'no-extension')).toMatchObject(expected);
  });

  it.each(named('json'))('reads %s when it is an array or one object per line', async (file) => {
    const content = read(file);
    const isArray = Array.isArray(JSON.parse(content.toString('utf8')));
    const isOneLine = !content.toString('utf8').trim().includes('\n');
    const format = { type: isArray ? 'json-array' : 'json-lines' };
    if (isArray || isOneLine) expect(await detect(content, file)).toMatchObject({ format });
    else await expect(detect(content, file)).rejects.toThrow(rejection('UNSUPPORTED_FORMAT'));
  });

  it.each(named('json'))('knows %s when it is named .csv', async (file) => {
    await expect(detect(read(file), 'a.csv')).rejects.toThrow(rejection('WRONG_EXTENSION'));
  });

  it.each(named('png', 'arrow', 'parquet'))('refuses %s', async (file) => {
    await expect(detect(read(file), file)).rejects.toThrow(rejection('UNSUPPORTED_FORMAT'));
  });
});

describe('detectFormat', () => {
  it.each<[string, string, object]>([
    ['a CSV file', 'a;b\n1;2\n', csv(';')],
    ['JSON Lines', '{"a":1}\n{"a":2}\n', { format: { type: 'json-lines' } }],
    ['a JSON array', ' \n[{"a":1}]', { format: { type: 'json-array' } }],
    ['a text that starts like a GIF', 'GIF87,a\n1,2\n', csv()],
  ])('recognises %s, whatever the compression and the encoding', async (_, text, expected) => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
      const bytes = sourceBytes(encoding, Buffer.from(text));
      const marked = Buffer.concat([byteOrderMarkOf(encoding), bytes]);
      for (const [compression, stored] of [
        ['none', marked],
        ['gzip', gzipSync(marked)],
        ['zstd', zstdCompressSync(marked)],
      ] as const) {
        const found = { compression, encoding, byteOrderMark: true, ...expected };
        expect(await detect(stored)).toMatchObject(found);
      }
    }
    const plain = { compression: 'none', encoding: 'utf-8', byteOrderMark: false };
    expect(await detect(text)).toMatchObject({ ...plain, ...expected });
  });

  it('is as sure of JSON as one can be', async () => {
    const { detection } = await detect('{"a":1}\n{"a":2}\n');
    expect(detection).toEqual({ confidence: 1, sampleRecords: 2, stated: [] });
  });

  it('says how sure it is of CSV, and by how many records', async () => {
    const { detection } = await detect('a,b\n1,2\n3,4\n');
    expect(detection.sampleRecords).toBeGreaterThan(1);
    expect(detection.confidence).toBeGreaterThan(0);
    expect(detection.stated).toEqual([]);
  });

  it('gives the first record and whether it is a header', async () => {
    const { firstRecord, byteOrderMark } = await detect('\ufeff"id",name\n1,a\n');
    expect(firstRecord).toEqual({ cells: ['id', 'name'], isCut: false });
    expect(byteOrderMark).toBe(true);
    expect(await detect('7,AB\n', 'a.csv', stating({}))).toMatchObject({
      firstRecord: { cells: ['7', 'AB'], isCut: false },
      format: { dialect: { header: false } },
    });
  });

  it('gives as much of a long first record as it sees', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `column ${index}`);
    const { firstRecord } = await detect(`${names.join(',')}\n`);
    expect(firstRecord?.isCut).toBe(true);
    expect(firstRecord?.cells.length).toBeGreaterThan(20_000);
    expect(names.slice(0, 20_000)).toEqual(firstRecord?.cells.slice(0, 20_000));
  });

  it('reads a long file from its beginning, which ends inside a quoted field', async () => {
    const row = `1;"${'long, long text\n'.repeat(1_000)}";x\n`;
    expect(await detect(`id;text;more\n${row.repeat(30)}`)).toMatchObject({
      ...csv(';'),
      firstRecord: { cells: ['id', 'text', 'more'] },
    });
  });

  it.each([gzipSync, zstdCompressSync])('reads the beginning of a long file', async (compress) => {
    const rows = Array.from({ length: 200_000 }, (_, index) => `${index};${Math.sin(index)}\n`);
    expect(await detect(compress(`id;sine\n${rows.join('')}`))).toMatchObject(csv(';'));
  });

  it('looks at the beginning only of a file that expands a lot', async () => {
    const started = performance.now();
    expect(await detect(gzipSync('a,b\n'.repeat(10 << 20)))).toMatchObject(csv());
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('leaves a stray NUL and stray bytes of another encoding to their rows', async () => {
    const rows = Buffer.concat([Buffer.from('a,b\n1,\0\n2,'), Buffer.of(0xfc), Buffer.from('\n')]);
    const others = Buffer.from('3,4\n'.repeat(100));
    expect(await detect(Buffer.concat([rows, others]))).toMatchObject(csv());
  });
});

describe('detectFormat on any bytes', () => {
  const text = fc.constantFrom(
    'a,b\n',
    '1,2\n',
    '"',
    '[',
    '{"a":1}\n',
    '\r',
    '\0',
    'ü',
    ' ',
    '<html>',
  );
  const bytes = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 8 }).map((array) => Buffer.from(array)),
        text.map((part) => Buffer.from(part)),
        text.map((part) => Buffer.from(part, 'utf16le')),
        fc
          .constantFrom('efbbbf', 'fffe', 'feff', '1f8b', '28b52ffd')
          .map((hex) => Buffer.from(hex, 'hex')),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Buffer.concat(parts));
  const keys = fc.constantFrom('a.csv', 'a.json', 'a.txt.gz', 'a.jsonl.zst', 'a');
  const wraps = fc.constantFrom((plain: Buffer) => plain, gzipSync, zstdCompressSync);

  it('finds a format or rejects the file, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, keys, wraps, fc.boolean(), async (plain, key, wrap, complete) => {
        const outcome = await detectFormat(wrap(plain), key, { complete, contract: null }).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(FileRejected);
        else expect(outcome).toHaveProperty('format');
      }),
      { numRuns: 2_000 },
    );
  }, 60_000);
});

describe('detectFormat under a contract', () => {
  const text = 'id;name\n1;ü\n';

  it.each(ENCODINGS)('reads %s where the contract states it', async (encoding) => {
    const bytes = sourceBytes(encoding, Buffer.from(text));
    expect(await detect(gzipSync(bytes), 'a.csv.gz', stating({ encoding }))).toMatchObject({
      ...csv(';'),
      compression: 'gzip',
      encoding,
      byteOrderMark: false,
      firstRecord: { cells: ['id', 'name'] },
      detection: { stated: ['encoding'] },
    });
  });

  it('lets a byte order mark overrule the encoding that the contract states', async () => {
    const found = await detect(`\ufeff${text}`, 'a.csv', stating({ encoding: 'windows-1252' }));
    const { encoding, byteOrderMark, detection } = found;
    expect({ encoding, byteOrderMark }).toEqual({ encoding: 'utf-8', byteOrderMark: true });
    expect(detection.stated).toEqual([]);
  });

  it.each<['csv' | 'json-array' | 'json-lines', string, string]>([
    ['csv', 'a.json', text],
    ['csv', 'a.csv', '{"a":1};x\n{"a":2};y\n'],
    ['csv', 'a.dat', '[{"a":1}]'],
    ['json-lines', 'a.csv', '{"a":1}\n{"a":2}\n'],
    ['json-lines', 'a.dat', 'no JSON\n{"a":2}\n'],
    ['json-array', 'a.csv', '[{"a":1}]'],
  ])('reads as %s what it states to be that: %s', async (type, key, content) => {
    const { format, detection } = await detect(content, key, stating({ format: type }));
    expect(format.type).toBe(type);
    expect(detection.stated).toEqual(['format']);
  });

  it('says all that the contract states', async () => {
    const statements = { format: 'csv', encoding: 'utf-8', dialect: { delimiter: ';' } };
    const { detection } = await detect(text, 'a.csv', stating(statements));
    expect(detection.stated).toEqual(['format', 'encoding', 'delimiter']);
  });
});

describe('detectFormat on what it does not take', () => {
  it.each<[string, Buffer | string]>([
    ['no bytes', ''],
    ['a byte order mark only', '\ufeff'],
    ['a byte order mark of UTF-16LE only', Buffer.from('fffe', 'hex')],
    ['a byte order mark of UTF-16BE only', Buffer.from('feff', 'hex')],
    ['white space only', ' \r\n\t\n'],
    ['white space in UTF-16 only', Buffer.from('\ufeff \n\u2003', 'utf16le')],
    ['gzip of nothing', gzipSync('')],
    ['zstd of nothing', zstdCompressSync('')],
    ['gzip of a byte order mark and white space', gzipSync('\ufeff \n')],
  ])('rejects a file with %s as empty', async (_, content) => {
    await expect(detect(content)).rejects.toThrow(rejection('EMPTY_FILE'));
    await expect(detect(content)).rejects.toThrow('the file holds no text, only white space');
  });

  it('rejects a file that begins with too much white space', async () => {
    await expect(detect(`${'\n'.repeat(300_000)}a,b\n`)).rejects.toThrow(
      `EMPTY_FILE: the file's beginning of ${SAMPLE_BYTES} bytes holds no text`,
    );
  });

  it.each<[string, Buffer | string, string]>([
    ['a Parquet file in gzip', gzipSync(Buffer.from('PAR1\0\0')), 'a Parquet file'],
    ['gzip in gzip', gzipSync(gzipSync('a,b\n1,2\n')), 'compressed twice'],
    ['zstd in gzip', gzipSync(zstdCompressSync('a,b\n1,2\n')), 'compressed twice'],
    ['UTF-32', Buffer.from('fffe0000610000000a000000', 'hex'), 'UTF-32'],
    [
      'an HTML page',
      '<!DOCTYPE html><html></html>',
      'an HTML or XML document: it starts at byte 0',
    ],
    ['an HTML page without a doctype', '\ufeff \n<HTML>\n', 'document: it starts at byte 5'],
    ['an XML document', '<?xml version="1.0"?>\n<a/>', 'an HTML or XML document'],
    ['one object over many lines', '{\n  "a": 1,\n  "b": [1,\n 2]\n}\n', 'one JSON object'],
  ])('refuses %s and says what it is', async (_, content, reason) => {
    await expect(detect(content)).rejects.toThrow(rejection('UNSUPPORTED_FORMAT'));
    await expect(detect(content)).rejects.toThrow(reason);
  });

  it('refuses what is no set of records even where the contract states CSV', async () => {
    const page = detect('<!DOCTYPE html><html></html>', 'a.csv', stating({ format: 'csv' }));
    await expect(page).rejects.toThrow(rejection('UNSUPPORTED_FORMAT'));
  });

  it.each<[string, string, string]>([
    ['a.json', 'a,b\n1,2\n', 'neither "[" nor "{" stands at byte 0'],
    ['a.csv', '\n[{"a":1}]', 'a JSON array starts at byte 1'],
  ])('rejects %s with the content of the other', async (key, content, reason) => {
    await expect(detect(content, key)).rejects.toThrow(rejection('WRONG_EXTENSION'));
    await expect(detect(content, key)).rejects.toThrow(reason);
  });

  it('counts positions in the bytes of the file', async () => {
    const content = Buffer.from('\ufeff\n[{"a":1}]', 'utf16le');
    await expect(detect(content, 'a.csv')).rejects.toThrow('a JSON array starts at byte 4');
  });

  it('rejects UTF-16 without a byte order mark and says how to state it', async () => {
    const content = detect(Buffer.from('a,b\n1,2\n', 'utf16le'));
    await expect(content).rejects.toThrow(
      /^BINARY_CONTENT: .* UTF-16LE .* state "encoding": "utf-16le" in the "millrace" block/,
    );
  });

  it('rejects what is no text', async () => {
    await expect(detect(Buffer.alloc(100))).rejects.toThrow(rejection('BINARY_CONTENT'));
    await expect(detect(gzipSync(Buffer.alloc(100)))).rejects.toThrow(rejection('BINARY_CONTENT'));
  });

  it.each<[string, Buffer]>([
    ['a damaged header', Buffer.from([0x1f, 0x8b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['damaged data', Buffer.concat([gzipSync('a').subarray(0, 10), Buffer.alloc(20, 0xff)])],
    ['an early end', gzipSync('a,b\n').subarray(0, 12)],
  ])('rejects gzip with %s', async (_, content) => {
    await expect(detect(content)).rejects.toThrow(rejection('CORRUPT_GZIP'));
  });

  it('rejects zstd with an early end', async () => {
    const content = zstdCompressSync('a,b\n').subarray(0, 10);
    await expect(detect(content)).rejects.toThrow(rejection('CORRUPT_ZSTD'));
  });
});
