import { createHash } from 'node:crypto';
import { ContentHash } from '../../../src/pipeline/content-hash.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import { planRanges, type ByteRange } from '../../../src/pipeline/scan/plan-ranges.ts';
import {
  resolveChunks,
  type ExactChunk,
  type ResolvedFile,
} from '../../../src/pipeline/scan/resolve-chunks.ts';
import type { SplittableFormat } from '../../../src/pipeline/splittable.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { orRejection } from '../../support/read-records.ts';
import { rejection } from '../../support/rejection.ts';
import { pieceLengths } from '../../support/splits.ts';
import { recordStarts, type RecordStart } from './record-starts.ts';
import {
  readChunk,
  readWhole,
  resolveFile,
  scanFile,
  type Cutting,
  type Reading,
} from './scan-file.ts';
import { PLAIN_DIALECT } from '../../support/dialects.ts';

const csv = (dialect: Partial<Dialect> = {}): SplittableFormat => ({
  type: 'csv',
  dialect: { ...PLAIN_DIALECT, ...dialect },
});
const JSON_LINES: SplittableFormat = { type: 'json-lines' };
const MARK = '\ufeff';

const cutting: fc.Arbitrary<Omit<Cutting, 'textStart'>> = fc
  .record({
    blocks: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
    blockBytes: fc.constantFrom(1, 1, 1, 2, 3, 7),
    pieceLengths,
  })
  .map(({ blocks, ...rest }) => ({ ...rest, rangeBytes: blocks * rest.blockBytes }));
const byteRanges = (rangeBytes: number): Cutting => ({
  rangeBytes,
  blockBytes: 1,
  pieceLengths: [],
  textStart: 0,
});

const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ',', ';', '\t', ' '),
  quote: fc.constantFrom('"', '"', "'", null),
  lineEnd: fc.constantFrom('lf', 'crlf', 'cr', 'mixed'),
  header: fc.boolean(),
  comment: fc.constantFrom(null, '#'),
  trailingDelimiter: fc.constant(false),
});

/** Bytes made of what the dialect gives a meaning, in any order: mostly malformed. */
const anyCsv = dialect.chain((of) => {
  const quote = of.quote ?? '"';
  const { delimiter } = of;
  const pieces = fc.constantFrom(
    ...['a', 'bc', 'ü', '漢', '#', '\xff', '\v', '!', ' '],
    ...['\n', '\n', '\r', '\r\n', '\r\r\n', '\n#', '\n\n', `\n${quote}`, `${quote}\r`],
    ...[delimiter, delimiter, quote, quote, quote + quote],
    ...[delimiter + quote, quote + delimiter, quote + delimiter + quote],
  );
  return fc.record({
    format: fc.constant<SplittableFormat>({ type: 'csv', dialect: of }),
    text: fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  });
});

const cell = fc.record({
  text: fc
    .array(fc.constantFrom('a', '1', 'é', '😀', '"', '\n', '\r', '\r\n', ',', ';', ' ', '#'), {
      maxLength: 5,
    })
    .map((parts) => parts.join('')),
  quoted: fc.boolean(),
});
const record = fc.record({
  cells: fc.array(cell, { minLength: 1, maxLength: 4 }),
  lineEnd: fc.nat({ max: 2 }),
  before: fc.constantFrom('', '', '', 'blank', 'comment'),
});
const LINE_ENDS: Readonly<Record<Dialect['lineEnd'], readonly [string, string, string]>> = {
  lf: ['\n', '\n', '\r\n'],
  crlf: ['\r\n', '\r\n', '\n'],
  cr: ['\r', '\r', '\n'],
  mixed: ['\r', '\n', '\r\n'],
};

/** Tables written as RFC 4180 says, with blank lines and comments between the records. */
const wellFormedCsv = fc
  .record({ of: dialect, records: fc.array(record, { maxLength: 7 }), ended: fc.boolean() })
  .map(({ of, records, ended }) => {
    const lines = records.map(({ cells, lineEnd, before }) => {
      const end = LINE_ENDS[of.lineEnd][lineEnd] ?? '\n';
      const comment = of.comment === null ? '' : `${of.comment}it's "so",${end}`;
      const skipped = { '': '', blank: end, comment };
      return skipped[before] + cells.map((value) => written(value, of)).join(of.delimiter) + end;
    });
    const text = lines.join('');
    const format: SplittableFormat = { type: 'csv', dialect: of };
    return { format, text: ended ? text : text.replace(/[\r\n]+$/, '') };
  });

