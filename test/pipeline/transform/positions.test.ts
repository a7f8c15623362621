import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ENCODINGS, type Encoding } from '../../../src/datasets/contract.ts';
import { DecodedSource } from '../../../src/pipeline/decoded-source.ts';
import { DEFAULT_LIMITS } from '../../../src/pipeline/limits.ts';
import type { Dialect, FileFormat, Plan } from '../../../src/pipeline/payload.ts';
import { ChunkTransformer } from '../../../src/pipeline/transform/chunk-transformer.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { pieceLengths, splitBy } from '../../support/splits.ts';

type Reading = Pick<Plan, 'compression' | 'encoding' | 'byteOrderMark' | 'format'>;

/** Stands in generated text for bytes that are no text in the file's encoding. */
const BAD = '\u{f0000}';

/** Where a rejected row stands, and why it is rejected. */
interface Place {
  readonly row: number;
  readonly line: number;
  readonly offset: number;
  readonly code: string;
  /** The row's bytes in the file, in hex. */
  readonly bytes: string;
}

/** A file as it was written, with what was counted while writing. */
interface WrittenFile {
  readonly reading: Reading;
  readonly stored: Buffer;
  readonly rows: number;
  readonly rejects: readonly Place[];
}

/** A row to be written; the code with which it has to be rejected, null for a good one. */
interface Row {
  readonly text: string;
  readonly code: string | null;
  /** What stands between it and the next row. */
  readonly after: string;
}

/** How the bytes of an encoding are written, without the code under test. */
interface Writing {
  readonly encode: (text: string) => Buffer;
  readonly mark: string;
  /** Characters that the encoding has. */
  readonly letters: readonly string[];
  /** Bytes that are no text, in hex. */
  readonly bad: readonly string[];
}

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const oneByte = (text: string): Buffer => Buffer.from(text.replaceAll('€', '\x80'), 'latin1');
const LETTERS = ['a', 'Z', '0', ' ', 'ü', 'ÿ'];
const ALL_LETTERS = [...LETTERS, '€', '漢', '😀', '\ufeff', '\ufffd'];

const WRITINGS: Readonly<Record<Encoding, Writing>> = {
  'utf-8': {
    encode: (text) => Buffer.from(text),
    mark: 'efbbbf',
    letters: ALL_LETTERS,
    bad: ['ff', 'c3', 'fe8881', 'eda080', 'e6bc'],
  },
  'utf-16le': {
    encode: (text) => Buffer.from(text, 'utf16le'),
    mark: 'fffe',
    letters: ALL_LETTERS,
    bad: ['3dd8', '00de', '0adc', '3dd83dd8'],
  },
  'utf-16be': {
    encode: (text) => swapped(Buffer.from(text, 'utf16le')),
    mark: 'feff',
    letters: ALL_LETTERS,
    bad: ['d83d', 'de00', 'dc0a', 'd83dd83d'],
  },
  'windows-1252': {
    encode: oneByte,
    mark: '',
    letters: [...LETTERS, '€'],
    bad: ['81', '8d', '9d90'],
  },
  'iso-8859-1': { encode: oneByte, mark: '', letters: [...LETTERS, '\x80'], bad: [] },
};

/** The bytes of a text; each of its bad places has the same bad bytes. */
function bytesOf(text: string, { encode }: Writing, bad: string): Buffer {
  const [first = '', ...others] = text.split(BAD);
  return Buffer.concat([
    encode(first),
    ...others.flatMap((part) => [Buffer.from(bad, 'hex'), encode(part)]),
  ]);
}

interface FileParts {
  readonly encoding: Encoding;
  readonly isMarked: boolean;
  readonly compression: Plan['compression'];
  readonly bad: string;
  readonly format: FileFormat;
  /** What stands before the first row. */
  readonly before: string;
  readonly rows: readonly Row[];
}

