import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DeployedApp } from './support/deployed-app.ts';

let app: DeployedApp;

beforeAll(async () => {
  app = await DeployedApp.open();
});

const ROWS = [
  { id: '1', note: 'plain' },
  { id: '2', note: 'with, comma and "quotes"' },
];
const CSV = 'id,note\r\n1,plain\r\n2,"with, comma and ""quotes"""\r\n';
const LINES = `${ROWS.map((row) => JSON.stringify(row)).join('\n')}\n`;

describe('input formats', () => {
  it.each<[string, string, Buffer | string]>([
    ['CSV', 'formats/plain.csv', CSV],
    ['CSV with a byte order mark', 'formats/bom.csv', `\ufeff${CSV}`],
    [
      'CSV with semicolons',
      'formats/semicolons.csv',
      'id;note\n1;plain\n2;"with, comma and ""quotes"""\n',
    ],
    [
      'CSV with pipes and no last line end',
      'formats/pipes.txt',
      'id|note\n1|plain\n2|"with, comma and ""quotes"""',
    ],
    ['gzip-compressed CSV', 'formats/plain.csv.gz', gzipSync(CSV)],
    ['a JSON array', 'formats/array.json', JSON.stringify(ROWS, null, 2)],
    ['JSON Lines', 'formats/lines.jsonl', LINES],
    ['gzip-compressed JSON Lines', 'formats/lines.jsonl.gz', gzipSync(LINES)],
    ['zstd-compressed CSV', 'formats/plain.csv.zst', zstdCompressSync(CSV)],
    ['zstd-compressed JSON Lines', 'formats/lines.jsonl.zst', zstdCompressSync(LINES)],
    ['CSV in UTF-16', 'formats/utf-16.csv', Buffer.from(`\ufeff${CSV}`, 'utf16le')],
    ['CSV with lone CRs', 'formats/cr.csv', CSV.replaceAll('\r\n', '\r')],
    [
      'CSV with mixed line ends',
      'formats/mixed.csv',
      CSV.replace('\r\n', '\r').replace('\r\n', '\n'),
    ],
    ['CSV with a trailing delimiter', 'formats/trailing.csv', CSV.replaceAll('\r\n', ',\n')],
    ['gzip under a name that does not say so', 'formats/mislabelled.csv', gzipSync(CSV)],
  ])('%s gives its records', async (_, key, body) => {
    const item = await app.process(key, body);
    expect(item.status).toBe('SUCCEEDED');
    expect(await app.records(item)).toEqual(ROWS);
  });

  it('a bad row is quarantined with its place and reason, and the others are written', async () => {
    const text = 'id,note\n1,fine\n2,"a\nb"\n3,too,many\n4\n5,"text" after\n6,fine\n';
    const item = await app.process('formats/bad-rows.csv', text);
    expect(item).toMatchObject({ rowsRead: 6, rowsWritten: 3, rowsRejected: 3 });
    expect(await app.rejectedRows(item)).toMatchObject([
      {
        row: 3,
        line: 5,
        offset: text.indexOf('3,too'),
        code: 'TOO_MANY_FIELDS',
        raw: '3,too,many',
      },
      { row: 4, line: 6, offset: text.indexOf('4\n'), code: 'TOO_FEW_FIELDS', raw: '4' },
      { row: 5, line: 7, offset: text.indexOf('5,'), code: 'TEXT_AFTER_CLOSING_QUOTE' },
    ]);
  });
});
