import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { NoticeCode, type FileCode, type RowCode } from '../../src/shared/error-codes.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import { DeployedApp } from './support/deployed-app.ts';

const MIB = 1024 * 1024;
const CSV = 'id,note\n1,one\n2,two\n';
/** 64 MiB of rows, which compress to almost nothing. */
const MANY_ROWS = Buffer.alloc(64 * MIB, '1,one\n2,two\n');
const TEN_GIB = 160;

/** A file that expands to `count` times 64 MiB. */
const bomb = (compressed: Buffer, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => compressed));

/** Files that are rejected as a whole. */
const REJECTED: readonly [string, string, () => Buffer | string, FileCode][] = [
  [
    'a gzip bomb of 10 GiB',
    'bomb.csv.gz',
    () => bomb(gzipSync(MANY_ROWS), TEN_GIB),
    'EXPANSION_TOO_LARGE',
  ],
  [
    'a zstd bomb of 10 GiB',
    'bomb.csv.zst',
    () => bomb(zstdCompressSync(MANY_ROWS), TEN_GIB),
    'EXPANSION_TOO_LARGE',
  ],
  [
    'a field of 200 MB',
    'field.csv',
    () => `id,note\n1,"${'x'.repeat(200_000_000)}"\n`,
    'RECORD_TOO_LARGE',
  ],
  ['100,000 columns', 'columns.csv', () => wide(100_000), 'TOO_MANY_COLUMNS'],
  [
    'a file beyond the size limit that cannot be split',
    'large.json',
    () => Buffer.from(`[${'{"id":1},'.repeat((257 * MIB) / 9)}{"id":1}]`),
    'FILE_TOO_LARGE',
  ],
  ['an unclosed quote', 'unclosed.csv', () => `${CSV}3,"open\n4,four\n`, 'UNCLOSED_QUOTE'],
  ['a malformed header', 'header.csv', () => '"id"x,note\n1,one\n', 'MALFORMED_HEADER'],
  [
    'a header in Latin-1',
    'latin-1.csv',
    () => Buffer.from('id,größe\n1,2\n', 'latin1'),
    'INVALID_ENCODING',
  ],
  ['random bytes', 'random.csv', () => randomBytes(10_000), 'BINARY_CONTENT'],
  ['NULs only', 'nuls.csv', () => Buffer.alloc(1_000), 'BINARY_CONTENT'],
  ['an image named .csv', 'image.csv', () => Buffer.from(PNG, 'base64'), 'UNSUPPORTED_FORMAT'],
  [
    'an HTML page named .csv',
    'login.csv',
    () => '<!DOCTYPE html><html></html>',
    'UNSUPPORTED_FORMAT',
  ],
  [
    'truncated gzip',
    'truncated.csv.gz',
    () => truncated(gzipSync(CSV.repeat(500))),
    'CORRUPT_GZIP',
  ],
  [
    'truncated zstd',
    'truncated.csv.zst',
    () => truncated(zstdCompressSync(CSV.repeat(500))),
    'CORRUPT_ZSTD',
  ],
  ['truncated JSON', 'truncated.json', () => '[{"id":1},{"id":2}', 'TRUNCATED_JSON'],
  [
    'JSON with something out of place',
    'comma.json',
    () => '[{"id":1},,{"id":2}]',
    'MALFORMED_JSON',
  ],
  [
    'a JSON object where an array is expected',
    'object.json',
    () => '{\n  "a": 1\n}\n',
    'UNSUPPORTED_FORMAT',
  ],
  ['JSON named .csv', 'json.csv', () => '[{"id":1},{"id":2}]', 'WRONG_EXTENSION'],
  ['CSV named .json', 'csv.json', () => CSV, 'WRONG_EXTENSION'],
  ['an empty file', 'empty.csv', () => '', 'EMPTY_FILE'],
  ['white space only', 'blank.csv', () => ' \n\n', 'EMPTY_FILE'],
  ['a byte order mark only', 'only-bom.csv', () => '\ufeff', 'EMPTY_FILE'],
  [
    'a byte order mark of UTF-16 only',
    'only-bom-16.csv',
    () => Buffer.from([0xff, 0xfe]),
    'EMPTY_FILE',
  ],
];

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function wide(columns: number): string {
  const header = Array.from({ length: columns }, (_, index) => `column ${index}`).join(',');
  return `${header}\n${',1'.repeat(columns).slice(1)}\n`;
}

const truncated = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length - 20);

interface Taken {
  readonly body: Buffer | string;
  readonly records: readonly object[];
  /** Row number and code of each rejected row. */
  readonly rejects?: readonly [number, RowCode][];
  readonly notices?: Readonly<Record<string, number>>;
}

const NESTED = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