/** Writes a file row by row and counts as it goes. */
function writeFile({
  encoding,
  isMarked,
  compression,
  bad,
  format,
  ...file
}: FileParts): WrittenFile {
  const writing = WRITINGS[encoding];
  const mark = isMarked ? Buffer.from(writing.mark, 'hex') : Buffer.alloc(0);
  const lineEnds = lineEndsOf(format);
  const rejects: Place[] = [];
  let text = file.before;
  file.rows.forEach((row, index) => {
    if (row.code !== null) {
      rejects.push({
        row: index + 1,
        line: 1 + (text.match(lineEnds)?.length ?? 0),
        offset: mark.length + bytesOf(text, writing, bad).length,
        code: row.code,
        bytes: bytesOf(row.text, writing, bad).toString('hex'),
      });
    }
    text += row.text + row.after;
  });
  const bytes = Buffer.concat([mark, bytesOf(text, writing, bad)]);
  const stored = COMPRESSIONS[compression](bytes);
  const reading = { compression, encoding, byteOrderMark: mark.length > 0, format };
  return { reading, stored, rows: file.rows.length, rejects };
}

/** A lone CR ends lines only where it may end records. */
function lineEndsOf(format: FileFormat): RegExp {
  const hasLoneCr = format.type === 'csv' && endsAtLoneCr(format.dialect);
  return hasLoneCr ? /\r\n|\r|\n/g : /\n/g;
}

const endsAtLoneCr = ({ lineEnd }: Dialect): boolean => lineEnd === 'cr' || lineEnd === 'mixed';

/** In two members or frames, so that one ends in the middle. */
const inHalves =
  (compress: (bytes: Buffer) => Buffer) =>
  (bytes: Buffer): Buffer => {
    const half = bytes.length >> 1;
    return Buffer.concat([compress(bytes.subarray(0, half)), compress(bytes.subarray(half))]);
  };
const COMPRESSIONS: Readonly<Record<Plan['compression'], (bytes: Buffer) => Buffer>> = {
  none: (bytes) => bytes,
  gzip: inHalves(gzipSync),
  zstd: inHalves(zstdCompressSync),
};

/** What any file has, whatever its format. */
const envelopes = fc
  .record({
    encoding: fc.constantFrom(...ENCODINGS),
    isMarked: fc.boolean(),
    compression: fc.constantFrom<Plan['compression'][]>('none', 'none', 'gzip', 'zstd'),
  })
  .chain((envelope) => {
    const { bad } = WRITINGS[envelope.encoding];
    return fc.constantFrom(...(bad.length === 0 ? [''] : bad)).map((hex) => ({
      ...envelope,
      bad: hex,
    }));
  });

const joined = (pieces: readonly string[], maxLength = 4): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { maxLength }).map((parts) => parts.join(''));

const weighted = (good: fc.Arbitrary<Row>, bad: readonly fc.Arbitrary<Row>[]): fc.Arbitrary<Row> =>
  fc.oneof({ weight: bad.length, arbitrary: good }, ...bad);

const csvFiles: fc.Arbitrary<WrittenFile> = fc
  .tuple(
    envelopes,
    fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      quote: fc.constantFrom('"', '"', "'", null),
      lineEnd: fc.constantFrom<Dialect['lineEnd'][]>('lf', 'crlf', 'cr', 'mixed'),
      comment: fc.constantFrom('#', null),
      header: fc.boolean(),
    }),
  )
  .chain(([envelope, stated]) => {
    const dialect: Dialect = { ...stated, trailingDelimiter: false };
    const writing = WRITINGS[envelope.encoding];
    const ends = csvEnds(dialect, writing);
    return fc
      .record({
        before: fc.tuple(csvGaps(dialect, writing), ends),
        // Where there is no header, the first row says how many columns there are.
        first: ends.map((after) => ({ text: csvHeader(dialect), code: null, after })),
        others: fc.array(csvRows(dialect, writing, envelope.bad), { maxLength: 6 }),
        endsWithLineEnd: fc.boolean(),
      })
      .map(({ before: [gap, end], first, others, endsWithLineEnd }) => {
        const rows = [first, ...others];
        const last = rows.pop()!;
        const all = [...rows, endsWithLineEnd ? last : { ...last, after: '' }];
        const header = dialect.header ? csvHeader(dialect) + end : '';
        const format: FileFormat = { type: 'csv', dialect };
        return writeFile({ ...envelope, format, before: gap + header, rows: all });
      });
  });

