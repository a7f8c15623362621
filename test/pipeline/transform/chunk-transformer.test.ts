import type { Contract } from '../../../src/datasets/contract.ts';
import type { Dialect, FileFormat, RowCounts } from '../../../src/pipeline/payload.ts';
import {
  ChunkTransformer,
  type ChunkTransformerOptions,
} from '../../../src/pipeline/transform/chunk-transformer.ts';
import { RowCode, type NoticeCode } from '../../../src/shared/error-codes.ts';
import { FileRejected } from '../../../src/shared/errors.ts';
import { contractOf } from '../../support/contracts.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { rejection } from '../../support/rejection.ts';
import { pieceLengths, splitBy } from '../../support/splits.ts';
import { transformedLines } from '../../support/transformed-lines.ts';

const KEY = 'in/orders.csv';
const DIALECT: Dialect = {
  delimiter: ',',
  quote: '"',
  lineEnd: 'lf',
  header: true,
  comment: null,
  trailingDelimiter: false,
};
const CSV: FileFormat = {
  type: 'csv',
  dialect: DIALECT,
};
const HEADERLESS: FileFormat = { type: 'csv', dialect: { ...DIALECT, header: false } };
const LINES: FileFormat = { type: 'json-lines' };
const ARRAY: FileFormat = { type: 'json-array' };

const ORDERS = contractOf([
  { name: 'id', type: 'integer', constraints: { required: true, minimum: 1, maximum: 99 } },
  { name: 'code', constraints: { minLength: 2, maxLength: 3, pattern: '[A-Z]+' } },
  { name: 'state', constraints: { enum: ['open', 'paid'] } },
]);

interface Transformed {
  /** The record lines without their lineage. */
  readonly records: string[];
  /** The row numbers that the lineage states. */
  readonly rows: number[];
  readonly rejects: Record<string, unknown>[];
  readonly counts: RowCounts;
  readonly digests: ReturnType<ChunkTransformer['digests']>;
}

const options = (
  format: FileFormat,
  contract: Contract | null = null,
): ChunkTransformerOptions => ({
  key: KEY,
  plan: { format, encoding: 'utf-8', byteOrderMark: false },
  contract,
  limits: { maxRecordBytes: 1 << 16, maxColumns: 100 },
});

function transform(given: ChunkTransformerOptions, ...pieces: Buffer[]): Transformed {
  const transformer = new ChunkTransformer(given);
  const { records, rejects } = transformedLines(transformer, pieces);
  const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
  const lineages = linesOf(records.toString()).map(splitLineage);
  return {
    records: lineages.map(({ line }) => line),
    rows: lineages.map(({ row }) => row),
    rejects: linesOf(rejects.toString()).map((line) => JSON.parse(line) as Record<string, unknown>),
    counts: transformer.counts(),
    digests: transformer.digests(),
  };
}

