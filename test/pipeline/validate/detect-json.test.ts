import { detectJson } from '../../../src/pipeline/validate/detect-json.ts';
import { SampleText } from '../../../src/pipeline/validate/sample-text.ts';
import { rejection } from '../../support/rejection.ts';

const detect = (text: string, key: string, isWhole = true) =>
  detectJson(
    new SampleText(
      { bytes: Buffer.from(text), isWhole },
      { encoding: 'utf-8', byteOrderMark: false },
    ),
    key,
  );

const ARRAY = { format: { type: 'json-array' }, sampleRecords: 0 };
const lines = (sampleRecords: number) => ({ format: { type: 'json-lines' }, sampleRecords });

const JSON_TEXTS: [string, string, object][] = [
  ['a JSON array', ' \n[{"a":1}]', ARRAY],
  ['an empty JSON array', '[ ]', ARRAY],
  ['an array of empty objects', '[\n{},{}]', ARRAY],
  ['JSON Lines', '{"a":1}\n{"a":2}\n', lines(2)],
  ['JSON Lines behind blank lines', '\n\r\n {"a":1}\r\n', lines(1)],
  ['JSON Lines with a bad line', '{"a":\n{"a":2}\n{"a":3}', lines(3)],
  ['many JSON Lines', '{"a":1}\n'.repeat(100), lines(10)],
];

describe('detectJson', () => {
  it.each(JSON_TEXTS)('recognises %s, whatever the name', (_, text, expected) => {
    for (const key of ['in/file', 'a.json', 'a.jsonl.gz', 'a.NDJSON', 'a.txt', 'a.txt.zst']) {
      expect(detect(text, key)).toEqual(expected);
    }
  });

  it.each(JSON_TEXTS)('rejects %s under a name for CSV', (_, text) => {
    const start = text.search(/\S/);
    const kind = text[start] === '[' ? 'array' : 'object';
    for (const [key, extension] of [
      ['a.csv', 'csv'],
      ['a.TSV', 'tsv'],
      ['a.psv.gz', 'psv'],
      ['a.csv.zst', 'csv'],
    ] as const) {
      expect(() => detect(text, key)).toThrow(rejection('WRONG_EXTENSION'));
      expect(() => detect(text, key)).toThrow(
        `the file is named .${extension}, but a JSON ${kind} starts at byte ${start}`,
      );
    }
  });

  it.each([
    ['headers in brackets', '[x];[y]\n1;2\n'],
    ['headers in braces', '{x}\t{y}\n1\t2\n'],
    ['arrays in the first column', '[1,2];5\n[3,4];6\n'],
    ['objects in the first column', '{"a":1};5\n{"a":2};6\n'],
    ['one object among other lines', '{x}\n{"a":1}\n5\n'],
  ])('leaves %s under a name for text to CSV', (_, text) => {
    for (const key of ['a.csv', 'a.tsv.gz', 'a.txt', 'a.psv']) {
      expect(detect(text, key)).toBeNull();
    }
  });

  it.each(['a.csv', 'a.txt', 'in/file', 'a.dat'])('takes other text for CSV: %s', (key) => {
    expect(detect('a,b\n1,2\n', key)).toBeNull();
  });

  it.each(['json', 'jsonl', 'ndjson'])('rejects other text under the name .%s', (extension) => {
    for (const key of [`a.${extension}`, `a.${extension}.gz`, `a.${extension}.zst`]) {
      expect(() => detect('\n a,b\n1,2\n', key)).toThrow(rejection('WRONG_EXTENSION'));
      expect(() => detect('\n a,b\n1,2\n', key)).toThrow(
        `the file is named .${extension}, but neither "[" nor "{" stands at byte 2`,
      );
    }
  });

  it.each(['a.json', 'a.txt', 'in/file'])('refuses one object over many lines: %s', (key) => {
    const text = ' {\n  "a": 1,\n  "b": [1,\n 2]\n}\n';
    expect(() => detect(text, key)).toThrow(rejection('UNSUPPORTED_FORMAT'));
    expect(() => detect(text, key)).toThrow('one JSON object starts at byte 1 where an array');
    expect(() => detect(text, 'a.csv')).toThrow(rejection('WRONG_EXTENSION'));
  });

  it.each(['{\r\n  "a": 1\r\n}', '{"a":{"b":1},\n"c":["}]",\n1]}', '{ "a": "}\\"}", "b": [\n1]}'])(
    'knows one object over many lines under a name for CSV: %j',
    (text) => {
      for (const isWhole of [true, false]) {
        expect(() => detect(text, 'a.csv', isWhole)).toThrow(rejection('WRONG_EXTENSION'));
      }
    },
  );

  it('reads a file whose first line is longer than the sample', () => {
    const text = '{"a":"xxxxxxxx';
    for (const key of ['a.jsonl', 'a.txt', 'in/file']) {
      expect(detect(text, key, false)).toEqual(lines(0));
    }
    expect(() => detect(text, 'a.csv', false)).toThrow(rejection('WRONG_EXTENSION'));
    expect(detect('{x;yyyyyyyyy', 'a.csv', false)).toBeNull();
  });

  it('does not judge by a line that is cut', () => {
    expect(detect('{"a":1}\n{"a":', 'a.jsonl', false)).toEqual(lines(1));
  });
});
