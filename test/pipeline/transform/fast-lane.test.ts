import type { Contract, Encoding } from '../../../src/datasets/contract.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import {
  ChunkTransformer,
  type ChunkTransformerOptions,
} from '../../../src/pipeline/transform/chunk-transformer.ts';
import { FieldRule, isProblem } from '../../../src/pipeline/transform/field-rule.ts';
import { contractOf, fieldOf, type FieldSource } from '../../support/contracts.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { orRejection } from '../../support/read-records.ts';
import { pieceLengths, splitBy } from '../../support/splits.ts';
import { transformedLines } from '../../support/transformed-lines.ts';

/** Fields of every type, with every option and constraint; each gets a name of its own. */
const FIELDS: readonly Omit<FieldSource, 'name'>[] = [
  {},
  { constraints: { required: true } },
  { constraints: { minLength: 2, maxLength: 4 } },
  { constraints: { maxLength: 3, required: true } },
  { constraints: { enum: ['open', 'NA', 'ü', '"'] } },
  { constraints: { pattern: '[a-zü"]*' } },
  { constraints: { unique: true } },
  { format: 'uuid' },
  { format: 'uuid', constraints: { maxLength: 36 } },
  { format: 'email' },
  { format: 'binary' },
  { type: 'integer' },
  { type: 'integer', constraints: { required: true } },
  { type: 'integer', constraints: { minimum: -5, maximum: '9007199254740993' } },
  { type: 'integer', constraints: { minimum: '-9007199254740993' } },
  { type: 'integer', constraints: { enum: [0, 7, '12'] } },
  { type: 'integer', constraints: { unique: true } },
  { type: 'integer', groupChar: '.' },
  { type: 'integer', bareNumber: false },
  { type: 'number' },
  { type: 'number', constraints: { minimum: 0, maximum: 0.3 } },
  { type: 'number', constraints: { minimum: '-0.1', maximum: '100000000000000000000.5' } },
  {
    type: 'number',
    constraints: { minimum: '0.30000000000000001', maximum: '0.69999999999999999' },
  },
  { type: 'number', constraints: { unique: true, required: true } },
  { type: 'number', decimalChar: ',', groupChar: '.' },
  { type: 'number', bareNumber: false },
  { type: 'boolean' },
  { type: 'boolean', trueValues: ['ja', '12'], falseValues: ['nein', '0'] },
  { type: 'boolean', constraints: { enum: [true] } },
  { type: 'date' },
  { type: 'date', constraints: { minimum: '2024-02-29', maximum: '2026-11-20' } },
  { type: 'date', constraints: { maximum: '0000-01-01' } },
  { type: 'date', constraints: { enum: ['2024-02-29'] } },
  { type: 'date', format: '%d.%m.%Y' },
  { type: 'datetime' },
  { type: 'datetime', constraints: { minimum: '2024-02-29T23:00:00+02:00' } },
  {
    type: 'datetime',
    constraints: { minimum: '2024-02-27T23:00-23:59', maximum: '2024-03-05T01:00+23:59' },
  },
  { type: 'datetime', constraints: { minimum: '9999-12-31', maximum: '9999-12-31T12:00Z' } },
  { type: 'datetime', constraints: { maximum: '0000-01-01T00:00' } },
  { type: 'datetime', format: '%Y%m%d %H:%M' },
  { type: 'time' },
  { type: 'time', constraints: { minimum: '08:30', maximum: '17:00:00.5' } },
  { type: 'year' },
  { type: 'year', constraints: { minimum: 2000, maximum: 2024 } },
  { type: 'object' },
  { type: 'array', constraints: { maxLength: 2 } },
  { type: 'any' },
  { type: 'any', constraints: { enum: ['open', 7, true] } },
];