/** Takes the lineage off a record line, which starts with it. */
function splitLineage(full: string): { row: number; line: string } {
  const [, key, row, rest] = /^\{"_file":("[^"]*"),"_row":(\d+),?(.*)$/.exec(full)!;
  expect(JSON.parse(key!)).toBe(KEY);
  return { row: Number(row), line: `{${rest}` };
}

const transformText = (format: FileFormat, text: string, contract: Contract | null = null) =>
  transform(options(format, contract), Buffer.from(text));

/** Holds a result to the row balance and its lines to their form. */
function expectBalance({ records, rejects, counts }: Transformed): void {
  const { rowsRead, rowsWritten, rowsRejected, rejectsByCode } = counts;
  expect(rowsRead).toBe(rowsWritten + rowsRejected);
  expect(Object.values(rejectsByCode).reduce((sum, count) => sum + count, 0)).toBe(rowsRejected);
  expect(records).toHaveLength(rowsWritten);
  expect(rejects).toHaveLength(rowsRejected);
  for (const line of records) expect(typeof JSON.parse(line)).toBe('object');
}

describe('ChunkTransformer on CSV', () => {
  it('keeps every column as text where no contract applies', () => {
    const { records, counts } = transformText(CSV, 'id,,id\n007,"a\nb",\n');
    expect(records).toEqual(['{"id":"007","column_2":"a\\nb","id_2":""}']);
    expect(counts).toEqual({
      rowsRead: 1,
      rowsWritten: 1,
      rowsRejected: 0,
      rejectsByCode: {},
      noticesByCode: { DUPLICATE_COLUMN_NAME: 1, EMPTY_COLUMN_NAME: 1 },
    });
  });

  it('names the columns by position where there is neither header nor contract', () => {
    const { records } = transformText(HEADERLESS, '1,2\n3,4\n');
    expect(records).toEqual(['{"column_1":"1","column_2":"2"}', '{"column_1":"3","column_2":"4"}']);
  });

  it('takes the names from the contract where there is no header', () => {
    const { records } = transformText(HEADERLESS, '7,AB,open\n', ORDERS);
    expect(records).toEqual(['{"id":7,"code":"AB","state":"open"}']);
  });

  it('does not take the number of columns from a malformed first row', () => {
    const { records, rejects } = transformText(HEADERLESS, '"a"x,1,2\n3,4\n5,6\n');
    expect(records).toHaveLength(2);
    expect(rejects).toMatchObject([{ row: 1, code: 'TEXT_AFTER_CLOSING_QUOTE' }]);
  });

  it('gives nothing for a file without rows', () => {
    for (const text of ['', 'id,code,state\n', 'id,code,state']) {
      expect(transformText(CSV, text).counts.rowsRead).toBe(0);
    }
  });

  it('rejects ragged rows and reads on', () => {
    const { records, rejects } = transformText(CSV, 'a,b\n1\n1,2,3\n1,2\n');
    expect(records).toEqual(['{"a":"1","b":"2"}']);
    expect(rejects).toMatchObject([
      { row: 1, line: 2, offset: 4, code: 'TOO_FEW_FIELDS', raw: '1' },
      { row: 2, line: 3, offset: 6, code: 'TOO_MANY_FIELDS', raw: '1,2,3' },
    ]);
  });

  it('rejects a row that is not UTF-8 with its bytes and takes the others', () => {
    const bad = Buffer.from('M\xfcnchen', 'latin1');
    const bytes = Buffer.concat([Buffer.from('a\nKöln\n'), bad, Buffer.from('\nBonn\n')]);
    const { records, rejects } = transform(options(CSV), bytes);
    expect(records).toEqual(['{"a":"Köln"}', '{"a":"Bonn"}']);
    expect(rejects).toMatchObject([
      { row: 2, code: 'INVALID_ENCODING', rawBase64: bad.toString('base64') },
    ]);
  });

  it('rejects a file whose header is not UTF-8', () => {
    expect(() => transform(options(CSV), Buffer.from('M\xfcnchen\n1\n', 'latin1'))).toThrow(
      rejection('INVALID_ENCODING'),
    );
  });

  it('rejects a file whose header is malformed', () => {
    expect(() => transformText(CSV, '"a"x,b\n1,2\n')).toThrow(rejection('MALFORMED_HEADER'));
  });

  it('counts offsets from behind a byte order mark', () => {
    const plan = { format: CSV, encoding: 'utf-8', byteOrderMark: true } as const;
    const { rejects } = transform({ ...options(CSV), plan }, Buffer.from('a\n1,2\n'));
    expect(rejects).toMatchObject([{ offset: 5 }]);
  });

  it('rejects a file with more columns than allowed', () => {
    const header = Array.from({ length: 101 }, (_, index) => `c${index}`).join(',');
    expect(() => transformText(CSV, `${header}\n`)).toThrow(rejection('TOO_MANY_COLUMNS'));
  });

  it('takes rows that end in a delimiter where the file has it so', () => {
    const format = { ...CSV, dialect: { ...DIALECT, trailingDelimiter: true } };
    const { records, rejects } = transformText(format, 'a,b,\n1,2,\n3,4\n5,6,7\n');
    expect(records).toEqual(['{"a":"1","b":"2"}', '{"a":"3","b":"4"}']);
    expect(rejects).toMatchObject([{ row: 3, code: 'TOO_MANY_FIELDS' }]);
  });

  it('rejects a file that lacks a required column', () => {
    expect(() => transformText(CSV, 'code\nAB\n', ORDERS)).toThrow(
      rejection('MISSING_REQUIRED_COLUMN'),
    );
  });
});

describe('ChunkTransformer on JSON', () => {
  it.each([
    [LINES, '{"id":12345678901234567890}\n[1]\n{"id"\n12345678901234567890\n{"__proto__":1e400}\n'],
    [ARRAY, '[{"id":12345678901234567890},[1],{"id"},12345678901234567890,{"__proto__":1e400}]'],
  ])('keeps records as they are and rejects what is none: %j', (format, text) => {
    const { records, counts } = transformText(format, text);
    expect(records).toEqual(['{"id":12345678901234567890}', '{"__proto__":1e400}']);
    expect(counts.rejectsByCode).toEqual({ INVALID_JSON: 1, NOT_AN_OBJECT: 2 });
  });

  it('rejects a record that is not UTF-8', () => {
    const { counts } = transform(options(LINES), Buffer.from('{"a":"\xfc"}\n', 'latin1'));
    expect(counts.rejectsByCode).toEqual({ INVALID_ENCODING: 1 });
  });

  it('rejects a record that is nested too deep and takes the others', () => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const given = { ...options(LINES), limits: { maxRecordBytes: 1 << 20, maxColumns: 100 } };
    const { records, counts } = transform(given, Buffer.from(`${deep}\n{"a":1}\n`));
    expect(records).toEqual(['{"a":1}']);
    expect(counts.rejectsByCode).toEqual({ INVALID_JSON: 1 });
  });

  it('holds records to the contract', () => {
    const { records, rejects } = transformText(
      LINES,
      '{"id":7,"x":1}\n{"id":0,"code":"a"}\n',
      ORDERS,
    );
    expect(records).toEqual(['{"id":7,"code":null,"state":null,"_rescued":{"x":1}}']);
    expect(rejects).toMatchObject([
      { code: 'BELOW_MINIMUM', column: 'id', furtherProblems: [{ code: 'TOO_SHORT' }] },
    ]);
  });
});

