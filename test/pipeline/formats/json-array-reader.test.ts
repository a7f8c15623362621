import type { Encoding } from '../../../src/datasets/contract.ts';
import { JsonArrayReader } from '../../../src/pipeline/formats/json-array-reader.ts';
import type { ReaderOptions } from '../../../src/pipeline/formats/source-record.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { plainJson, readingOf, readRecords, withPlainNumbers } from '../../support/read-records.ts';
import { rejection } from '../../support/rejection.ts';
import { everyCut, pieceLengths, splitBy } from '../../support/splits.ts';

const open = (options: Partial<ReaderOptions> = {}): JsonArrayReader =>
  new JsonArrayReader({ maxRecordBytes: 1 << 20, encoding: 'utf-8', firstOffset: 0, ...options });

const read = (text: string) => readRecords(open(), [Buffer.from(text)]);

const space = fc.constantFrom('', ' ', '\n', '\r\n\t', '  \n\n');
const awkwardText = fc
  .array(fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ',', '\n', 'ü', '😀', '\\"'), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
const { value: awkwardValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    awkwardText,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(awkwardText, tie('value'), { maxKeys: 3 }),
  ),
}));
const element = fc.record({
  object: fc.dictionary(awkwardText, awkwardValue, { maxKeys: 3 }),
  before: space,
  after: space,
  indent: fc.constantFrom(0, 2),
});

