import type { Encoding } from '../../../src/datasets/contract.ts';
import { CsvReader } from '../../../src/pipeline/formats/csv-reader.ts';
import type { ReaderOptions, SourceRecord } from '../../../src/pipeline/formats/source-record.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import { csvOracle } from '../../support/csv-oracle.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { readingOf, readRecords } from '../../support/read-records.ts';
import { rejection } from '../../support/rejection.ts';
import { everyCut, pieceLengths, splitBy } from '../../support/splits.ts';
import { PLAIN_DIALECT } from '../../support/dialects.ts';

const ROOMY: ReaderOptions = { maxRecordBytes: 1 << 20, encoding: 'utf-8', firstOffset: 0 };

const open = (dialect: Partial<Dialect> = {}, options: Partial<ReaderOptions> = {}): CsvReader =>
  new CsvReader({ ...PLAIN_DIALECT, ...dialect }, { ...ROOMY, ...options });

const read = (text: string, dialect?: Partial<Dialect>) =>
  readRecords(open(dialect), [Buffer.from(text)]);

const values = (text: string, dialect?: Partial<Dialect>): string[][] =>
  read(text, dialect).map(({ value }) => value);

/** A record as it was written, with the position counted while writing. */
interface Written {
  readonly row: number;
  readonly line: number;
  readonly offset: number;
  readonly value: readonly string[];
  readonly raw: string;
  readonly notice: string | null;
}

interface GeneratedRow {
  readonly fields: readonly { readonly text: string; readonly quoted: boolean }[];
  readonly lineEnd: number;
  readonly blankLines: number;
  readonly commentLine: boolean;
}

interface GeneratedFile {
  readonly dialect: Dialect;
  readonly encoding: Encoding;
  readonly text: string;
  readonly written: readonly Written[];
}

const piecesOfText = [
  ...['a', 'Z', '0', ' ', 'ü', '漢', '😀', '\u0000', '\\', '#', '%', '\ufeff'],
  ...[',', ';', '\t', '|', '^', '"', "'", '""', "''", '\n', '\r', '\r\n', '\n\n', '\r\r'],
];
const field = fc.record({
  text: fc
    .array(fc.constantFrom(...piecesOfText), { maxLength: 6 })
    .map((pieces) => pieces.join('')),
  quoted: fc.boolean(),
});
const row: fc.Arbitrary<GeneratedRow> = fc.record({
  fields: fc.array(field, { minLength: 1, maxLength: 5 }),
  lineEnd: fc.nat({ max: 2 }),
  blankLines: fc.constantFrom(0, 0, 0, 1, 2),
  commentLine: fc.boolean(),
});

/** Line ends that a writer of the dialect may use. */
const LINE_ENDS: Readonly<Record<Dialect['lineEnd'], readonly string[]>> = {
  lf: ['\n', '\n', '\r\n'],
  crlf: ['\r\n', '\r\n', '\n'],
  cr: ['\r', '\r', '\n'],
  mixed: ['\r', '\n', '\r\n'],
};

const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|', '^', ' '),
  quote: fc.constantFrom('"', '"', "'", '%', null),
  lineEnd: fc.constantFrom('lf', 'crlf', 'cr', 'mixed'),
  header: fc.boolean(),
  comment: fc.constantFrom(null, '#', '\\'),
  trailingDelimiter: fc.constant(false),
});

/** Writes tables as CSV the way RFC 4180 says, and counts as it goes. */
const generatedFile: fc.Arbitrary<GeneratedFile> = fc
  .record({
    rows: fc.array(row, { maxLength: 6 }),
    dialect,
    encoding: fc.constantFrom<Encoding[]>('utf-8', 'utf-8', 'utf-16le', 'windows-1252'),
    endsWithLineEnd: fc.boolean(),
  })
  .map(writeFile);