/** Values that are near to what some field takes. */
const VALUES = [
  ...['0.7', '2024-02-29T00:00+23:59', '2024-03-01T00:00+05:00', '2024-03-03T23:30-23:59'],
  ...[
    '',
    '',
    '',
    'NA',
    '-',
    'open',
    'a',
    'abc',
    'abcd',
    'abcde',
    'ü',
    'üü',
    'üüüü',
    '😀😀',
    '漢字',
  ],
  ...['"', '""', 'a"b', '\\', 'a\tb', 'a\nb', '\r', '\u0001', '\u007f', '\u2028', '\ufeff', ' a '],
  ...['0', '-0', '7', '+7', '007', '-5', '-6', '12', '9007199254740992', '9007199254740993'],
  ...['9007199254740994', '-9007199254740993', '-9007199254740994', '9223372036854775807'],
  ...['9223372036854775808', '99999999999999999999999', '1.000', '1.000.000', '1,5', '1.000,5'],
  ...[
    '0.3',
    '0.30',
    '0.29999999999999999',
    '0.30000000000000001',
    '.5',
    '5.',
    '-.5',
    '1e5',
    '1E-7',
  ],
  ...[
    '-0.1',
    '-0.10',
    '-0.0',
    '-',
    '.',
    '1.2.3',
    '1-2',
    '0x1',
    '00',
    '0.5 %',
    '€ 12',
    '12345.678901234567',
  ],
  ...['100000000000000000000.5', '100000000000000000000.6', 'NaN', 'INF', '١', '1 000'],
  ...['true', 'false', 'True', 'FALSE', '1', 'ja', 'nein', 'TRUE ', 'tRue'],
  ...[
    '2024-02-29',
    '2023-02-29',
    '2026-11-20',
    '2026-11-21',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
  ],
  ...['0000-01-01', '0000-02-29', '0001-12-30', '9999-12-31', '20261120', '2026-1-1', 'abcd-02-10'],
  ...['29.02.2024', '31.04.2024', '20240229 12:30', '1900-02-29', '2000-02-29'],
  ...[
    '2024-02-29T23:00:00+02:00',
    '2024-02-29T21:00Z',
    '2024-02-29T20:59:59.999Z',
    '2024-03-02T00:00',
  ],
  ...[
    '2024-02-27T00:00',
    '2026-11-20 12:30:59.5',
    '2026-11-20T12:30:59,123456',
    '2026-11-20T24:00',
  ],
  ...['2026-11-20T12:30:59.1234567', '2026-11-20T12:30:59.1234560', '2026-11-20T12:30-23:59'],
  ...[
    '2026-11-20T12:30+0100',
    '2026-11-20T12:30+24:00',
    '2026-11-20T12:30:60',
    '2026-11-20T',
    '9999-12-31T12:00Z',
  ],
  ...['9999-12-30T23:00-05:00', '0000-01-01T00:00+01:00', '0001-12-30T10:00', '2026-11-20T12:30z'],
  ...[
    '08:30',
    '08:29:59.9',
    '12:00',
    '17:00:00.5',
    '17:00:00.50',
    '17:00:00.51',
    '23:59:59.1234567',
    '24:00',
  ],
  ...[
    '8:30',
    '12:60',
    '12:30:61',
    '12:30.5',
    '2024',
    '1999',
    '02024',
    '0999',
    '-2024',
    '12345678901',
  ],
  ...['{}', '{"a":1}', '[1,2]', '[1,2,3]', '[', '[1] ', '{"a":"\\u00e4"}', 'a@b.c', 'aGk=', 'aGk'],
  ...['123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-42661417400F'],
  ...[
    '123e4567-e89b-12d3-a456-42661417400g',
    '123e4567e89b12d3a456426614174000aaaa',
    'x'.repeat(60),
  ],
];

/** For each field the values that it takes, so that most rows are taken. */
const TAKEN_VALUES: readonly (readonly string[])[] = FIELDS.map((field) => {
  const rule = new FieldRule(fieldOf(field), ['']);
  return VALUES.filter((text) => !isProblem(rule.fromText(text)));
});

const LINE_ENDS: Readonly<Record<Dialect['lineEnd'], readonly string[]>> = {
  lf: ['\n', '\n', '\r\n'],
  crlf: ['\r\n', '\n'],
  cr: ['\r', '\n'],
  mixed: ['\r', '\n', '\r\n'],
};

const dialects: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ',', ';', '\t', '5', '-'),
  quote: fc.constantFrom('"', '"', '"', "'", null),
  lineEnd: fc.constantFrom('lf', 'lf', 'crlf', 'cr', 'mixed'),
  header: fc.constantFrom(true, true, true, false),
  comment: fc.constantFrom(null, '#'),
  trailingDelimiter: fc.constantFrom(false, false, true),
});

const named = fc
  .uniqueArray(fc.nat({ max: FIELDS.length - 1 }), { minLength: 1, maxLength: 6 })
  .map((indexes) => indexes.map((index) => ({ ...FIELDS[index]!, name: `f${index}` })));