describe('JsonArrayReader', () => {
  it('reads what JSON.stringify wrote, at the positions counted while writing, in any pieces', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), pieceLengths, (elements, lengths) => {
        let text = ' \n[';
        const expected = elements.map(({ object, before, after, indent }, index) => {
          text += `${index === 0 ? '' : ','}${before}`;
          const raw = JSON.stringify(object, null, indent);
          const position = { offset: Buffer.byteLength(text), line: text.split('\n').length };
          text += raw + after;
          const value = plainJson(object);
          return { row: index + 1, ...position, raw: Buffer.from(raw), value, problem: null };
        });
        text += '] \n';
        const pieces = splitBy(Buffer.from(text), lengths);
        const found = readRecords(open(), pieces).map(withPlainNumbers);
        expect(found).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same records or the same rejection for any bytes in any pieces', () => {
    const bytes = fc
      .array(
        fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', '{"a":1}', '1', ' ', '\n', '\xff'),
        {
          maxLength: 20,
        },
      )
      .map((parts) => Buffer.from(`[${parts.join('')}`, 'latin1'));
    const limits = fc.constantFrom(1, 7, 8, 9, 1_000);
    fc.assert(
      fc.property(bytes, limits, pieceLengths, (all, maxRecordBytes, lengths) => {
        const whole = readingOf(open({ maxRecordBytes }), [all]);
        expectSame(readingOf(open({ maxRecordBytes }), splitBy(all, lengths)), whole);
        expectSame(readingOf(open({ maxRecordBytes }), splitBy(all, [1])), whole);
      }),
      { numRuns: 4_000 },
    );
  });

  it.each([
    ['an empty array', '[]', []],
    ['an empty array with white space', ' \n[ \n ] \n', []],
    ['brackets and commas in strings', '[{"a":"},]["},{"b":"\\"}"}]', [{ a: '},][' }, { b: '"}' }]],
    ['a string that ends in a backslash', '[{"a":"\\\\"},{"b":1}]', [{ a: '\\' }, { b: 1 }]],
    ['nested objects and arrays', '[{"a":[{"b":[[]]}]}]', [{ a: [{ b: [[]] }] }]],
  ])('reads %s', (_, text, expected) => {
    expect(read(text).map(({ value }) => value)).toEqual(expected);
  });

  it('keeps digits and odd keys', () => {
    const text = '{"__proto__":12345678901234567890,"constructor":0.1234567890123456789,"e":1e400}';
    const [record] = read(`[${text}]`);
    expect(JSON.stringify(record?.value)).toBe(text);
  });

  it.each([
    ['a missing comma', '[{"a":1} {"a":2},{"a":3}]', ['INVALID_JSON', null]],
    ['a scalar', '[1,"a",null,{"a":3}]', ['NOT_AN_OBJECT', 'NOT_AN_OBJECT', 'NOT_AN_OBJECT', null]],
    ['an array', '[[1,{"a":2}],{"a":3}]', ['NOT_AN_OBJECT', null]],
    ['an invalid object', '[{"a":},{"a":3}]', ['INVALID_JSON', null]],
    ['a bare word', '[nope,{"a":3}]', ['INVALID_JSON', null]],
  ])('makes %s a problem row and reads on', (_, text, codes) => {
    expect(read(text).map(({ problem }) => problem?.code ?? null)).toEqual(codes);
    expect(read(text).at(-1)?.value).toEqual({ a: 3 });
  });

  it.each([
    ['after an element', '[{"a":1}'],
    ['after a comma', '[{"a":1},'],
    ['inside a string', '[{"a":"1'],
    ['inside an object', '[{"a":{"b":1}'],
    ['after the opening bracket', '['],
    ['at the start', ' '],
  ])('rejects an array that ends %s', (_, text) => {
    expect(() => read(text)).toThrow(rejection('TRUNCATED_JSON'));
  });

  it.each([
    ['a trailing comma', '[{"a":1},\n]', '"]" is out of place at byte 10 (line 2)'],
    ['a leading comma', '[,{"a":1}]', '"," is out of place at byte 1 (line 1)'],
    ['two commas', '[{"a":1},,{"a":2}]', '"," is out of place at byte 9 (line 1)'],
    ['text after the end', '[{"a":1}]\n{"b":1}', '"{" is out of place at byte 10 (line 2)'],
    ['a second array', '[][]', '"[" is out of place at byte 2 (line 1)'],
    ['a closing brace too many', '[{"a":1}}]', '"}" is out of place at byte 8 (line 1)'],
    ['text before the array', '{"a":1}', '"{" is out of place at byte 0 (line 1)'],
  ])('rejects a file with %s', (_, text, reason) => {
    for (const pieces of everyCut(Buffer.from(text))) {
      expect(() => readRecords(open(), pieces)).toThrow(`MALFORMED_JSON: ${reason}`);
    }
  });

  it('counts offsets from behind a byte order mark', () => {
    const records = readRecords(open({ firstOffset: 3 }), [Buffer.from('[{},\n{}]')]);
    expect(records).toMatchObject([
      { offset: 4, line: 1 },
      { offset: 8, line: 2 },
    ]);
  });

  it.each<[Encoding, number[], number]>([
    ['utf-8', [1, 18], 26],
    ['utf-16le', [2, 28], 42],
    ['windows-1252', [1, 14], 21],
  ])('counts offsets in the bytes of a source in %s', (encoding, offsets, end) => {
    for (const pieces of everyCut(Buffer.from('[{"ü":"ä☃"},\n {"é":0}]'))) {
      const found = readRecords(open({ encoding }), pieces).map(({ offset }) => offset);
      expect(found).toEqual(offsets);
    }
    for (const pieces of everyCut(Buffer.from('[{"ü":"ä☃"},\n {"é":0}}]'))) {
      const reason = `"}" is out of place at byte ${end} (line 2)`;
      expect(() => readRecords(open({ encoding }), pieces)).toThrow(reason);
    }
  });

  it('reads a long element that comes in short pieces in linear time', () => {
    const bytes = Buffer.from(`[{"a":"${'x'.repeat(1 << 20)}"}]`);
    const started = performance.now();
    const reader = open({ maxRecordBytes: 2 << 20 });
    expect(readRecords(reader, splitBy(bytes, [50]))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('holds an element to its limit, however the file is cut', () => {
    for (const pieces of everyCut(Buffer.from('[{"a":1},{"a":12}]'))) {
      expect(readRecords(open({ maxRecordBytes: 8 }), pieces)).toHaveLength(2);
      expect(() => readRecords(open({ maxRecordBytes: 7 }), pieces)).toThrow(
        'RECORD_TOO_LARGE: row 2 (line 1, byte 9) is longer than 7 bytes',
      );
    }
  });
});