describe('ChunkTransformer on row codes', () => {
  const parquet = contractOf([{ name: 'id', type: 'integer' }], {
    millrace: { match: ['**'], output: { format: 'parquet' } },
  });
  const unique = contractOf([{ name: 'id', type: 'integer', constraints: { unique: true } }]);
  const HEADER = 'id,code,state\n';
  const cases: [RowCode, FileFormat, string, string, Contract][] = [
    ['TOO_FEW_FIELDS', CSV, HEADER, '7,AB', ORDERS],
    ['TOO_MANY_FIELDS', CSV, HEADER, '7,AB,open,1', ORDERS],
    ['INVALID_ENCODING', CSV, HEADER, '7,\xff,open', ORDERS],
    ['NUL_BYTE', CSV, HEADER, '7,A\0B,open', ORDERS],
    ['TEXT_AFTER_CLOSING_QUOTE', CSV, HEADER, '7,"A"B,open', ORDERS],
    ['STRAY_CARRIAGE_RETURN', CSV, HEADER, '7,A\rB,open', ORDERS],
    ['INVALID_JSON', LINES, '', '{"id":}', ORDERS],
    ['NOT_AN_OBJECT', LINES, '', '[7]', ORDERS],
    ['DUPLICATE_PROPERTY', LINES, '', '{"id":7,"id":8}', ORDERS],
    ['REQUIRED_VALUE_MISSING', CSV, HEADER, ',AB,open', ORDERS],
    ['INVALID_TYPE', CSV, HEADER, 'x,AB,open', ORDERS],
    ['NOT_IN_ENUM', CSV, HEADER, '7,AB,closed', ORDERS],
    ['PATTERN_MISMATCH', CSV, HEADER, '7,ab,open', ORDERS],
    ['BELOW_MINIMUM', CSV, HEADER, '0,AB,open', ORDERS],
    ['ABOVE_MAXIMUM', CSV, HEADER, '100,AB,open', ORDERS],
    ['TOO_SHORT', CSV, HEADER, '7,A,open', ORDERS],
    ['TOO_LONG', CSV, HEADER, '7,ABCD,open', ORDERS],
    ['NOT_UNIQUE', CSV, 'id\n7\n', '007', unique],
    ['NOT_REPRESENTABLE', CSV, 'id\n9223372036854775807\n', '9223372036854775808', parquet],
  ];

  it.each(cases)('gives %s', (code, format, before, row, contract) => {
    const bytes = Buffer.from(`${before}${row}\n`, 'latin1');
    const { rejects, counts } = transform(options(format, contract), bytes);
    const offset = before.length;
    expect(rejects).toMatchObject([{ offset, code }]);
    expect(counts).toMatchObject({ rowsRejected: 1, rejectsByCode: { [code]: 1 } });
  });

  it('is tested for every code', () => {
    expect(cases.map(([code]) => code).sort()).toEqual(Object.values(RowCode).sort());
  });
});

