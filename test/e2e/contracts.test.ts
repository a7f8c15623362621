import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { DeployedApp } from './support/deployed-app.ts';

let app: DeployedApp;

beforeAll(async () => {
  app = await DeployedApp.open();
});

describe('a contract that states encoding, dialect, formats and aliases', () => {
  const text = [
    '# Umsätze',
    'BUCHUNGSTAG;Empfänger;Betrag;verbucht;Notiz',
    '20.11.2026;Bäckerei Größe;-1.234,50;ja;"ein ""Brot"""',
    '# Seite 2',
    '31.11.2026;Bahn;12,00;ja;',
    '-;Café;7;nein;',
    '',
  ].join('\r\n');
  const body = Buffer.from(text, 'latin1');
  let item: LedgerItem;

  beforeAll(async () => {
    item = await app.process('bank/statement.csv', body);
  });

  it('reads the file as stated and types its values', async () => {
    expect(item.processedKey).toMatch(/\.jsonl\.zst$/);
    const stored = zstdDecompressSync(await app.read(item.processedKey!)).toString('utf8');
    const records = stored
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const lineage = { _file: 'bank/statement.csv' };
    expect(records).toEqual([
      {
        ...lineage,
        _row: 1,
        booked_on: '2026-11-20',
        payee: 'Bäckerei Größe',
        amount: -1234.5,
        cleared: true,
        _rescued: { Notiz: 'ein "Brot"' },
      },
      {
        ...lineage,
        _row: 3,
        booked_on: null,
        payee: 'Café',
        amount: 7,
        cleared: false,
        _rescued: { Notiz: '' },
      },
    ]);
  });

  it('explains the bad row, with its offset in the bytes of the file', async () => {
    expect(await app.rejectedRows(item)).toMatchObject([
      {
        row: 2,
        line: 5,
        offset: body.indexOf('31.11.'),
        column: 'booked_on',
        code: 'INVALID_TYPE',
        raw: '31.11.2026;Bahn;12,00;ja;',
      },
    ]);
  });

  it('states in the manifest how the file was read', async () => {
    const manifest = await app.manifest(item);
    expect(manifest).toMatchObject({
      encoding: 'windows-1252',
      format: {
        type: 'csv',
        dialect: { delimiter: ';', quote: '"', comment: '#', header: true, lineEnd: 'crlf' },
      },
      output: { format: 'jsonl', compression: 'zstd' },
    });
    expect(manifest.detection.stated).toEqual(
      expect.arrayContaining(['encoding', 'delimiter', 'commentChar']),
    );
  });
});

describe('a contract with Parquet output and a primary key', () => {
  const rows = [
    '9007199254740993,a,0.1,true,2026-11-20,2026-11-20T08:00:00.123456Z,23:59:59.5,1999,"{""k"":[1]}","[1,""x""]",free',
    '1,a,,,,,,,,,',
    '1,b,-2e3,false,1969-12-31,1960-01-01 00:00:00+02:00,00:00:00,2026,{},[],"a ""quote"""',
    '01,a,3,true,,,,,,,',
    '9223372036854775808,c,,,,,,,,,',
  ];
  const header = 'id,device,value,ok,day,at,clock,made_in,settings,tags,extra';
  let item: LedgerItem;

  beforeAll(async () => {
    item = await app.process('telemetry/one.csv', `${header}\n${rows.join('\n')}\n`);
  });

  it('gives a typed table that an independent reader reads', async () => {
    expect(item.processedKey).toMatch(/\.parquet$/);
    const table = await readParquet(await app.read(item.processedKey!));
    expect(table.types).toEqual({
      _file: 'VARCHAR',
      _row: 'BIGINT',
      id: 'BIGINT',
      device: 'VARCHAR',
      value: 'DOUBLE',
      ok: 'BOOLEAN',
      day: 'DATE',
      at: 'TIMESTAMP WITH TIME ZONE',
      clock: expect.stringMatching(/^TIME/) as string,
      made_in: 'INTEGER',
      settings: 'JSON',
      tags: 'JSON',
      extra: 'JSON',
      _rescued: 'JSON',
    });
    expect(table.rows).toEqual([
      [
        'telemetry/one.csv',
        '1',
        '9007199254740993',
        'a',
        '0.1',
        'true',
        '2026-11-20',
        '2026-11-20 08:00:00.123456+00',
        '23:59:59.5',
        '1999',
        '{"k":[1]}',
        '[1,"x"]',
        '"free"',
        null,
      ],
      [
        'telemetry/one.csv',
        '2',
        '1',
        'a',
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
      ],
      [
        'telemetry/one.csv',
        '3',
        '1',
        'b',
        '-2000.0',
        'false',
        '1969-12-31',
        '1959-12-31 22:00:00+00',
        '00:00:00',
        '2026',
        '{}',
        '[]',
        '"a \\"quote\\""',
        null,
      ],
    ]);
  });

  it('quarantines what is not unique and what Parquet cannot hold', async () => {
    expect(await app.rejectedRows(item)).toMatchObject([
      { row: 4, code: 'NOT_UNIQUE', reason: expect.stringContaining('row 2') as string },
      { row: 5, code: 'NOT_REPRESENTABLE', column: 'id' },
    ]);
  });
});

interface Table {
  readonly types: Record<string, string>;
  /** Every value as DuckDB prints it. */
  readonly rows: (string | null)[][];
}

async function readParquet(bytes: Buffer): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-parquet-'));
  const path = join(folder, 'table.parquet');
  await writeFile(path, bytes);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const result = await connection.runAndReadAll(
      `SELECT COLUMNS(*)::VARCHAR FROM read_parquet('${path}') ORDER BY _row`,
    );
    const described = await connection.runAndReadAll(`DESCRIBE FROM read_parquet('${path}')`);
    const types = described.getRows().map(([name, type]) => [String(name), String(type)]);
    return {
      types: Object.fromEntries(types) as Record<string, string>,
      rows: result.getRows() as (string | null)[][],
    };
  } finally {
    connection.closeSync();
    await rm(folder, { recursive: true });
  }
}