/** Files that are taken, but for single rows. */
const TAKEN: Readonly<Record<string, Taken>> = {
  'ragged rows.csv': {
    body: 'id,note\n1,one\n2\n3,three,3\n4,four\n',
    records: [
      { id: '1', note: 'one' },
      { id: '4', note: 'four' },
    ],
    rejects: [
      [2, 'TOO_FEW_FIELDS'],
      [3, 'TOO_MANY_FIELDS'],
    ],
  },
  'duplicate and empty header names.csv': {
    body: 'id,id,,note\n1,2,3,4\n',
    records: [{ id: '1', id_2: '2', column_3: '3', note: '4' }],
    notices: { [NoticeCode.DUPLICATE_COLUMN_NAME]: 1, [NoticeCode.EMPTY_COLUMN_NAME]: 1 },
  },
  'names of JavaScript as header names.csv': {
    body: '__proto__,constructor,toString\n1,2,3\n',
    records: [JSON.parse('{"__proto__":"1","constructor":"2","toString":"3"}') as object],
  },
  'names that Millrace writes as header names.csv': {
    body: 'id,_row,_file\n1,2,3\n',
    records: [{ id: '1', _rescued: { _row: '2', _file: '3' } }],
    notices: { [NoticeCode.VALUES_RESCUED]: 1 },
  },
  'a quote inside an unquoted field.csv': {
    body: 'id,note\n1,5" pipe\n2,two\n',
    records: [
      { id: '1', note: '5" pipe' },
      { id: '2', note: 'two' },
    ],
    notices: { [NoticeCode.QUOTE_IN_UNQUOTED_FIELD]: 1 },
  },
  'text after a closing quote.csv': {
    body: 'id,note\n1,"one" more\n2,two\n',
    records: [{ id: '2', note: 'two' }],
    rejects: [[1, 'TEXT_AFTER_CLOSING_QUOTE']],
  },
  'a lone CR.csv': {
    body: `id,note\n1,o\rne\n${'2,two\n'.repeat(3)}`,
    records: Array.from({ length: 3 }, () => ({ id: '2', note: 'two' })),
    rejects: [[1, 'STRAY_CARRIAGE_RETURN']],
  },
  'a NUL in a row.csv': {
    body: `id,note\n1,o\0ne\n${'2,two\n'.repeat(50)}`,
    records: Array.from({ length: 50 }, () => ({ id: '2', note: 'two' })),
    rejects: [[1, 'NUL_BYTE']],
  },
  'rows in Latin-1.csv': {
    body: Buffer.from('id,note\n1,größe\n2,two\n', 'latin1'),
    records: [{ id: '2', note: 'two' }],
    rejects: [[1, 'INVALID_ENCODING']],
  },
  'deeply nested.json': {
    body: `[{"id":1,"a":${NESTED}},{"id":2}]`,
    records: [{ id: 2 }],
    rejects: [[1, 'INVALID_JSON']],
  },
  'a property twice.jsonl': {
    body: '{"id":1,"id":2}\n{"id":3}\n',
    records: [{ id: 3 }],
    rejects: [[1, 'DUPLICATE_PROPERTY']],
  },
  'a truncated last line.jsonl': {
    body: '{"id":1}\n{"id":',
    records: [{ id: 1 }],
    rejects: [[2, 'INVALID_JSON']],
  },
  'a header only.csv': { body: 'id,note\n', records: [], notices: { [NoticeCode.NO_ROWS]: 1 } },
  'an empty array.json': { body: '[]', records: [], notices: { [NoticeCode.NO_ROWS]: 1 } },
};

const keyOf = (name: string): string => `hostile/${name}`;

let app: DeployedApp;
const files = new Map<string, UploadedFile>();
const items = new Map<string, LedgerItem>();

beforeAll(async () => {
  app = await DeployedApp.open();
  const bodies: [string, () => Buffer | string][] = [
    ...REJECTED.map(([, name, body]): [string, () => Buffer | string] => [name, body]),
    ...Object.entries(TAKEN).map(([name, { body }]): [string, () => Buffer | string] => [
      name,
      () => body,
    ]),
  ];
  // One after the other: the largest ones take hundreds of megabytes each.
  for (const [name, body] of bodies) files.set(name, await app.put(keyOf(name), body()));
  const ended = await app.awaitEnds([...files.values()], 240);
  [...files.keys()].forEach((name, index) => items.set(name, ended[index]!));
}, 300_000);

describe('hostile files', () => {
  it.each(REJECTED)('%s is rejected with its code', async (_, name, __, code) => {
    const item = items.get(name)!;
    expect(item).toMatchObject({ status: 'REJECTED', code, attempt: 1 });
    await expectKept(item, files.get(name)!);
  });

  it.each(Object.entries(TAKEN))('%s: all that can be read is taken', async (name, expected) => {
    const { records, rejects = [], notices = {} } = expected;
    const item = items.get(name)!;
    expect(item.status).toBe('SUCCEEDED');
    expect(await app.records(item)).toEqual(records);
    const rejected = await app.rejectedRows(item);
    expect(rejected.map(({ row, code }) => [row, code])).toEqual(rejects);
    const { counts } = await app.manifest(item);
    expect(counts).toMatchObject({
      rowsRead: records.length + rejects.length,
      rowsWritten: records.length,
      rowsRejected: rejects.length,
    });
    expect(counts.noticesByCode).toEqual(notices);
  });
});

/** The source object is untouched, and a rejected one is kept a second time. */
async function expectKept(item: LedgerItem, file: UploadedFile): Promise<void> {
  const { outputs } = app.deployment;
  const source = { Bucket: outputs.SourceBucketName, Key: file.key };
  const { ETag, ContentLength } = await app.s3.send(new HeadObjectCommand(source));
  const copy = { Bucket: outputs.TargetBucketName, Key: item.rejectedKey! };
  const kept = await app.s3.send(new HeadObjectCommand(copy));
  expect(kept).toMatchObject({ ETag, ContentLength });
}