const contracts: fc.Arbitrary<Contract | null> = fc
  .record({
    fields: named,
    missingValues: fc.constantFrom([''], ['', 'NA', '-'], ['NA', '7', '0.3', '2024-02-29'], []),
    hasKey: fc.constantFrom(false, false, false, true),
    lineage: fc.boolean(),
    output: fc.constantFrom({ format: 'jsonl' }, { format: 'parquet' }),
    none: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ fields, missingValues, hasKey, lineage, output, none }) => {
    if (none) return null;
    const isKey = ({ type = 'string' }: FieldSource) => /^(string|integer|number)$/.test(type);
    const primaryKey = fields.filter(isKey).map(({ name }) => name);
    return contractOf(
      fields.map((field) => ({ ...field, aliases: [`${field.name} alias`] })),
      {
        missingValues,
        millrace: { match: ['**'], lineage, output, report: reportOn(fields) },
        ...(hasKey && primaryKey.length > 0 && { primaryKey }),
      },
    );
  });

/** A report on every field that it can take. */
function reportOn(fields: readonly FieldSource[]): object {
  const namesOf = (types: RegExp): string[] =>
    fields.filter(({ type = 'string' }) => types.test(type)).map(({ name }) => name);
  const [eventTime] = namesOf(/^date/);
  return {
    dimensions: namesOf(/^(?!object|array)/),
    measures: namesOf(/^(integer|number)$/),
    ...(eventTime !== undefined && { eventTime }),
  };
}

interface Cell {
  readonly text: string;
  readonly quoted: boolean;
}

/** A cell before it is known in which column it stands. */
interface Draft {
  /** Chooses one of the values that the column's field takes. */
  readonly choice: number;
  /** Null for such a value. */
  readonly anyText: string | null;
  readonly quoted: boolean;
}

const drafts: fc.Arbitrary<Draft> = fc.record({
  choice: fc.nat(),
  anyText: fc.oneof(
    { arbitrary: fc.constant(null), weight: 20 },
    fc.constantFrom(...VALUES),
    fc.string({ unit: 'binary' }),
  ),
  quoted: fc.boolean(),
});

function cellOf({ choice, anyText, quoted }: Draft, name: string): Cell {
  const [, field = ''] = /^f(\d+)/.exec(name) ?? [];
  const taken = TAKEN_VALUES[Number(field)] ?? VALUES;
  return { text: anyText ?? taken[choice % taken.length] ?? '', quoted };
}

/** How a row differs from its header, or what is wrong with its bytes. */
const faults = fc.constantFrom(
  ...Array<null>(30).fill(null),
  'short',
  'long',
  'trailing',
  'text after quote',
  'carriage return',
  'nul',
  'invalid',
  'blank line',
);

const SUMMARY = { arrivedAt: '2026-11-20T12:30:00Z' };

interface GeneratedFile {
  readonly options: Omit<ChunkTransformerOptions, 'fastLane'>;
  readonly bytes: Buffer;
}

const files: fc.Arbitrary<GeneratedFile> = fc
  .record({ contract: contracts, dialect: dialects })
  .chain(({ contract, dialect }) =>
    fc
      .record({
        names: fc.shuffledSubarray([
          ...(contract?.fields.map(({ name }) => name) ?? ['a', 'b', 'ü "x"', 'a']),
          ...(contract?.fields.map(({ name }) => `${name} alias`).slice(0, 1) ?? []),
          ...['_row', 'extra', '__proto__', ''],
        ]),
        rows: fc.array(
          fc.record({
            drafts: fc.array(drafts, { minLength: 11, maxLength: 11 }),
            lineEnd: fc.nat({ max: 2 }),
            fault: faults,
          }),
          { maxLength: 12 },
        ),
        encoding: fc.constantFrom<Encoding[]>('utf-8', 'utf-8', 'utf-8', 'utf-16le'),
        endsWithLineEnd: fc.boolean(),
        allColumns: fc.boolean(),
      })
      .map(({ names, rows, encoding, endsWithLineEnd, allColumns }) => {
        const fields = contract?.fields.map(({ name }) => name) ?? ['a', 'b'];
        const header = allColumns ? fields : names;
        const columns = dialect.header ? header : fields;
        const ends = LINE_ENDS[dialect.lineEnd];
        const written = rows.map(({ drafts: given, lineEnd, fault }) => {
          const cells = columns.map((name, index) => cellOf(given[index]!, name));
          return writeRow(cells, dialect, fault) + (ends[lineEnd % ends.length] ?? '\n');
        });
        const first = header.map((text) => writeCell({ text, quoted: true }, dialect));
        const tail = dialect.trailingDelimiter ? dialect.delimiter : '';
        const lines = dialect.header
          ? [`${first.join(dialect.delimiter)}${tail}${ends[0]}`, ...written]
          : written;
        const text = lines.join('');
        const bytes = withInvalid(Buffer.from(endsWithLineEnd ? text : text.trimEnd()));
        const plan = { format: { type: 'csv', dialect }, encoding, byteOrderMark: false } as const;
        const limits = { maxRecordBytes: 400, maxColumns: 12 };
        const options = { key: 'in/"ü".csv', plan, contract, limits, summary: SUMMARY };
        return { options, bytes };
      }),
  );

