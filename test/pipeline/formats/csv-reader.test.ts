import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvReader } from '../../../src/pipeline/formats/csv-reader.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import { readingOf, readRecords } from '../../support/read-records.ts';
import { rejection } from '../../support/rejection.ts';
import { everyCut, pieceLengths, splitBy } from '../../support/splits.ts';

const DIALECT: Dialect = { delimiter: ',', quote: '"', lineEnd: 'lf', header: true };
const ROOMY = { maxRecordBytes: 1 << 20, firstOffset: 0 };

const open = (dialect: Partial<Dialect> = {}, options: Partial<typeof ROOMY> = {}): CsvReader =>
  new CsvReader({ ...DIALECT, ...dialect }, { ...ROOMY, ...options });

const read = (text: string, dialect?: Partial<Dialect>) =>
  readRecords(open(dialect), [Buffer.from(text)]);

const values = (text: string, dialect?: Partial<Dialect>): string[][] =>
  read(text, dialect).map(({ value }) => value);

/** A record as it was written, with the position counted while writing. */
interface Written {
  readonly value: readonly string[];
  readonly row: number;
  readonly line: number;
  readonly offset: number;
  readonly raw: string;
}

interface GeneratedRow {
  readonly fields: readonly { readonly text: string; readonly quoted: boolean }[];
  readonly crlf: boolean;
  readonly blankLines: number;
}

interface GeneratedFile {
  readonly dialect: Dialect;
  readonly text: string;
  readonly written: readonly Written[];
}

const piecesOfText = [
  ...['a', 'Z', '0', ' ', 'ü', '漢', '😀', '\u0000', '\\', '#', '\ufeff'],
  ...[',', ';', '\t', '|', '"', "'", '""', "''", '\n', '\r', '\r\n', '\n\n'],
];
const field = fc.record({
  text: fc
    .array(fc.constantFrom(...piecesOfText), { maxLength: 6 })
    .map((pieces) => pieces.join('')),
  quoted: fc.boolean(),
});
const row: fc.Arbitrary<GeneratedRow> = fc.record({
  fields: fc.array(field, { minLength: 1, maxLength: 5 }),
  crlf: fc.boolean(),
  blankLines: fc.constantFrom(0, 0, 0, 1, 2),
});

/** Writes tables as CSV the way RFC 4180 says, and counts as it goes. */
const generatedFile: fc.Arbitrary<GeneratedFile> = fc
  .record({
    rows: fc.array(row, { maxLength: 6 }),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    quote: fc.constantFrom('"', "'"),
    lineEnd: fc.constantFrom('lf', 'crlf', 'cr'),
    header: fc.boolean(),
    endsWithLineEnd: fc.boolean(),
  })
  .map(({ rows, endsWithLineEnd, ...dialect }) => writeFile(rows, dialect, endsWithLineEnd));

function writeFile(
  rows: readonly GeneratedRow[],
  dialect: Dialect,
  endsWithLineEnd: boolean,
): GeneratedFile {
  const written: Written[] = [];
  const lineBreak = dialect.lineEnd === 'cr' ? '\r' : '\n';
  let text = '';
  let line = 1;
  rows.forEach(({ fields, crlf, blankLines }, index) => {
    const raw = fields
      .map((cell) => writeCell(cell, fields.length, dialect))
      .join(dialect.delimiter);
    const offset = Buffer.byteLength(text);
    const value = fields.map((cell) => cell.text);
    written.push({ value, row: index + (dialect.header ? 0 : 1), line, offset, raw });
    const isLast = index === rows.length - 1;
    const lineEnd = dialect.lineEnd === 'cr' ? '\r' : crlf ? '\r\n' : '\n';
    const after = isLast && !endsWithLineEnd ? '' : lineEnd.repeat(1 + blankLines);
    text += raw + after;
    line += (raw + after).split(lineBreak).length - 1;
  });
  return { dialect, text, written };
}

function writeCell(
  { text, quoted }: GeneratedRow['fields'][number],
  fieldsInRow: number,
  { delimiter, quote }: Dialect,
): string {
  const isBlankLine = text === '' && fieldsInRow === 1;
  const needsQuotes =
    isBlankLine || text.startsWith(quote) || /[\r\n]/.test(text) || text.includes(delimiter);
  return quoted || needsQuotes ? quote + text.replaceAll(quote, quote + quote) + quote : text;
}