function written({ text, quoted }: { text: string; quoted: boolean }, of: Dialect): string {
  const { quote, delimiter, comment } = of;
  if (quote === null) return text.replace(/[\r\n#]/g, '').replaceAll(delimiter, '');
  const needsQuotes =
    text === '' ||
    /[\r\n]/.test(text) ||
    [quote, delimiter, comment].some((character) => character !== null && text.includes(character));
  return quoted || needsQuotes ? quote + text.replaceAll(quote, quote + quote) + quote : text;
}

const anyJsonLines = fc
  .array(fc.constantFrom('{"a":1}', '{}', 'x', ' ', '\t', '\r', '\n', '\n', '\r\n', '\n \n', 'ü'), {
    maxLength: 24,
  })
  .map((parts) => ({ format: JSON_LINES, text: parts.join('') }));

const anyBytes = fc
  .record({
    format: fc.oneof(
      dialect.map((of): SplittableFormat => ({ type: 'csv', dialect: of })),
      fc.constant(JSON_LINES),
    ),
    bytes: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ format, bytes }) => ({ format, text: Buffer.from(bytes).toString('latin1') }));

/** The chunks by definition: cut at the first record that is told in each range. */
function expectedChunks(
  starts: readonly RecordStart[],
  ranges: readonly ByteRange[],
  file: { readonly size: number; readonly firstRow: number },
): ExactChunk[] {
  const firsts = ranges.flatMap(({ firstByte, lastByte }) => {
    const index = starts.findIndex(({ toldAt }) => toldAt >= firstByte && toldAt <= lastByte);
    return index === -1 ? [] : [{ ...starts[index]!, index }];
  });
  const cuts = [{ byte: 0, line: 1, index: 0 }, ...firsts.slice(1)];
  return cuts.map(({ byte, line, index: record }, index) => {
    const next = cuts[index + 1] ?? { byte: file.size, index: starts.length };
    return {
      index,
      firstByte: byte,
      lastByte: next.byte - 1,
      firstRow: file.firstRow + record,
      firstLine: line,
      rows: next.index - record,
    };
  });
}

/** Fails unless the chunks are the expected ones, and each read on its own give the whole file. */
function expectExactChunks(
  { bytes, format }: { readonly bytes: Buffer; readonly format: SplittableFormat },
  how: Cutting,
): void {
  const { textStart, blockBytes } = how;
  // Texts are compared much faster than objects.
  const expected = orRejection(() => {
    const reading = readWhole(bytes, format, textStart);
    const starts = recordStarts(bytes, format, textStart);
    const firstRow = format.type === 'csv' && format.dialect.header ? 0 : 1;
    const ranges = planRanges(bytes.length, how);
    const chunks = expectedChunks(starts, ranges, { size: bytes.length, firstRow });
    const rows = Math.max(0, starts.length - 1 + firstRow);
    return asText({ chunks, rows, contentHash: blocksHash(bytes, blockBytes) }, reading);
  });
  const found = orRejection(() => {
    const resolved = resolveFile(bytes, format, how);
    const readings = resolved.chunks.map((chunk) => readChunk(bytes, format, chunk, textStart));
    return asText(resolved, readings.flat());
  });
  expectSame(found, expected);
}

const asText = (resolved: ResolvedFile, reading: Reading): string =>
  `${JSON.stringify(resolved)}\n${reading.join('\n')}`;

function blocksHash(bytes: Buffer, blockBytes: number): string {
  const blocks = Array.from({ length: Math.ceil(bytes.length / blockBytes) }, (_, index) =>
    createHash('sha256')
      .update(bytes.subarray(index * blockBytes, (index + 1) * blockBytes))
      .digest(),
  );
  return `blocks-sha256:${createHash('sha256').update(Buffer.concat(blocks)).digest('hex')}`;
}

describe('resolveChunks of any file cut anywhere', () => {
  it.each([
    ['well-formed CSV', wellFormedCsv, 'utf8', 4_000],
    ['malformed CSV', anyCsv, 'utf8', 10_000],
    ['JSON Lines', anyJsonLines, 'utf8', 3_000],
    ['any bytes', anyBytes, 'latin1', 3_000],
  ] as const)(
    'gives chunks that read as the whole file does: %s',
    (_, files, encoding, numRuns) => {
      fc.assert(
        fc.property(files, cutting, fc.boolean(), ({ format, text }, how, isMarked) => {
          const mark = Buffer.from(isMarked ? MARK : '');
          const bytes = Buffer.concat([mark, Buffer.from(text, encoding)]);
          fc.pre(bytes.length > 0);
          expectExactChunks({ bytes, format }, { ...how, textStart: mark.length });
        }),
        { numRuns },
      );
    },
    120_000,
  );
});

describe('resolveChunks of a file of many windows', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 3 });

  it.each([
    ['well-formed CSV', wellFormedCsv, 'utf8'],
    ['malformed CSV', anyCsv, 'utf8'],
    ['JSON Lines', anyJsonLines, 'utf8'],
    ['any bytes', anyBytes, 'latin1'],
  ] as const)(
    'gives chunks that read as the whole file does: %s',
    (_, files, encoding) => {
      fc.assert(
        fc.property(files, fc.nat(3_000), lengths, ({ format, text }, padding, pieces) => {
          // What repeats moves over the borders of windows, which are powers of two.
          const unit = Buffer.from(`${text}${'x'.repeat(padding)}\n`, encoding);
          // An even number of them closes what an odd number of quotes opens.
          const copies = 2 * Math.ceil(75_000 / unit.length);
          const bytes = Buffer.alloc(copies * unit.length, unit);
          const how = { rangeBytes: 65_537, blockBytes: 65_537, pieceLengths: pieces };
          expectExactChunks({ bytes, format }, { ...how, textStart: 0 });
        }),
        { numRuns: 15 },
      );
    },
    60_000,
  );
});

