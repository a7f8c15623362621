import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { checkFile, isTaken } from '../../../src/cli/check/check-file.ts';
import { inferContract } from '../../../src/cli/infer/infer-contract.ts';
import { parseContract, type Contract } from '../../../src/datasets/contract.ts';
import type { RowCode } from '../../../src/shared/error-codes.ts';
import { TemporaryFiles } from '../temporary-files.ts';

const DATA = join(dirname(createRequire(__filename).resolve('vega-datasets')), '../data');
const files = new TemporaryFiles();

/** What is done to a row, given as its text: a line of CSV or an element of a JSON array. */
type Damage = (row: string, header: string) => string;

interface Case {
  readonly file: string;
  readonly rows: number;
  /** Types of some columns, as a careful person would have them. */
  readonly types: Readonly<Record<string, string>>;
  /** Rows to damage, each with what has to be found there. */
  readonly damages: readonly (readonly [
    row: number,
    damage: Damage,
    code: RowCode,
    column: string | null,
  ])[];
}

/** Sets a cell of a CSV row. */
const cell =
  (column: string, value: string): Damage =>
  (row, header) => {
    const names = cellsOf(header);
    const cells = cellsOf(row).map((text, index) => (names[index] === column ? value : text));
    return cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
  };

const cellsOf = (line: string): string[] => parse(line)[0] ?? [];

/** Sets a property of a JSON object. */
const property =
  (name: string, value: unknown): Damage =>
  (row) =>
    JSON.stringify({ ...(JSON.parse(row) as object), [name]: value });

const append =
  (text: string): Damage =>
  (row) =>
    row + text;

const CASES: readonly Case[] = [
  {
    file: 'seattle-weather.csv',
    rows: 1_461,
    types: { date: 'date', precipitation: 'number', weather: 'string' },
    damages: [
      [1, cell('date', '2012-02-30'), 'INVALID_TYPE', 'date'],
      [2, cell('precipitation', 'n/a'), 'INVALID_TYPE', 'precipitation'],
      [700, cell('temp_max', ''), 'REQUIRED_VALUE_MISSING', 'temp_max'],
      [701, append(',1'), 'TOO_MANY_FIELDS', null],
      [1_461, () => '2015-12-31,0.0', 'TOO_FEW_FIELDS', null],
    ],
  },
  {
    file: 'stocks.csv',
    rows: 560,
    types: { symbol: 'string', date: 'date %b %d %Y', price: 'number' },
    damages: [
      [3, cell('date', '2000-03-01'), 'INVALID_TYPE', 'date'],
      [4, cell('date', 'Foo 1 2000'), 'INVALID_TYPE', 'date'],
      [5, cell('price', '1,234.5'), 'INVALID_TYPE', 'price'],
      [6, cell('symbol', ''), 'REQUIRED_VALUE_MISSING', 'symbol'],
      [560, () => '"AAPL"x,Mar 1 2010,223.02', 'TEXT_AFTER_CLOSING_QUOTE', null],
    ],
  },
  {
    file: 'birdstrikes.csv',
    rows: 10_000,
    types: {
      'Airport Name': 'string',
      'Flight Date': 'date',
      'Cost Total $': 'integer',
      'Speed IAS in knots': 'integer',
    },
    damages: [
      [10, cell('Cost Other', '12.5'), 'INVALID_TYPE', 'Cost Other'],
      [5_000, cell('Flight Date', '11/20/2026'), 'INVALID_TYPE', 'Flight Date'],
      [5_001, cell('Airport Name', ''), 'REQUIRED_VALUE_MISSING', 'Airport Name'],
      [5_002, cell('Wildlife Size', 'a\0b'), 'NUL_BYTE', null],
      [9_999, append(','), 'TOO_MANY_FIELDS', null],
    ],
  },
  {
    file: 'airports.csv',
    rows: 3_376,
    types: { iata: 'string', latitude: 'number', longitude: 'number' },
    damages: [
      [1, cell('latitude', '31.9° N'), 'INVALID_TYPE', 'latitude'],
      [2, cell('longitude', '-95,01'), 'INVALID_TYPE', 'longitude'],
      [1_000, cell('iata', ''), 'REQUIRED_VALUE_MISSING', 'iata'],
      [1_001, () => 'one field', 'TOO_FEW_FIELDS', null],
    ],
  },
  {
    file: 'movies.json',
    rows: 3_201,
    types: {
      Title: 'any',
      'US Gross': 'integer',
      'Release Date': 'date %b %d %Y',
      'IMDB Rating': 'number',
      Director: 'string',
    },
    damages: [
      [1, property('US Gross', 1.5), 'INVALID_TYPE', 'US Gross'],
      [2, property('Release Date', '1998-08-07'), 'INVALID_TYPE', 'Release Date'],
      [3, property('Release Date', null), 'REQUIRED_VALUE_MISSING', 'Release Date'],
      [4, property('Director', ['Kubrick']), 'INVALID_TYPE', 'Director'],
      [5, () => '{"Title": "a",}', 'INVALID_JSON', null],
      [6, () => '"a title"', 'NOT_AN_OBJECT', null],
      [3_201, () => '{"Title":"a","Title":"b"}', 'DUPLICATE_PROPERTY', null],
    ],
  },
  {
    file: 'flights-2k.json',
    rows: 2_000,
    types: { date: 'datetime %Y/%m/%d %H:%M', delay: 'integer', origin: 'string' },
    damages: [
      [7, property('date', '2001/13/10 18:20'), 'INVALID_TYPE', 'date'],
      [8, property('delay', '7 min'), 'INVALID_TYPE', 'delay'],
      [1_999, property('origin', ''), 'REQUIRED_VALUE_MISSING', 'origin'],
    ],
  },
];