describe('ChunkTransformer on notices', () => {
  it.each<[NoticeCode, FileFormat, string, Contract | null, string]>([
    ['EMPTY_COLUMN_NAME', CSV, 'a, \n1,2\n', null, '{"a":"1","column_2":"2"}'],
    ['DUPLICATE_COLUMN_NAME', CSV, 'a,a\n1,2\n', null, '{"a":"1","a_2":"2"}'],
    ['QUOTE_IN_UNQUOTED_FIELD', CSV, 'a\n5" pipe\n', null, '{"a":"5\\" pipe"}'],
    [
      'VALUES_RESCUED',
      CSV,
      'id,x\n1,2\n',
      contractOf([{ name: 'id' }]),
      '{"id":"1","_rescued":{"x":"2"}}',
    ],
    ['VALUES_RESCUED', CSV, 'a,_row\n1,2\n', null, '{"a":"1","_rescued":{"_row":"2"}}'],
    ['VALUES_RESCUED', LINES, '{"_file":1,"a":2}\n', null, '{"a":2,"_rescued":{"_file":1}}'],
    ['VALUES_RESCUED', LINES, '{"_rescued":{"b":1}}\n', null, '{"_rescued":{"_rescued":{"b":1}}}'],
  ])('counts %s and takes the row', (code, format, text, contract, line) => {
    const { records, counts } = transformText(format, text, contract);
    expect(records).toEqual([line]);
    expect(counts).toMatchObject({ rowsRejected: 0, noticesByCode: { [code]: 1 } });
  });

  it('counts nothing where nothing is out of the ordinary', () => {
    expect(transformText(CSV, 'a,b\n1,2\n').counts.noticesByCode).toEqual({});
  });
});

describe('ChunkTransformer on lineage', () => {
  it('states for each record the row of the source, rejected rows counted', () => {
    const { rows } = transformText(CSV, 'a,b\n1,2\n3\n\n4,5\n');
    expect(rows).toEqual([1, 3]);
  });

  it('states it of a record without properties', () => {
    const transformer = new ChunkTransformer(options(LINES));
    const lines = transformedLines(transformer, [Buffer.from('{}\n')]);
    expect(lines.records.toString()).toBe(`{"_file":"${KEY}","_row":1}\n`);
  });

  it('is left out where the contract says so', () => {
    const millrace = { match: ['**'], lineage: false };
    const contract = contractOf([{ name: 'a' }], { millrace });
    const transformer = new ChunkTransformer(options(CSV, contract));
    const lines = transformedLines(transformer, [Buffer.from('a\n1\n')]);
    expect(lines.records.toString()).toBe('{"a":"1"}\n');
  });
});

