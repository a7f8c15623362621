import type { Encoding } from '../../../src/datasets/contract.ts';
import { JsonLinesReader } from '../../../src/pipeline/formats/json-lines-reader.ts';
import type { ReaderOptions } from '../../../src/pipeline/formats/source-record.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { plainJson, readingOf, readRecords, withPlainNumbers } from '../../support/read-records.ts';
import { everyCut, pieceLengths, splitBy } from '../../support/splits.ts';

const open = (options: Partial<ReaderOptions> = {}): JsonLinesReader =>
  new JsonLinesReader({ maxRecordBytes: 1 << 20, encoding: 'utf-8', firstOffset: 0, ...options });

const read = (text: string) => readRecords(open(), [Buffer.from(text)]);

const object = fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), fc.jsonValue(), {
  maxKeys: 3,
});
const line = fc.record({
  object,
  indent: fc.constantFrom('', ' ', '\t'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\r\n'),
});

describe('JsonLinesReader', () => {
  it('reads what JSON.stringify wrote, at the positions counted while writing, in any pieces', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), pieceLengths, (lines, lengths) => {
        let text = '';
        const expected = lines.map(({ object: value, indent, lineEnd }, index) => {
          const raw = `${indent}${JSON.stringify(value)}`;
          const position = { offset: Buffer.byteLength(text), line: text.split('\n').length };
          text += raw + lineEnd;
          return { row: index + 1, ...position, raw, value: plainJson(value) };
        });
        const bytes = Buffer.from(text);
        const found = readRecords(open(), splitBy(bytes, lengths)).map(withPlainNumbers);
        expect(found).toEqual(
          expected.map(({ raw, ...record }) => ({
            ...record,
            raw: Buffer.from(raw),
            problem: null,
          })),
        );
      }),
      { numRuns: 1_500 },
    );
  });

  it('gives the same records or the same rejection for any bytes in any pieces', () => {
    const bytes = fc
      .array(fc.constantFrom('{"a":1}', '{', '}', ' ', '\r', '\n', '\r\n', '1', '\xff'), {
        maxLength: 16,
      })
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    const limits = fc.constantFrom(1, 7, 8, 9, 1_000);
    fc.assert(
      fc.property(bytes, limits, pieceLengths, (all, maxRecordBytes, lengths) => {
        const whole = readingOf(open({ maxRecordBytes }), [all]);
        expectSame(readingOf(open({ maxRecordBytes }), splitBy(all, lengths)), whole);
        expectSame(readingOf(open({ maxRecordBytes }), splitBy(all, [1])), whole);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['a missing final line end', '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['blank lines', '\n \n{"a":1}\n\t\r\n\n{"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
    ['an empty file', '', []],
    ['a CR at the very end', '{"a":1}\r', [{ a: 1 }]],
  ])('reads %s', (_, text, expected) => {
    expect(read(text).map(({ value }) => value)).toEqual(expected);
  });

  it('keeps the raw bytes without the line end', () => {
    expect(read('{"a":1}\r\n{"a":2}\n').map(({ raw }) => raw.toString())).toEqual([
      '{"a":1}',
      '{"a":2}',
    ]);
  });

  it('makes a bad line a problem row and reads on', () => {
    expect(read('{"a":1}\n{"a":\n[1]\n{"a":2}\n')).toMatchObject([
      { row: 1, line: 1, problem: null },
      { row: 2, line: 2, offset: 8, problem: { code: 'INVALID_JSON' } },
      { row: 3, line: 3, problem: { code: 'NOT_AN_OBJECT' } },
      { row: 4, line: 4, value: { a: 2 }, problem: null },
    ]);
  });

  it('counts offsets from behind a byte order mark', () => {
    const [record] = readRecords(open({ firstOffset: 3 }), [Buffer.from('{"a":1}')]);
    expect(record?.offset).toBe(3);
  });

  it.each<[Encoding, number[]]>([
    ['utf-8', [3, 15]],
    ['utf-16le', [3, 25]],
    ['utf-16be', [3, 25]],
    ['iso-8859-1', [3, 14]],
  ])('counts offsets in the bytes of a source in %s', (encoding, offsets) => {
    for (const pieces of everyCut(Buffer.from('{"ü":123}\r\n{"a":1}\n'))) {
      const records = readRecords(open({ encoding, firstOffset: 3 }), pieces);
      expect(records.map(({ offset }) => offset)).toEqual(offsets);
    }
  });

  it('reads a long line that comes in short pieces in linear time', () => {
    const bytes = Buffer.from(`{"a":"${'x'.repeat(1 << 20)}"}\n`);
    const started = performance.now();
    const reader = open({ maxRecordBytes: 2 << 20 });
    expect(readRecords(reader, splitBy(bytes, [50]))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('makes a truncated last line a problem row', () => {
    expect(read('{"a":1}\n{"a":')).toMatchObject([
      {},
      { row: 2, problem: { code: 'INVALID_JSON' } },
    ]);
  });

  it.each(['\n', '\r\n', ''])('takes a record of exactly the limit before %j', (lineEnd) => {
    for (const pieces of everyCut(Buffer.from(`{"a":1}${lineEnd}`))) {
      expect(readRecords(open({ maxRecordBytes: 7 }), pieces)).toHaveLength(1);
    }
  });

  it('rejects a file with a longer record, however it is cut', () => {
    for (const pieces of everyCut(Buffer.from('{"a":1}\n{"a":12}\n'))) {
      expect(() => readRecords(open({ maxRecordBytes: 7 }), pieces)).toThrow(
        'RECORD_TOO_LARGE: row 2 (line 2, byte 8) is longer than 7 bytes',
      );
    }
  });
});