const csvHeader = ({ delimiter }: Dialect): string => `a${delimiter}b`;

function csvRows(dialect: Dialect, writing: Writing, bad: string): fc.Arbitrary<Row> {
  const text = joined([...writing.letters, '"', "'", '#', '\\']).map((rest) => `x${rest}`);
  const quoted = quotedText(dialect, writing);
  const field = quoted === null ? text : fc.oneof(text, quoted);
  const rowOf = (code: string | null, ...fields: fc.Arbitrary<string>[]): fc.Arbitrary<Row> =>
    fc
      .tuple(fc.tuple(...fields), csvEnds(dialect, writing))
      .map(([cells, after]) => ({ text: cells.join(dialect.delimiter), code, after }));
  const around = (inside: string): fc.Arbitrary<string> =>
    fc.tuple(text, text).map(([left, right]) => left + inside + right);
  const rows = [
    rowOf('TOO_FEW_FIELDS', field),
    rowOf('TOO_MANY_FIELDS', field, field, field),
    rowOf('NUL_BYTE', around('\0'), field),
  ];
  if (bad !== '') rows.push(rowOf('INVALID_ENCODING', field, around(BAD)));
  if (!endsAtLoneCr(dialect)) rows.push(rowOf('STRAY_CARRIAGE_RETURN', around('\r'), field));
  if (quoted !== null) {
    const withText = fc.tuple(quoted, text).map((parts) => parts.join(''));
    rows.push(rowOf('TEXT_AFTER_CLOSING_QUOTE', withText, field));
    rows.push(rowOf('NUL_BYTE', withText, around('\0')));
  }
  return weighted(rowOf(null, field, field), rows);
}

/** A quoted field; null where no character quotes. */
function quotedText(
  { delimiter, quote }: Dialect,
  { letters }: Writing,
): fc.Arbitrary<string> | null {
  if (quote === null) return null;
  const other = quote === '"' ? "'" : '"';
  const lineEnds = ['\n', '\r\n', '\r', '\n\n'];
  return joined([...letters, delimiter, '#', ...lineEnds, quote + quote, other]).map(
    (text) => quote + text + quote,
  );
}

/** A record's line end, and what is no record before the next one. */
function csvEnds(dialect: Dialect, writing: Writing): fc.Arbitrary<string> {
  return fc.tuple(csvLineEnd(dialect), csvGaps(dialect, writing)).map(([end, gap]) => end + gap);
}

function csvLineEnd({ lineEnd }: Dialect): fc.Arbitrary<string> {
  if (lineEnd === 'cr') return fc.constant('\r');
  return lineEnd === 'mixed' ? fc.constantFrom('\n', '\r\n', '\r') : fc.constantFrom('\n', '\r\n');
}

/** Blank lines, and comment lines where the dialect has them. */
function csvGaps(dialect: Dialect, writing: Writing): fc.Arbitrary<string> {
  const { comment, delimiter } = dialect;
  const remark = joined([...writing.letters, delimiter, '"', "'", '\0']);
  const line =
    comment === null
      ? fc.constant('')
      : fc.oneof(
          fc.constant(''),
          remark.map((text) => comment + text),
        );
  const withEnd = fc.tuple(line, csvLineEnd(dialect)).map(([text, end]) => text + end);
  return fc.array(withEnd, { maxLength: 2 }).map((lines) => lines.join(''));
}

const jsonLinesFiles: fc.Arbitrary<WrittenFile> = envelopes.chain((envelope) => {
  const writing = WRITINGS[envelope.encoding];
  const lineEnd = fc.constantFrom('\n', '\r\n', '\n\n', '\r\n \t\r\n');
  const rows = jsonRows(writing, envelope.bad, fc.constant(''), lineEnd);
  return fc
    .tuple(fc.constantFrom('', '\n', ' \r\n'), fc.array(rows, { minLength: 1, maxLength: 6 }))
    .map(([before, all]) =>
      writeFile({ ...envelope, format: { type: 'json-lines' }, before, rows: all }),
    );
});

