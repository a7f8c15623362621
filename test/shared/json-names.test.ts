import { readNames } from '../../src/shared/json-names.ts';
import fc from '../support/fast-check.ts';

describe('readNames', () => {
  it('reads any JSON as JSON.parse does, with blanks anywhere', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, '\t', ' \r\n'), (json, indent) => {
        const value = JSON.parse(json) as unknown;
        const text = ` \n${JSON.stringify(value, null, indent)}\t`;
        expect(readNames(text, Number)).toEqual({ value, duplicate: null });
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives numbers as their text', () => {
    const { value } = readNames('[1.50, -2e+7 ,{"a":0}]', (source) => `<${source}>`);
    expect(value).toEqual(['<1.50>', '<-2e+7>', { a: '<0>' }]);
  });

  it('gives the first name that comes twice, and keeps its last value', () => {
    const text = '{"a":{"b":1,"b":2},"a":3}';
    expect(readNames(text, Number)).toEqual({ value: { a: 3 }, duplicate: 'b' });
  });
});