function writeFile(options: {
  readonly rows: readonly GeneratedRow[];
  readonly dialect: Dialect;
  readonly encoding: Encoding;
  readonly endsWithLineEnd: boolean;
}): GeneratedFile {
  const { rows, encoding, endsWithLineEnd } = options;
  const written: Written[] = [];
  let text = '';
  let line = 1;
  const write = (part: string): void => {
    text += part;
    line += lineEndsIn(part, options.dialect);
  };
  rows.forEach(({ fields, lineEnd, blankLines, commentLine }, index) => {
    const end = LINE_ENDS[options.dialect.lineEnd][lineEnd] ?? '\n';
    const { comment } = options.dialect;
    if (comment !== null && commentLine) write(`${comment}"it's ,;|%\t${end}`);
    const cells = fields.map((cell, column) => writable(cell, column, options.dialect));
    const raw = cells.map((cell) => writeCell(cell, options.dialect));
    written.push({
      row: index + (options.dialect.header ? 0 : 1),
      line,
      offset: lengthIn(encoding, text),
      value: cells.map((cell) => cell.text),
      raw: raw.join(options.dialect.delimiter),
      notice: cells.some((cell) => hasQuoteAsText(cell, options.dialect))
        ? 'QUOTE_IN_UNQUOTED_FIELD'
        : null,
    });
    const isLast = index === rows.length - 1;
    write(raw.join(options.dialect.delimiter));
    write(isLast && !endsWithLineEnd ? '' : end.repeat(1 + blankLines));
  });
  return { dialect: options.dialect, encoding, text, written };
}

function lineEndsIn(text: string, { lineEnd }: Dialect): number {
  const endsAtCarriageReturn = lineEnd === 'cr' || lineEnd === 'mixed';
  return text.split(endsAtCarriageReturn ? /\r\n|\r|\n/ : '\n').length - 1;
}

function lengthIn(encoding: Encoding, text: string): number {
  if (encoding === 'utf-8') return Buffer.byteLength(text);
  return encoding === 'utf-16le' ? 2 * text.length : Array.from(text).length;
}

type Cell = GeneratedRow['fields'][number];

/** A cell that the dialect can hold, with the quotes that it needs. */
function writable({ text, quoted }: Cell, column: number, of: Dialect): Cell {
  const { delimiter, quote, comment } = of;
  if (quote === null) {
    const plain = text.replace(/[\r\n]/g, '').replaceAll(delimiter, '');
    return { text: column === 0 ? `x${plain}` : plain, quoted: false };
  }
  const needsQuotes =
    (column === 0 && text === '') ||
    text.startsWith(quote) ||
    (column === 0 && comment !== null && text.startsWith(comment)) ||
    /[\r\n]/.test(text) ||
    text.includes(delimiter);
  return { text, quoted: quoted || needsQuotes };
}

function writeCell({ text, quoted }: Cell, { quote }: Dialect): string {
  if (!quoted || quote === null) return text;
  return quote + text.replaceAll(quote, quote + quote) + quote;
}

const hasQuoteAsText = ({ text, quoted }: Cell, { quote }: Dialect): boolean =>
  !quoted && quote !== null && text.includes(quote);

const found = ({ row, line, offset, value, raw, notice }: SourceRecord<string[]>): Written => ({
  row,
  line,
  offset,
  value,
  raw: raw.toString(),
  notice: notice ?? null,
});

describe('CsvReader on any well-formed file', () => {
  it('reads the same values as csv-parse, at the positions counted while writing', () => {
    fc.assert(
      fc.property(generatedFile, ({ dialect: of, encoding, text, written }) => {
        const records = readRecords(open(of, { encoding }), [Buffer.from(text)]);
        expectSame(
          records.every(({ problem }) => problem === null),
          true,
        );
        const values = records.map(({ value }) => value);
        // Texts are compared much faster than objects.
        expectSame(JSON.stringify(records.map(found)), JSON.stringify(written));
        expectSame(JSON.stringify(values), JSON.stringify(csvOracle(text, of)));
      }),
      { numRuns: 20_000 },
    );
  }, 60_000);

  it('reads the same records whatever the pieces are that the bytes come in', () => {
    fc.assert(
      fc.property(generatedFile, pieceLengths, ({ dialect: of, encoding, text }, lengths) => {
        const bytes = Buffer.from(text);
        const whole = readingOf(open(of, { encoding }), [bytes]);
        expectSame(readingOf(open(of, { encoding }), splitBy(bytes, lengths)), whole);
        expectSame(readingOf(open(of, { encoding }), splitBy(bytes, [1])), whole);
      }),
      { numRuns: 6_000 },
    );
  }, 60_000);
});