const jsonArrayFiles: fc.Arbitrary<WrittenFile> = envelopes.chain((envelope) => {
  const writing = WRITINGS[envelope.encoding];
  const blank = joined([' ', '\n', '\r\n', '\t'], 2);
  const between = fc.tuple(blank, blank).map(([left, right]) => `${left},${right}`);
  const rows = jsonRows(writing, envelope.bad, blank, between);
  return fc
    .tuple(blank, blank, fc.array(rows, { minLength: 1, maxLength: 6 }), blank)
    .map(([outside, inside, all, end]) => {
      const last = all.pop()!;
      return writeFile({
        ...envelope,
        format: { type: 'json-array' },
        before: `${outside}[${inside}`,
        rows: [...all, { ...last, after: `${end}]${end}` }],
      });
    });
});

/** Rows of JSON; white space stands between the tokens of good ones. */
function jsonRows(
  writing: Writing,
  bad: string,
  blanks: fc.Arbitrary<string>,
  afters: fc.Arbitrary<string>,
): fc.Arbitrary<Row> {
  const text = joined([...writing.letters, '\\"', '\\n', '\\\\', '[', '}', ','], 6);
  const rowOf = (
    code: string | null,
    write: (text: string, blank: string) => string,
  ): fc.Arbitrary<Row> =>
    fc
      .tuple(text, blanks, afters)
      .map(([content, blank, after]) => ({ text: write(content, blank), code, after }));
  return weighted(
    rowOf(null, (content, blank) => `{${blank}"a":${blank}"${content}"${blank}}`),
    [
      rowOf('INVALID_JSON', (content, blank) => `{"a":${blank}"${content}",${blank}}`),
      rowOf('INVALID_JSON', (content) => `{"${content}"}`),
      rowOf('NOT_AN_OBJECT', (content, blank) => `[${blank}"${content}"${blank}]`),
      rowOf('NOT_AN_OBJECT', () => '7'),
      rowOf('DUPLICATE_PROPERTY', (content, blank) => `{"a":"${content}",${blank}"a":1}`),
      rowOf('NUL_BYTE', (content) => `{"a":"${content}\0"}`),
      ...(bad === '' ? [] : [rowOf('INVALID_ENCODING', (content) => `{"a":"${BAD}${content}"}`)]),
    ],
  );
}

interface RejectedRow extends Omit<Place, 'bytes'> {
  readonly raw?: string;
  readonly rawBase64?: string;
}

/** Reads a file as Transform does. */
async function transform({ reading, stored }: WrittenFile, lengths: readonly number[]) {
  const body = Readable.from(splitBy(stored, lengths));
  const source = new DecodedSource(body, reading, DEFAULT_LIMITS);
  const given = { key: 'in/a', plan: reading, contract: null, limits: DEFAULT_LIMITS };
  const transformer = new ChunkTransformer(given);
  let lines = '';
  for await (const { rejects } of transformer.linesOf(source)) lines += rejects.toString();
  const rejects = lines
    .split('\n')
    .slice(0, -1)
    .map((line) => placeOf(JSON.parse(line) as RejectedRow, reading.encoding));
  return { rejects, counts: transformer.counts() };
}

function placeOf(rejected: RejectedRow, encoding: Encoding): Place {
  const { row, line, offset, code, raw, rawBase64 = '' } = rejected;
  const bytes =
    raw === undefined ? Buffer.from(rawBase64, 'base64') : WRITINGS[encoding].encode(raw);
  return { row, line, offset, code, bytes: bytes.toString('hex') };
}

describe('The positions of rejected rows', () => {
  it.each([
    ['CSV', csvFiles, 3_000],
    ['JSON Lines', jsonLinesFiles, 1_500],
    ['JSON arrays', jsonArrayFiles, 1_500],
  ])(
    'are those that were counted while writing %s',
    async (_, files, numRuns) => {
      await fc.assert(
        fc.asyncProperty(files, pieceLengths, async (file, lengths) => {
          const { rejects, counts } = await transform(file, lengths);
          expect(rejects).toEqual(file.rejects);
          expectSame(counts.rowsRead, file.rows);
          expectSame(counts.rowsWritten, file.rows - file.rejects.length);
        }),
        { numRuns },
      );
    },
    120_000,
  );
});
