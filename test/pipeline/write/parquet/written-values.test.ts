import type { Contract, ContractField } from '../../../../src/datasets/contract.ts';
import { DEFAULT_LIMITS } from '../../../../src/pipeline/limits.ts';
import type { FileFormat } from '../../../../src/pipeline/payload.ts';
import { ChunkTransformer } from '../../../../src/pipeline/transform/chunk-transformer.ts';
import { parquetColumns } from '../../../../src/pipeline/write/parquet/parquet-columns.ts';
import { ParquetEncoder } from '../../../../src/pipeline/write/parquet/parquet-encoder.ts';
import { contractOf, type FieldSource } from '../../../support/contracts.ts';
import fc from '../../../support/fast-check.ts';
import { readParquet } from '../../../support/read-parquet.ts';
import { transformedLines } from '../../../support/transformed-lines.ts';
import { PLAIN_CSV } from '../../../support/dialects.ts';

type FieldType = ContractField['type'];

const JSON_LINES: FileFormat = { type: 'json-lines' };

const CLOCK = String.raw`\d\d:[0-5]\d(:[0-6]\d([.,]\d{1,9})?)?`;
const jsonText = fc.jsonValue().map((value) => JSON.stringify(value));

/** Texts of which many are values of the type, and some just beyond what Parquet holds. */
const TEXTS: Readonly<Record<FieldType, fc.Arbitrary<string>>> = {
  string: fc.string({ unit: 'binary' }),
  integer: fc.stringMatching(/^[+-]?0{0,3}\d{1,20}$/),
  number: fc.stringMatching(/^[+-]?\d{0,18}(\.\d{0,18})?([eE][+-]?\d{1,3})?$/),
  boolean: fc.constantFrom('true', 'FALSE', '1', '0', 'yes'),
  date: fc.stringMatching(/^\d{4}-[01]\d-[0-3]\d$/),
  datetime: fc.stringMatching(
    new RegExp(`^\\d{4}-0\\d-[0-2]\\d[T ]${CLOCK}(Z|[+-][01]\\d:?[0-5]\\d)?$`),
  ),
  time: fc.stringMatching(new RegExp(`^${CLOCK}$`)),
  year: fc.stringMatching(/^-?\d{4,10}$/),
  object: jsonText,
  array: jsonText,
  any: fc.oneof(jsonText, fc.string()),
};

const TYPES = Object.keys(TEXTS) as FieldType[];
const FIELDS: readonly FieldSource[] = TYPES.map((type) => ({ name: type, type }));
const CONTRACT = contractOf(FIELDS, {
  millrace: { match: ['**'], output: { format: 'parquet', compression: 'zstd' } },
});

const record = fc.record(TEXTS);

/** Transforms a file's text and writes its records; returns how the rows balance, and the file. */
function process(text: string, format: FileFormat, contract: Contract) {
  const plan = { format, encoding: 'utf-8', byteOrderMark: false } as const;
  const transformer = new ChunkTransformer({
    key: 'in/all.csv',
    plan,
    contract,
    limits: DEFAULT_LIMITS,
  });
  const lines = transformedLines(transformer, [Buffer.from(text)]).records.toString();
  const encoder = new ParquetEncoder(parquetColumns(contract), 'zstd');
  const pieces = [...encoder.write(lines)];
  const end = encoder.end();
  return {
    counts: transformer.counts(),
    file: end === null ? null : Buffer.concat([...pieces, end]),
  };
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** One row for each value, so that a bad one keeps no good one from being written. */
function csvOf(records: readonly Readonly<Record<FieldType, string>>[]): string {
  const rows = records.flatMap((values) =>
    TYPES.map((type) => TYPES.map((it) => (it === type ? quoted(values[type]) : '')).join(',')),
  );
  return [TYPES.join(','), ...rows, ''].join('\n');
}

it.each<[string, FileFormat, fc.Arbitrary<string>]>([
  ['CSV', PLAIN_CSV, fc.array(record, { minLength: 1, maxLength: 20 }).map(csvOf)],
  [
    'JSON Lines',
    JSON_LINES,
    fc
      .array(
        fc.tuple(
          fc.constantFrom(...TYPES, 'unknown'),
          fc.oneof(
            jsonText,
            record.map((it) => JSON.stringify(it.datetime)),
          ),
        ),
        { minLength: 1, maxLength: 50 },
      )
      .map((rows) => rows.map(([name, json]) => `{"${name}":${json}}\n`).join('')),
  ],
])(
  'every value that a contract takes from %s can be written',
  async (_, format, file) => {
    await fc.assert(
      fc.asyncProperty(file, async (text) => {
        const { counts, file } = process(text, format, CONTRACT);
        const rows = file === null ? [] : (await readParquet(file)).rows;
        expect(rows).toHaveLength(counts.rowsWritten);
      }),
      { numRuns: 200 },
    );
  },
  60_000,
);

it('every date and time that a pattern takes can be written', async () => {
  const contract = contractOf(
    [
      { name: 'at', type: 'datetime', format: '%d.%m.%Y %H:%M:%S.%f %z' },
      { name: 'day', type: 'date', format: '%m/%d/%y' },
      { name: 'clock', type: 'time', format: '%I:%M %p' },
    ],
    { millrace: CONTRACT.millrace },
  );
  const text = [
    'at,day,clock',
    '20.11.2026 16:05:09.123456 +0200,11/20/26,12:05 AM',
    '01.01.0001 00:00:00.5 -1400,01/01/69,12:00 PM',
    '31.12.9999 23:59:59.999999 Z,12/31/68,11:59 pm',
    '',
  ].join('\n');
  const { file } = process(text, PLAIN_CSV, contract);
  const { rows } = await readParquet(
    file!,
    'epoch_us("at") AS at, day::VARCHAR AS day, clock::VARCHAR AS clock',
  );
  const micros = (iso: string, more: bigint): bigint => BigInt(Date.parse(iso)) * 1_000n + more;
  expect(rows).toEqual([
    { at: micros('2026-11-20T14:05:09.123Z', 456n), day: '2026-11-20', clock: '00:05:00' },
    { at: micros('0001-01-01T14:00:00.500Z', 0n), day: '1969-01-01', clock: '12:00:00' },
    { at: micros('9999-12-31T23:59:59.999Z', 999n), day: '2068-12-31', clock: '23:59:00' },
  ]);
});