function oracle(text: string, { delimiter, quote, lineEnd }: Dialect): string[][] {
  return parse(text, {
    delimiter,
    quote,
    escape: quote,
    record_delimiter: lineEnd === 'cr' ? '\r' : ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
}

describe('CsvReader on any well-formed file', () => {
  it('reads the same values as csv-parse, at the positions counted while writing', () => {
    fc.assert(
      fc.property(generatedFile, ({ dialect, text, written }) => {
        const bytes = Buffer.from(text);
        const records = readRecords(open(dialect), [bytes]);
        const found = records.map(({ raw, problem, ...record }) => {
          const slice = bytes.subarray(record.offset, record.offset + raw.length);
          return { ...record, raw: raw.toString(), slice: slice.toString(), problem };
        });
        const expected = written.map((record) => ({ ...record, slice: record.raw, problem: null }));
        expect(found).toEqual(expected);
        expect(records.map(({ value }) => value)).toEqual(oracle(text, dialect));
      }),
      { numRuns: 6_000 },
    );
  }, 60_000);

  it('reads the same records whatever the pieces are that the bytes come in', () => {
    fc.assert(
      fc.property(generatedFile, pieceLengths, ({ dialect, text }, lengths) => {
        const bytes = Buffer.from(text);
        const whole = readingOf(open(dialect), [bytes]);
        expect(readingOf(open(dialect), splitBy(bytes, lengths))).toBe(whole);
        expect(readingOf(open(dialect), splitBy(bytes, [1]))).toBe(whole);
      }),
      { numRuns: 6_000 },
    );
  }, 60_000);
});

describe('CsvReader on any bytes', () => {
  const anyBytes = fc
    .array(fc.constantFrom('a', 'bc', ',', '"', '""', '\r', '\n', '\r\n', '\xff', '","'), {
      maxLength: 24,
    })
    .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
  const lineEnds = fc.constantFrom<Dialect['lineEnd'][]>('lf', 'crlf', 'cr');

  it('gives the same records or the same rejection for any pieces, however short records must be', () => {
    const limits = fc.constantFrom(1, 2, 3, 5, 8, 1_000);
    fc.assert(
      fc.property(anyBytes, lineEnds, limits, pieceLengths, (bytes, lineEnd, limit, lengths) => {
        const reader = (): CsvReader => open({ lineEnd }, { maxRecordBytes: limit });
        const whole = readingOf(reader(), [bytes]);
        expect(readingOf(reader(), splitBy(bytes, lengths))).toBe(whole);
        expect(readingOf(reader(), splitBy(bytes, [1]))).toBe(whole);
      }),
      { numRuns: 6_000 },
    );
  }, 60_000);

  it('takes every byte into a record or between records', () => {
    fc.assert(
      fc.property(anyBytes, lineEnds, (bytes, lineEnd) => {
        const reading = readingOf(open({ lineEnd }), [bytes]);
        if (reading.startsWith('UNCLOSED_QUOTE')) return;
        const between = Buffer.from(bytes);
        for (const { offset, raw } of readRecords(open({ lineEnd }), [bytes])) {
          expect(bytes.subarray(offset, offset + raw.length).equals(raw)).toBe(true);
          between.fill('\n', offset, offset + raw.length);
        }
        expect(between.toString('latin1')).toMatch(/^[\r\n]*$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('CsvReader on a malformed row', () => {
  it.each([
    ['text after a closing quote', 'h,i\n"a"b,c\nd,e\n', '"a"b,c'],
    ['a blank after a closing quote', 'h,i\n"a" ,c\nd,e\n', '"a" ,c'],
    ['a lone CR after a closing quote', 'h,i\n"a"\rb,c\nd,e\n', '"a"\rb,c'],
    ['two CRs after a closing quote', 'h,i\n"a"\r\r\nd,e\n', '"a"\r'],
    ['quotes around each part', 'h,i\n"a""b"c"d",e\nd,e\n', '"a""b"c"d",e'],
  ])('marks %s as a problem and reads on', (_, text, raw) => {
    const [header, bad, good] = read(text);
    expect(header?.problem).toBeNull();
    expect(bad?.problem).toMatchObject({ code: 'TEXT_AFTER_CLOSING_QUOTE', column: null });
    expect(bad?.raw.toString()).toBe(raw);
    expect(good).toMatchObject({ row: 2, line: 3, value: ['d', 'e'], problem: null });
  });

  it('keeps a malformed row with quoted line breaks together', () => {
    const [, bad, good] = read('h\n"a\nb"c\nd\n');
    expect(bad?.raw.toString()).toBe('"a\nb"c');
    expect(good).toMatchObject({ row: 2, line: 4, offset: 9, value: ['d'] });
  });

  it.each(everyCut(Buffer.from('h,i\r\n"a"x,"b"\r\n"c"\r\n')))(
    'judges the same when the file is cut into %j and %j',
    (...pieces) => {
      const found = readRecords(open(), pieces).map(({ problem }) => problem?.code ?? null);
      expect(found).toEqual([null, 'TEXT_AFTER_CLOSING_QUOTE', null]);
    },
  );
});

describe('CsvReader on an unclosed quote', () => {
  it.each([
    ['the last row', 'h\na\n"b\nc\n', 'row 2 (line 3, byte 4)'],
    ['the header', '"h\na\n', 'row 0 (line 1, byte 0)'],
    ['a quote at the very end', 'h\n"', 'row 1 (line 2, byte 2)'],
    ['a doubled quote at the end', 'h\n"a""', 'row 1 (line 2, byte 2)'],
  ])('rejects the file and names the row: %s', (_, text, where) => {
    expect(() => read(text)).toThrow(rejection('UNCLOSED_QUOTE'));
    expect(() => read(text)).toThrow(where);
  });
});

describe('CsvReader on a record at its limit', () => {
  const limit = { maxRecordBytes: 8 };

  it.each(['\n', '\r\n', ''])('takes a record of exactly the limit before %j', (lineEnd) => {
    for (const pieces of everyCut(Buffer.from(`h\n12345678${lineEnd}`))) {
      expect(readRecords(open({}, limit), pieces)).toHaveLength(2);
    }
  });

  it.each(['h\n123456789\n', 'h\n123456789', 'h\n"1234\n678"\n', 'h\n"12345678'])(
    'rejects a file with a longer one, however it is cut: %j',
    (text) => {
      for (const pieces of everyCut(Buffer.from(text))) {
        expect(() => readRecords(open({}, limit), pieces)).toThrow(
          'RECORD_TOO_LARGE: row 1 (line 2, byte 2) is longer than 8 bytes',
        );
      }
    },
  );
});

describe('CsvReader', () => {
  it.each<[string, string, Partial<Dialect>, string[][]]>([
    ['an empty file', '', {}, []],
    ['blank lines only', '\n\r\n\n', {}, []],
    [
      'a missing final line end',
      'a,b\n1,2',
      {},
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'an empty last field without a line end',
      'a,b\n1,',
      {},
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    ['LF and CRLF mixed', 'a\r\nb\nc\r\n', {}, [['a'], ['b'], ['c']]],
    [
      'lone CRs',
      'a,b\r1,2\r',
      { lineEnd: 'cr' },
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'LF as text between lone CRs',
      'a\r"b\rc\n"\rd\n',
      { lineEnd: 'cr' },
      [['a'], ['b\rc\n'], ['d\n']],
    ],
    ['a lone CR as text between LFs', 'a\rb\nc\n', {}, [['a\rb'], ['c']]],
    [
      'a CR at the very end as half of a CRLF',
      'a,b\r\n1,2\r',
      {},
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a CR at the very end after a quote', 'a\r\n"1"\r', {}, [['a'], ['1']]],
    ['a blank line that ends in a CR', 'a\r\n\r', {}, [['a']]],
    ['a quoted empty field as a row', 'a\n""\nb\n', {}, [['a'], [''], ['b']]],
    ['a quote inside an unquoted field', 'a\nb"c"\n', {}, [['a'], ['b"c"']]],
    ['a quote after a blank', 'a\n "b"\n', {}, [['a'], [' "b"']]],
    ['doubled quotes', 'a\n"""b""c"""\n', {}, [['a'], ['"b"c"']]],
    ['only doubled quotes', 'a\n""""\n', {}, [['a'], ['"']]],
    [
      'single quotes',
      "a;b\n'1;''2';\"3\n",
      { delimiter: ';', quote: "'" },
      [
        ['a', 'b'],
        ["1;'2", '"3'],
      ],
    ],
  ])('reads %s', (_, text, dialect, expected) => {
    expect(values(text, dialect)).toEqual(expected);
    for (const pieces of everyCut(Buffer.from(text))) {
      expect(readRecords(open(dialect), pieces).map(({ value }) => value)).toEqual(expected);
    }
  });

  it('counts the first record as row 1 where there is no header', () => {
    expect(read('a\nb\n', { header: false }).map(({ row }) => row)).toEqual([1, 2]);
  });

  it('counts offsets from behind a byte order mark', () => {
    const records = readRecords(open({}, { firstOffset: 3 }), [Buffer.from('h\na\n')]);
    expect(records.map(({ offset }) => offset)).toEqual([3, 5]);
  });

  it('does not return a record before its end is certain', () => {
    const reader = open();
    expect(reader.write(Buffer.from('a\n"b"'))).toHaveLength(1);
    expect(reader.write(Buffer.from('\r'))).toHaveLength(0);
    expect(reader.write(Buffer.from('\n'))).toHaveLength(1);
    expect(reader.end()).toHaveLength(0);
  });
});
