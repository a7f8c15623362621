import { parseInterval } from '../../../src/cli/watch/parse-interval.ts';

it.each([
  ['1s', 1_000],
  ['2s', 2_000],
  ['60m', 3_600_000],
])('%s is %i milliseconds', (text, milliseconds) => {
  expect(parseInterval(text)).toBe(milliseconds);
});

it.each(['0s', '2', '500ms', '61m', '3601s', '1h', '-1s', ''])('"%s" is refused', (text) => {
  expect(() => parseInterval(text)).toThrow('Give seconds or minutes up to an hour');
});