describe('CsvReader on any bytes', () => {
  const anyBytes = fc
    .array(
      fc.constantFrom('a', 'bc', ',', '"', '""', '\r', '\n', '\r\n', '\r\r\n', '#', '\xff', '","'),
      { maxLength: 24 },
    )
    .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
  const anyDialect: fc.Arbitrary<Partial<Dialect>> = fc.record({
    lineEnd: fc.constantFrom('lf', 'crlf', 'cr', 'mixed'),
    quote: fc.constantFrom('"', null),
    comment: fc.constantFrom('#', null),
  });

  it('gives the same records or the same rejection for any pieces, however short records must be', () => {
    const limits = fc.constantFrom(1, 2, 3, 5, 8, 1_000);
    fc.assert(
      fc.property(anyBytes, anyDialect, limits, pieceLengths, (bytes, of, limit, lengths) => {
        const reader = (): CsvReader => open(of, { maxRecordBytes: limit });
        const whole = readingOf(reader(), [bytes]);
        expectSame(readingOf(reader(), splitBy(bytes, lengths)), whole);
        expectSame(readingOf(reader(), splitBy(bytes, [1])), whole);
      }),
      { numRuns: 8_000 },
    );
  }, 60_000);

  it('takes every byte into a record, a comment or a line end', () => {
    fc.assert(
      fc.property(anyBytes, anyDialect, (bytes, of) => {
        const reading = readingOf(open(of), [bytes]);
        if (reading.startsWith('UNCLOSED_QUOTE')) return;
        const between = Buffer.from(bytes);
        for (const { offset, raw } of readRecords(open(of), [bytes])) {
          expectSame(bytes.subarray(offset, offset + raw.length).equals(raw), true);
          between.fill('\n', offset, offset + raw.length);
        }
        expect(between.toString('latin1')).toMatch(/^(?:[\r\n]|(?<![^\r\n])#[^\n]*)*$/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('CsvReader on a stray carriage return', () => {
  it.each([
    ['in a field', 'h,i\na\rb,c\nd,e\n', 'a\rb,c', 5],
    ['at the start of a field', 'h,i\na,\rb\nd,e\n', 'a,\rb', 6],
    ['at the start of a record', 'h,i\n\ra,b\nd,e\n', '\ra,b', 4],
    ['before a delimiter', 'h,i\na\r,b\nd,e\n', 'a\r,b', 5],
    ['before a CRLF', 'h,i\na,b\r\r\nd,e\n', 'a,b\r', 7],
    ['twice, of which the first is named', 'h,i\na\rb,c\rd\nd,e\n', 'a\rb,c\rd', 5],
  ])('makes the row a problem row and reads on: %s', (_, text, raw, at) => {
    for (const pieces of everyCut(Buffer.from(text))) {
      const [header, bad, good] = readRecords(open(), pieces);
      expect(header?.problem).toBeNull();
      expect(bad?.raw.toString()).toBe(raw);
      expect(bad?.problem).toEqual({
        code: 'STRAY_CARRIAGE_RETURN',
        column: null,
        reason: `an unquoted field has a carriage return at byte ${at} that ends no line`,
      });
      expect(good).toMatchObject({ row: 2, line: 3, value: ['d', 'e'], problem: null });
    }
  });

  it('names the byte in the source, whatever its encoding', () => {
    const text = Buffer.from('hé\nü\rb\n');
    const reader = open({}, { encoding: 'utf-16le', firstOffset: 2 });
    const [, bad] = readRecords(reader, [text]);
    expect(bad).toMatchObject({ offset: 8 });
    expect(bad?.problem?.reason).toContain('byte 10 ');
  });

  it('takes a CR inside quotes as text', () => {
    expect(read('h\n"a\rb"\n')).toMatchObject([{}, { value: ['a\rb'], problem: null }]);
  });

  it('names the first problem of a row that has several', () => {
    const codes = read('"a"b,c\rd\ne\rf,"g"h\n').map(({ problem }) => problem?.code);
    expect(codes).toEqual(['TEXT_AFTER_CLOSING_QUOTE', 'STRAY_CARRIAGE_RETURN']);
  });
});

describe('CsvReader on comments', () => {
  const commented = { comment: '#' };

  it.each<[string, string, Partial<Dialect>, string[][]]>([
    [
      'before the header',
      '# made by hand\na,b\n1,2\n',
      {},
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['between rows', 'a\n#\n1\n#"x\n#y"\n2\n', {}, [['a'], ['1'], ['2']]],
    ['at the end without a line end', 'a\n1\n# bye', {}, [['a'], ['1']]],
    ['ended by CRLF', '#x\r\na\r\n#y\r\n1\r\n', {}, [['a'], ['1']]],
    ['with a CR in it', 'a\n#x\ry\n1\n', {}, [['a'], ['1']]],
    ['ended by a CR', 'a\r#x\r1\r', { lineEnd: 'mixed' }, [['a'], ['1']]],
    ['only', '# nothing\n# else\n', {}, []],
  ])('skips lines %s', (_, text, of, expected) => {
    for (const pieces of everyCut(Buffer.from(text))) {
      const records = readRecords(open({ ...commented, ...of }), pieces);
      expect(records.map(({ value }) => value)).toEqual(expected);
    }
  });

  it.each([
    ['in a later field', 'a,#b\n', ['a', '#b']],
    ['after a blank', ' #a\n', [' #a']],
    ['in quotes', '"#a"\n', ['#a']],
    ['on a later line of a quoted field', '"a\n#b"\n', ['a\n#b']],
  ])('takes the character as text %s', (_, text, expected) => {
    expect(values(text, commented)).toEqual([expected]);
  });

  it('counts their lines and bytes, but no rows', () => {
    expect(read('# x\na\n# y\n\n# z\n1\n', commented)).toMatchObject([
      { row: 0, line: 2, offset: 4 },
      { row: 1, line: 6, offset: 15 },
    ]);
  });

  it('holds a comment to the limit of a record, however it is cut', () => {
    for (const pieces of everyCut(Buffer.from('a\n#345678\n#3456789\nb\n'))) {
      expect(() => readRecords(open(commented, { maxRecordBytes: 7 }), pieces)).toThrow(
        'RECORD_TOO_LARGE: row 1 (line 3, byte 10) is longer than 7 bytes',
      );
    }
  });
});

describe('CsvReader without a quote', () => {
  it('takes every quote as text, without a notice', () => {
    const records = read('a,"b\n"1","2"x\n', { quote: null });
    expect(records).toMatchObject([
      { value: ['a', '"b'], problem: null },
      { value: ['"1"', '"2"x'], problem: null },
    ]);
    expect(records.every(({ notice }) => notice === undefined)).toBe(true);
  });
});

describe('CsvReader on a quote inside an unquoted field', () => {
  it.each([
    ['in the middle', '5" pipe', '5" pipe'],
    ['at the end', '5"', '5"'],
    ['after a blank', ' "5"', ' "5"'],
  ])('keeps it as text and gives a notice: %s', (_, cell, text) => {
    for (const pieces of everyCut(Buffer.from(`a,b\n${cell},"x"\ny,z\n`))) {
      const [header, row, other] = readRecords(open(), pieces);
      expect(row).toMatchObject({
        value: [text, 'x'],
        problem: null,
        notice: 'QUOTE_IN_UNQUOTED_FIELD',
      });
      expect(header?.notice).toBeUndefined();
      expect(other?.notice).toBeUndefined();
    }
  });
});

describe('CsvReader on physical lines', () => {
  it.each<[Dialect['lineEnd'], string, number]>([
    ['lf', 'LF', 6],
    ['crlf', 'LF', 6],
    ['cr', 'CR, LF and CRLF', 9],
    ['mixed', 'CR, LF and CRLF', 9],
  ])('counts in %s files %s inside quotes, a CRLF once', (lineEnd, _, line) => {
    const end = lineEnd === 'cr' ? '\r' : '\n';
    const text = `h${end}"a\nb\rc\r\nd\r\re\n"${end}last`;
    for (const pieces of everyCut(Buffer.from(text))) {
      expect(readRecords(open({ lineEnd }), pieces).at(-1)).toMatchObject({ row: 2, line });
    }
  });
});

describe('CsvReader on long records', () => {
  const MIB = 1 << 20;

  it.each<[string, Buffer, number, number]>([
    ['one quoted field', Buffer.from(`"${'x\n'.repeat(4 * MIB - 8)}"\n`), 64 * 1024, 1],
    ['one quoted field in short pieces', Buffer.from(`"${'x\n'.repeat(MIB)}"\n`), 100, 1],
    ['commas', Buffer.from(`${','.repeat(8 * MIB - 8)}\n`), 64 * 1024, 8 * MIB - 7],
    ['a header', Buffer.from(`${'name,'.repeat(100_000)}\n`), 64 * 1024, 100_001],
  ])('reads %s in linear time', (_, bytes, piece, fields) => {
    const started = performance.now();
    const [record] = readRecords(open({}, { maxRecordBytes: 8 * MIB }), splitBy(bytes, [piece]));
    expect(record?.value).toHaveLength(fields);
    expect(performance.now() - started).toBeLessThan(5_000);
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
      'CR, LF and CRLF as line ends',
      'a\r"b\rc\n"\rd\n\r\ne\r\n\rf',
      { lineEnd: 'mixed' },
      [['a'], ['b\rc\n'], ['d'], ['e'], ['f']],
    ],
    ['an LF among lone CRs', 'a\rb\nc\r', { lineEnd: 'cr' }, [['a'], ['b'], ['c']]],
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