describe('resolveChunks of a file cut at every byte', () => {
  it.each<[string, string, SplittableFormat]>([
    ['line breaks in quotes', 'a,b\n1,"x\ny"\n2,"\n\n"\n3,z\n', csv()],
    ['doubled quotes', 'a\n"""x"""\n""""\n"""\n"""\n""\nb\n', csv()],
    ['delimiters and quotes next to each other', 'a,"b","",",",""","\n,,\n"a",,"b"\n', csv()],
    ['CRLF', 'a,b\r\n1,"x\r\ny"\r\n\r\n2,"z"\r\n', csv({ lineEnd: 'crlf' })],
    ['CRLF where a CR ends a record', 'a\r\n1\r2\n\r\n"x\r\ny\rz"\r\n3', csv({ lineEnd: 'mixed' })],
    ['CR', 'a,b\r1,"x\ry"\r\r\r2,z\r', csv({ lineEnd: 'cr' })],
    ['characters of several bytes', 'ä,漢\n"😀\n",ü\n"é"\n', csv()],
    ['blank lines', '\n\n\na\n\n\n1\n\r\n\n2\n\n', csv()],
    ['lines of CRs', 'a\n\r\n\r\r\n\r\r\n1\n\r', csv()],
    ['comments', '#x\na\n#"\n1\n##\n#,"\n2\n#', csv({ comment: '#' })],
    ['a comment with a CR', 'a\n#x\ry\r\n1\n', csv({ comment: '#' })],
    ['a comment character that starts no line', 'a\n1#\n "#"\n"\n#x"\n', csv({ comment: '#' })],
    ['text behind a closing quote', 'a,b\n"x"y,"z\n"\n"x" ,1\n"x"y"z",2\n', csv()],
    ['stray CRs', 'a,b\n\rx,1\nx\ry,\r\n"x"\ry,"\r"\n\r,\r\r\n\r"x"\n2,\r"\n', csv()],
    ['quotes in unquoted fields', 'a,b\n5",6"7\n" 8",9\nx"\n""y",z\n', csv()],
    ['no quote', 'a,"b\n"1","2\n"\n', csv({ quote: null })],
    ['no header', '1,2\n3,4\n', csv({ header: false })],
    ['no line end at the end', 'a\n1\n"2\n"', csv()],
    ['a quote that is not closed', 'a\n1\n2,"x\n3\n', csv()],
    ['a quote that is not closed, at once', '"', csv()],
    ['a header only', 'a,b\n', csv()],
    ['no record', '\n\r\n#x\n', csv({ comment: '#' })],
    ['JSON Lines', '{"a":1}\n \t\r\n\n  {"a":"\\n"}\r\n\r{}\r\n\t\n\rx\n ', JSON_LINES],
    ['JSON Lines without a record', ' \n\r\n\t', JSON_LINES],
  ])('is exact for %s', (_, text, format) => {
    for (const mark of [Buffer.alloc(0), Buffer.from(MARK)]) {
      const bytes = Buffer.concat([mark, Buffer.from(text)]);
      for (let rangeBytes = 1; rangeBytes <= bytes.length; rangeBytes += 1) {
        expectExactChunks({ bytes, format }, { ...byteRanges(rangeBytes), textStart: mark.length });
      }
    }
  });
});