function writeRow(values: readonly Cell[], dialect: Dialect, fault: string | null): string {
  const { delimiter, quote, trailingDelimiter } = dialect;
  const row = values.map((cell) => writeCell(cell, dialect));
  if (fault === 'blank line') return '';
  if (fault === 'short') row.pop();
  if (fault === 'long') row.push('x');
  if (fault === 'trailing') row.push('');
  if (fault === 'text after quote' && quote !== null) row[0] = `${quote}a${quote}b`;
  if (fault === 'carriage return') row[0] = 'a\rb';
  if (fault === 'nul') row[row.length - 1] = 'a\0';
  if (fault === 'invalid') row[0] = INVALID;
  return row.join(delimiter) + (trailingDelimiter ? delimiter : '');
}

function writeCell({ text, quoted }: Cell, { delimiter, quote }: Dialect): string {
  const breaks = text.includes(delimiter) || /[\r\n]/.test(text);
  if (quote === null) return breaks ? 'x' : text;
  const needsQuotes = breaks || text.startsWith(quote);
  return quoted || needsQuotes ? quote + text.replaceAll(quote, quote + quote) + quote : text;
}

/** Stands for a byte that is no UTF-8. */
const INVALID = '\u{f0000}';

function withInvalid(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\xf3\xb0\x80\x80', '\xff'), 'latin1');
}

/** All that comes out, as one text that is quick to compare; or why the file is rejected. */
function outcome(options: ChunkTransformerOptions, pieces: readonly Buffer[]): string {
  return orRejection(() => {
    const transformer = new ChunkTransformer(options);
    const { records, rejects } = transformedLines(transformer, pieces);
    return [
      records.toString('latin1'),
      rejects.toString('latin1'),
      JSON.stringify([transformer.counts(), transformer.digests(), transformer.summary()]),
    ].join('\n');
  });
}

describe('The fast lane', () => {
  it('gives byte for byte what the general way gives, whatever the file and its pieces are', () => {
    fc.assert(
      fc.property(files, pieceLengths, ({ options, bytes }, lengths) => {
        const general = outcome({ ...options, fastLane: false }, [bytes]);
        expectSame(outcome(options, [bytes]), general);
        expectSame(outcome(options, splitBy(bytes, lengths)), general);
      }),
      { numRuns: 5_000 },
    );
  }, 120_000);

  it.each(FIELDS.map((field) => [JSON.stringify(field), field] as const))(
    'takes and refuses what the general way does as %s',
    (_, field) => {
      const rows = VALUES.map((text) => `"${text.replaceAll('"', '""')}",x\n`);
      // Twice, so that what is remembered is written too.
      const bytes = Buffer.from(['value,other\n', ...rows, ...rows].join(''));
      for (const format of ['jsonl', 'parquet']) {
        for (const missingValues of [[''], ['NA', '7', 'ü', '2024-02-29', '-']]) {
          const report = reportOn([{ ...field, name: 'value' }]);
          const millrace = { match: ['**'], output: { format }, report };
          const contract = contractOf([{ ...field, name: 'value' }, { name: 'other' }], {
            missingValues,
            millrace,
          });
          const dialect: Dialect = {
            delimiter: ',',
            quote: '"',
            lineEnd: 'lf',
            header: true,
            comment: null,
            trailingDelimiter: false,
          };
          const plan = {
            format: { type: 'csv', dialect },
            encoding: 'utf-8',
            byteOrderMark: false,
          } as const;
          const limits = { maxRecordBytes: 400, maxColumns: 12 };
          const options = { key: 'in/a.csv', plan, contract, limits, summary: SUMMARY };
          const general = outcome({ ...options, fastLane: false }, [bytes]);
          expect(outcome(options, [bytes])).toBe(general);
        }
      }
    },
  );
});
