import type { DuckDBValue } from '@duckdb/node-api';
import { parquetMetadata, type FileMetaData } from 'hyparquet';
import type { Contract, ContractField } from '../../../../src/datasets/contract.ts';
import { parquetColumns } from '../../../../src/pipeline/write/parquet/parquet-columns.ts';
import {
  ParquetEncoder,
  type ParquetCompression,
} from '../../../../src/pipeline/write/parquet/parquet-encoder.ts';
import { contractOf, type FieldSource } from '../../../support/contracts.ts';
import fc from '../../../support/fast-check.ts';
import { query, readParquet, withFile } from '../../../support/read-parquet.ts';

type FieldType = ContractField['type'];

const COMPRESSIONS: readonly ParquetCompression[] = ['snappy', 'gzip', 'zstd'];

const plainContract = (fields: readonly FieldSource[]): Contract =>
  contractOf(fields, { millrace: { match: ['**'], lineage: false } });

function encode(
  contract: Contract,
  lines: Iterable<string>,
  compression: ParquetCompression = 'snappy',
): Buffer | null {
  const encoder = new ParquetEncoder(parquetColumns(contract), compression);
  const pieces: Uint8Array[] = [];
  for (const line of lines) pieces.push(...encoder.write(`${line}\n`));
  const end = encoder.end();
  return end === null ? null : Buffer.concat([...pieces, end]);
}

function metadataOf(file: Buffer): FileMetaData {
  return parquetMetadata(new Uint8Array(file).buffer);
}

/** A value of a record: the JSON text in its line, and what DuckDB shows of it. */
interface Cell {
  readonly json: string;
  readonly shown: DuckDBValue;
}
const NULL: Cell = { json: 'null', shown: null };

/** For each type what DuckDB calls it, and an expression that shows a value without loss. */
const TYPES: Readonly<Record<FieldType, readonly [name: string, shown: string]>> = {
  string: ['VARCHAR', '?'],
  integer: ['BIGINT', '?'],
  number: ['DOUBLE', '?'],
  boolean: ['BOOLEAN', '?'],
  date: ['DATE', '?::VARCHAR'],
  datetime: ['TIMESTAMP WITH TIME ZONE', 'epoch_us(?)'],
  time: ['TIME', '?::VARCHAR'],
  year: ['INTEGER', '?'],
  object: ['JSON', '?::VARCHAR'],
  array: ['JSON', '?::VARCHAR'],
  any: ['JSON', '?::VARCHAR'],
};

const same = (value: DuckDBValue, json = JSON.stringify(value)): Cell => ({ json, shown: value });
const jsonText = (json: string): Cell => ({ json, shown: json });
const inJson = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Cell> =>
  value
    .map((it) => JSON.stringify(it))
    .filter((json) => json !== 'null')
    .map(jsonText);

const instant = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});
const micros = fc.integer({ min: 0, max: 999 });
const digits = (value: number, count: number): string => String(value).padStart(count, '0');

const datetime = fc
  .record({
    instant,
    micros,
    offset: fc.integer({ min: -14 * 60, max: 14 * 60 }),
    zone: fc.constantFrom('none', 'Z', 'colon', 'plain'),
    separator: fc.constantFrom('T', ' '),
    point: fc.constantFrom('.', ','),
  })
  .map(({ instant, micros, offset, zone, separator, point }) => {
    const isLocal = zone === 'colon' || zone === 'plain';
    const local = new Date(instant.getTime() + (isLocal ? offset * 60_000 : 0));
    const [date, time] = local.toISOString().slice(0, -1).split('T');
    const clock = time!.replace('.', point) + digits(micros, 3);
    const sign = offset < 0 ? '-' : '+';
    const hours = digits(Math.trunc(Math.abs(offset) / 60), 2);
    const minutes = digits(Math.abs(offset) % 60, 2);
    const suffix = {
      none: '',
      Z: 'Z',
      colon: `${sign}${hours}:${minutes}`,
      plain: `${sign}${hours}${minutes}`,
    };
    return {
      json: `"${date}${separator}${clock}${suffix[zone]}"`,
      shown: BigInt(instant.getTime()) * 1_000n + BigInt(micros),
    };
  });