describe('resolveChunks', () => {
  const resolve = (text: string, rangeBytes: number, format = csv()) =>
    resolveFile(Buffer.from(text), format, byteRanges(rangeBytes));

  it('numbers rows and lines across chunks, the header being row 0', () => {
    expect(resolve('id,note\n1,"a\nb"\n2,c\n', 8)).toMatchObject({
      rows: 2,
      chunks: [
        { index: 0, firstByte: 0, lastByte: 7, firstRow: 0, firstLine: 1, rows: 1 },
        { index: 1, firstByte: 8, lastByte: 15, firstRow: 1, firstLine: 2, rows: 1 },
        { index: 2, firstByte: 16, lastByte: 19, firstRow: 2, firstLine: 4, rows: 1 },
      ],
    });
  });

  it('numbers the first row 1 where there is no header', () => {
    const { chunks, rows } = resolve('1\n2\n', 2, csv({ header: false }));
    expect(chunks.map(({ firstRow }) => firstRow)).toEqual([1, 2]);
    expect(rows).toBe(2);
  });

  it('leaves a record that is longer than its range whole', () => {
    const { chunks } = resolve('id\n"1\n2\n3\n4\n5"\n6\n', 4);
    expect(chunks.map(({ firstByte, lastByte }) => [firstByte, lastByte])).toEqual([
      [0, 14],
      [15, 16],
    ]);
  });

  it('puts what is before the first record into the first chunk', () => {
    const { chunks } = resolve('\n\n\n\nid\n1\n', 2);
    expect(chunks[0]).toMatchObject({ firstByte: 0, lastByte: 6, firstRow: 0, firstLine: 1 });
  });

  it('gives a file without records one chunk', () => {
    expect(resolve('\n\n\n', 1)).toMatchObject({
      rows: 0,
      chunks: [{ index: 0, firstByte: 0, lastByte: 2, firstRow: 0, firstLine: 1, rows: 0 }],
    });
  });

  it('rejects a file with an unclosed quote and names the record', () => {
    const work = (): unknown => resolve('id\n1\n"2"\n\n3,"x\ny\n', 3);
    expect(work).toThrow(rejection('UNCLOSED_QUOTE'));
    expect(work).toThrow(
      'UNCLOSED_QUOTE: a quote opened in row 3 (line 5, byte 10) is not closed before the end of the file',
    );
  });

  it('gives the hash that ContentHash gives, from the hashes of blocks', () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'id,text\n');
    const hash = new ContentHash();
    hash.update(bytes);
    const how = { ...byteRanges(8 * 1024 * 1024), blockBytes: 8 * 1024 * 1024 };
    expect(resolveFile(bytes, csv(), how).contentHash).toBe(hash.digest());
  });

  describe('refuses scans that do not cover the file', () => {
    const bytes = Buffer.from('a\n1\n2\n3\n');
    const [first, second, third, last] = scanFile(bytes, csv(), byteRanges(2));

    it.each([
      ['none', [], 0],
      ['the first missing', [second!, third!, last!], 0],
      ['one missing', [first!, third!, last!], 2],
      ['one twice', [first!, second!, second!, third!], 4],
      ['the last missing', [first!, second!, third!], 6],
      ['in another order', [second!, first!, third!, last!], 0],
      ['more than the file', [first!, second!, third!, last!, { ...last!, firstByte: 8 }], 8],
    ])('%s', (_, scans, byte) => {
      const work = (): unknown => resolveChunks(scans, { format: csv(), size: bytes.length });
      expect(work).toThrow(
        expect.objectContaining({
          name: 'PermanentFault',
          message: `UNEXPECTED_ERROR: the scans do not cover the file: there is a gap or too much at byte ${byte}`,
        }) as Error,
      );
    });
  });

  it('refuses the scan of another format', () => {
    const bytes = Buffer.from('a,"\n1,"\n');
    const scans = scanFile(bytes, csv(), byteRanges(4)).map((scan) => ({
      ...scan,
      states: scan.states.slice(0, 3),
    }));
    const work = (): unknown => resolveChunks(scans, { format: csv(), size: bytes.length });
    expect(work).toThrow('a scan has nothing for state 5');
  });
});