async function inferredFrom(path: string): Promise<Contract> {
  const { draft } = await inferContract(path, {
    name: 'dataset',
    match: ['**'],
    missingValues: [''],
    stated: { dialect: {} },
  });
  return parseContract(JSON.stringify(draft), 'the draft');
}

/** The file with its rows damaged; the rows of CSV have no line breaks in them. */
function damaged({ file, damages }: Case): string {
  const text = readFileSync(join(DATA, file), 'utf8');
  const isJson = file.endsWith('.json');
  const [header = '', ...rows] = isJson
    ? ['[', ...(JSON.parse(text) as object[]).map((row) => JSON.stringify(row))]
    : text.trimEnd().split(/\r?\n/);
  for (const [row, damage] of damages) rows[row - 1] = damage(rows[row - 1] ?? '', header);
  return isJson ? `[\n${rows.join(',\n')}\n]` : [header, ...rows].join('\n');
}

describe.each(CASES)('the contract drafted from $file', (each) => {
  const path = join(DATA, each.file);

  it('has the types that a careful person would give, and takes every row', async () => {
    const contract = await inferredFrom(path);
    const types = contract.fields
      .filter(({ name }) => name in each.types)
      .map(({ name, type, format = '' }) => [name, `${type} ${format}`.trim()]);
    expect(Object.fromEntries(types)).toEqual(each.types);
    const check = await checkFile(path, { key: each.file, contract, examples: 1 });
    expect(isTaken(check)).toBe(true);
    expect(check.counts?.rowsRead).toBe(each.rows);
  });

  it('explains exactly the rows that were damaged since', async () => {
    const contract = await inferredFrom(path);
    const broken = files.write(basename(path), damaged(each));
    const check = await checkFile(broken, { key: each.file, contract, examples: 100 });
    const found = check.rejects.flatMap(({ code, column, examples }) =>
      examples.map(({ row }) => [row, code, column] as const),
    );
    const expected = each.damages.map(([row, , code, column]) => [row, code, column] as const);
    expect(check.rejection).toBeNull();
    expect(found.sort(([a], [b]) => a - b)).toEqual(expected);
  });
});
