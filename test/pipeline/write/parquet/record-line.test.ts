import { lineValues } from '../../../../src/pipeline/write/parquet/record-line.ts';
import fc from '../../../support/fast-check.ts';

const PROPERTIES = ['"a":', '"b":', '"c":'];
const read = (line: string) => lineValues(line, PROPERTIES);

it.each<[string, (string | null)[]]>([
  ['{"a":1,"b":"x","c":true}', ['1', '"x"', 'true']],
  ['{"a":1}', ['1', null, null]],
  ['{"c":1}', [null, null, '1']],
  ['{"a":null,"b":null,"c":null}', [null, null, null]],
  [
    '{"a":"null","b":-1e-400,"c":12345678901234567890}',
    ['"null"', '-1e-400', '12345678901234567890'],
  ],
  ['{"a":"\\"","b":"\\\\","c":"\\\\\\",\\"c\\":1}"}', ['"\\""', '"\\\\"', '"\\\\\\",\\"c\\":1}"']],
  ['{"a":{},"b":[],"c":{"a":[{"}":"]"}]}}', ['{}', '[]', '{"a":[{"}":"]"}]}']],
  ['{"a":"","b":"{","c":["]","\\\\"]}', ['""', '"{"', '["]","\\\\"]']],
])('%s has the values %j', (line, values) => {
  expect(read(line)).toEqual(values);
});

it.each([
  ['another property', '{"a":1,"x":2}'],
  ['another property at the end', '{"a":1,"b":2,"c":3,"x":4}'],
  ['a property twice', '{"a":1,"a":2}'],
  ['properties in another order', '{"b":1,"a":2}'],
  ['white space', '{"a": 1, "b":2}'],
  ['no end', '{"a":1,"b":"x'],
  ['text behind its end', '{"a":1}}'],
  ['no record', '[]'],
  ['nothing', ''],
  ['no property', '{}'],
])('a line with %s has another shape', (_, line) => {
  expect(read(line)).toBeUndefined();
});

it('gives the JSON text of every value of any record', () => {
  const names = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 5 }), {
    minLength: 1,
    maxLength: 6,
  });
  const record = names.chain((columns) =>
    fc.tuple(
      fc.constant(columns),
      fc.tuple(...columns.map(() => fc.option(fc.jsonValue(), { nil: undefined }))),
    ),
  );
  fc.assert(
    fc.property(record, ([columns, values]) => {
      fc.pre(values.some((value) => value !== undefined));
      const texts = values.map((value) => (value === undefined ? null : JSON.stringify(value)));
      const properties = columns.map((name) => `${JSON.stringify(name)}:`);
      const parts = texts.flatMap((text, index) =>
        text === null ? [] : [`${properties[index]}${text}`],
      );
      const expected = texts.map((text) => (text === 'null' ? null : text));
      expect(lineValues(`{${parts.join(',')}}`, properties)).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});