describe('ChunkTransformer on any bytes', () => {
  const randomBytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));
  const csvBytes = fc
    .array(
      fc.constantFrom(
        'id,code,state\n',
        '7,AB,open\n',
        '"',
        ',',
        '\n',
        '\r\n',
        '\r',
        '7',
        'ü',
        '\0',
      ),
      { maxLength: 20 },
    )
    .map((parts) => Buffer.from(parts.join('')));
  const jsonBytes = fc
    .array(
      fc.constantFrom(
        '{"id":7}',
        '{"__proto__":[',
        '[',
        ']',
        '}',
        ',',
        '"',
        '\\',
        '\n',
        '1e999',
        ' ',
      ),
      { maxLength: 20 },
    )
    .map((parts) => Buffer.from(parts.join('')));
  const anyBytes = fc.oneof(randomBytes, csvBytes, jsonBytes);

  /** The transformed bytes, or why the file is rejected; other errors pass. */
  function attempt(given: ChunkTransformerOptions, pieces: Buffer[]): Transformed | string {
    try {
      return transform(given, ...pieces);
    } catch (error) {
      if (error instanceof FileRejected) return error.message;
      throw error;
    }
  }

  describe.each([
    ['CSV', CSV, null],
    ['CSV without a header', HEADERLESS, null],
    ['CSV under a contract', HEADERLESS, ORDERS],
    ['JSON Lines', LINES, null],
    ['JSON Lines under a contract', LINES, ORDERS],
    ['a JSON array', ARRAY, null],
  ] as const)('as %s', (_, format, contract) => {
    it('balances or rejects the file, and does so for the same reason whatever the pieces are', () => {
      const recordLimit = fc.constantFrom(5, 20, 1_000);
      fc.assert(
        fc.property(anyBytes, pieceLengths, recordLimit, (bytes, lengths, maxRecordBytes) => {
          const limits = { maxRecordBytes, maxColumns: 3 };
          const given = { ...options(format, contract), limits };
          const whole = attempt(given, [bytes]);
          if (typeof whole !== 'string') expectBalance(whole);
          expect(attempt(given, splitBy(bytes, lengths))).toEqual(whole);
        }),
        { numRuns: 1_000 },
      );
    });
  });

  it('writes exactly the names of the header, in their order', () => {
    const name = fc.stringMatching(/^[a-zA-Z_ü ]{0,4}$/).filter((text) => text !== '_row');
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 2, maxLength: 5 }),
        fc.array(fc.stringMatching(/^[a-z0-9"\\ü]{0,3}$/), { maxLength: 30 }),
        (names, cells) => {
          const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
          const rows = [names];
          for (let at = 0; at + names.length <= cells.length; at += names.length) {
            rows.push(cells.slice(at, at + names.length));
          }
          const text = rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
          const { records, counts } = transformText(CSV, text);
          expectSame(counts.rowsWritten, rows.length - 1);
          const keysOf = (line: string): string[] => Object.keys(JSON.parse(line) as object);
          const [first] = records;
          for (const line of records) expect(keysOf(line)).toEqual(keysOf(first!));
          if (first !== undefined && new Set(names).size === names.length) {
            const expected = names.map((cell, at) =>
              cell.trim() === '' ? `column_${at + 1}` : cell,
            );
            expect(keysOf(first)).toEqual(expected);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('ChunkTransformer on short rows that become long lines', () => {
  const fields = Array.from({ length: 1_200 }, (_, index) => ({ name: `field_${index}` }));
  const bytes = Buffer.from('{}\n'.repeat(2_000));

  it.each([
    ['records', contractOf(fields)],
    ['rejects', contractOf(fields.map((field) => ({ ...field, constraints: { required: true } })))],
  ] as const)('gives its %s in portions of about a mebibyte', (kind, contract) => {
    const portions = [...new ChunkTransformer(options(LINES, contract)).write(bytes)];
    const lengths = portions.map((lines) => lines[kind].length);
    expect(Math.max(...lengths)).toBeLessThan(1_200_000);
    expect(lengths.length).toBeGreaterThan(2);
  });
});