const time = fc.tuple(instant, micros).map(([instant, micros]) => {
  const text = instant.toISOString().slice(11, -1) + digits(micros, 3);
  return { json: `"${text}"`, shown: text.replace(/\.?0+$/, '') };
});

const CELLS: Readonly<Record<FieldType, fc.Arbitrary<Cell>>> = {
  string: fc
    .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'null', '\\', '"', '\u{10ffff}'))
    .map((value) => same(value)),
  integer: fc
    .oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, 0n),
    )
    .map((value) => same(value, String(value))),
  number: fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => same(value + 0, JSON.stringify(value))),
  boolean: fc.boolean().map((value) => same(value)),
  date: instant.map((day) => same(day.toISOString().slice(0, 10))),
  datetime,
  time,
  year: fc.integer({ min: -9_999, max: 9_999 }).map((value) => same(value)),
  object: inJson(
    fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })),
  ),
  array: inJson(fc.array(fc.jsonValue({ stringUnit: 'binary' }))),
  any: fc.oneof(
    inJson(fc.jsonValue({ stringUnit: 'binary' })),
    fc.constantFrom('12345678901234567890.10', '-0.0', '1e400').map(jsonText),
  ),
};

/** Names that SQL, JavaScript or Parquet might trip over; DuckDB tells none apart by case. */
const NAMES = [
  '__proto__',
  'constructor',
  'a.b',
  'größe',
  '"',
  "it's",
  'a b',
  '0',
  'select',
  '😀',
  '\\n',
];

const table = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: NAMES.length }),
    fc.infiniteStream(fc.constantFrom(...(Object.keys(TYPES) as FieldType[]))),
  )
  .chain(([names, types]) => {
    const fields = names.map((name) => ({ name, type: types.next().value as FieldType }));
    const cells = fields.map(({ type }) => fc.option(CELLS[type], { nil: NULL, freq: 4 }));
    const rescued = fc.option(CELLS.object, { nil: null });
    const record = fc.record({ cells: fc.tuple(...cells), rescued });
    return fc.record({
      fields: fc.constant(fields),
      records: fc.array(record, { minLength: 1, maxLength: 60 }),
      compression: fc.constantFrom(...COMPRESSIONS),
    });
  });

it('an independent reader finds every value of any table, of its type', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ fields, records, compression }) => {
      const lines = records.map(({ cells, rescued }) => {
        const parts = fields.map(
          ({ name }, index) => `${JSON.stringify(name)}:${cells[index]!.json}`,
        );
        if (rescued !== null) parts.push(`"_rescued":${rescued.json}`);
        return `{${parts.join(',')}}`;
      });
      const shown = fields.map(({ name, type }, index) => {
        const column = `"${name.replaceAll('"', '""')}"`;
        return `${TYPES[type][1].replace('?', column)} AS c${index}`;
      });
      const file = encode(plainContract(fields), lines, compression);
      const { types, rows } = await readParquet(file!, [...shown, '_rescued'].join(', '));

      expect(types).toEqual([
        ...fields.map(({ name, type }) => [name, TYPES[type][0]]),
        ['_rescued', 'JSON'],
      ]);
      expect(rows.map((row) => Object.values(row))).toEqual(
        records.map(({ cells, rescued }) => [
          ...cells.map((cell) => cell.shown),
          rescued?.shown ?? null,
        ]),
      );
    }),
    { numRuns: 200 },
  );
}, 120_000);

describe.each(COMPRESSIONS)('under %s', (compression) => {
  const fields: FieldSource[] = (Object.keys(TYPES) as FieldType[])
    // DuckDB's reader of JSON Lines makes doubles of the numbers inside JSON.
    .filter((type) => !['object', 'array', 'any'].includes(type))
    .map((type) => ({ name: type, type }));
  const recordAt = (row: number): string => {
    const day = new Date(Date.UTC(1900, 0, row % 90_000)).toISOString();
    const values = {
      string: row % 3 === 0 ? '' : `text ${row % 1_000} é`,
      number: row / 7,
      boolean: row % 2 === 0,
      date: day.slice(0, 10),
      datetime: `${day.slice(0, 19)}.${digits(row, 6)}+01:00`,
      time: `12:00:00.${digits(row, 6)}`,
      year: 1_900 + (row % 200),
    };
    const integer = 2n ** 63n - 1n - BigInt(row) * 7_919n;
    const entries = Object.entries(values).map(
      ([name, value]) => [name, row % 11 === 0 ? 'null' : JSON.stringify(value)] as const,
    );
    entries.splice(1, 0, ['integer', String(integer)]);
    return `{${entries.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
  };
  const lines = Array.from({ length: 66_000 }, (_, row) => recordAt(row));
  const file = encode(plainContract(fields), lines, compression)!;

  it('a table of several row groups equals its JSON Lines, read with the same types', async () => {
    const columns = fields.map(({ type }) => `'${type}': '${TYPES[type!][0]}'`).join(', ');
    const names = fields.map(({ name }) => `"${name}"`).join(', ');
    const difference = await withFile(file, (parquet) =>
      withFile(lines.join('\n'), (json) => {
        const typed = `SELECT ${names} FROM read_parquet('${parquet}')`;
        const text = `SELECT ${names} FROM read_json('${json}', format = 'newline_delimited', columns = {${columns}})`;
        return query(`(${typed} EXCEPT ALL ${text}) UNION ALL (${text} EXCEPT ALL ${typed})`);
      }),
    );
    expect(difference).toEqual([]);
  }, 60_000);

  it('says how it was written', () => {
    const { created_by, row_groups } = metadataOf(file);
    expect(created_by).toBe('Millrace version 1');
    const codecs = row_groups.flatMap(({ columns }) => columns.map((it) => it.meta_data!.codec));
    expect(new Set(codecs)).toEqual(new Set([compression.toUpperCase()]));
  });

  it('has the same bytes in every run', () => {
    expect(encode(plainContract(fields), lines, compression)!.equals(file)).toBe(true);
  });
});

it('keeps the order of the records, and closes a row group every 65,536 of them', async () => {
  const contract = plainContract([{ name: 'n', type: 'integer' }]);
  const file = encode(
    contract,
    Array.from({ length: 150_000 }, (_, row) => `{"n":${row}}`),
  )!;
  const { num_rows, row_groups } = metadataOf(file);
  expect(num_rows).toBe(150_000n);
  expect(row_groups.map((group) => group.num_rows)).toEqual([65_536n, 65_536n, 18_928n]);
  const { rows } = await readParquet(file, 'n');
  expect(rows.every(({ n }, row) => n === BigInt(row))).toBe(true);
});

it('has no bytes without a record', () => {
  expect(encode(plainContract([{ name: 'a' }]), [])).toBeNull();
});

it('tells an empty text from none, and what was rescued from nothing', async () => {
  const contract = plainContract([{ name: 'a' }]);
  const file = encode(contract, ['{"a":""}', '{"a":null}', '{"a":"b","_rescued":{"c":"d"}}']);
  expect((await readParquet(file!)).rows).toEqual([
    { a: '', _rescued: null },
    { a: null, _rescued: null },
    { a: 'b', _rescued: '{"c":"d"}' },
  ]);
});

it('has a column for what was rescued even where nothing was', async () => {
  const file = encode(contractOf([{ name: 'a' }]), ['{"_file":"in/a.csv","_row":1,"a":"x"}']);
  const { types, rows } = await readParquet(file!);
  expect(types.map(([name]) => name)).toEqual(['_file', '_row', 'a', '_rescued']);
  expect(rows).toEqual([{ _file: 'in/a.csv', _row: 1n, a: 'x', _rescued: null }]);
});

it('declares what Parquet readers go by, old and new', () => {
  const fields = (Object.keys(TYPES) as FieldType[]).map((type) => ({
    name: type,
    type,
    constraints: type === 'date' ? { required: true } : {},
  }));
  const values = {
    string: '"a"',
    integer: '1',
    number: '1',
    boolean: 'true',
    date: '"2026-11-20"',
    datetime: '"2026-11-20T00:00:00Z"',
    time: '"00:00:00"',
    year: '2026',
    object: '{}',
    array: '[]',
    any: '1',
  };
  const parts = Object.entries(values).map(([name, json]) => `"${name}":${json}`);
  const file = encode(plainContract(fields), [`{${parts.join(',')}}`]);
  const [root, ...columns] = metadataOf(file!).schema;

  expect(root!.num_children).toBe(columns.length);
  const utc = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' };
  const local = { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' };
  const json = ['BYTE_ARRAY', 'JSON', { type: 'JSON' }, 'OPTIONAL'];
  expect(
    columns.map(({ name, type, converted_type, logical_type, repetition_type }) => [
      name,
      type,
      converted_type,
      logical_type,
      repetition_type,
    ]),
  ).toEqual([
    ['string', 'BYTE_ARRAY', 'UTF8', { type: 'STRING' }, 'OPTIONAL'],
    ['integer', 'INT64', undefined, undefined, 'OPTIONAL'],
    ['number', 'DOUBLE', undefined, undefined, 'OPTIONAL'],
    ['boolean', 'BOOLEAN', undefined, undefined, 'OPTIONAL'],
    ['date', 'INT32', 'DATE', { type: 'DATE' }, 'REQUIRED'],
    ['datetime', 'INT64', 'TIMESTAMP_MICROS', utc, 'OPTIONAL'],
    ['time', 'INT64', undefined, local, 'OPTIONAL'],
    ['year', 'INT32', undefined, undefined, 'OPTIONAL'],
    ['object', ...json],
    ['array', ...json],
    ['any', ...json],
    ['_rescued', ...json],
  ]);
});

describe('statistics', () => {
  const statisticsOf = (file: Buffer, column: number) =>
    metadataOf(file).row_groups.map(({ columns }) => columns[column]!.meta_data!.statistics);

  it('bound the values of each row group', () => {
    const contract = plainContract([{ name: 'n', type: 'integer' }]);
    const lines = Array.from({ length: 70_000 }, (_, row) => `{"n":${row}}`);
    expect(statisticsOf(encode(contract, lines)!, 0)).toMatchObject([
      { min_value: 0n, max_value: 65_535n, null_count: 0n },
      { min_value: 65_536n, max_value: 69_999n, null_count: 0n },
    ]);
  });

  it.each([
    [1_024, true],
    [1_025, false],
  ])('of texts of %i characters are there: %s', (length, areThere) => {
    const line = `{"a":"${'x'.repeat(length)}"}`;
    const [statistics] = statisticsOf(encode(plainContract([{ name: 'a' }]), [line])!, 0);
    expect(statistics !== undefined).toBe(areThere);
  });

  it('are not there of JSON, whose order means nothing', () => {
    const file = encode(plainContract([{ name: 'a', type: 'object' }]), ['{"a":{}}']);
    expect(statisticsOf(file!, 0)).toEqual([undefined]);
  });
});

it('closes a row group when its lines are long', () => {
  const line = `{"a":"${'x'.repeat((8 << 20) - 8)}"}`;
  const file = encode(plainContract([{ name: 'a' }]), [line, line, line]);
  expect(metadataOf(file!).row_groups.map(({ num_rows }) => num_rows)).toEqual([2n, 1n]);
});

it.each([
  [
    'a value that its column cannot hold',
    '{"n":1.5}',
    'has a value that the column "n" cannot hold',
  ],
  ['no value where one is required', '{"n":null}', 'has no value for "n"'],
  ['an unknown property', '{"n":1,"m":2}', 'has other properties than the contract'],
])('a record with %s is a bug, told without the value', (_, line, reason) => {
  const contract = plainContract([{ name: 'n', type: 'integer', constraints: { required: true } }]);
  expect(() => encode(contract, ['{"n":1}', line])).toThrow(
    `UNEXPECTED_ERROR: record 2 of the output ${reason}`,
  );
});
