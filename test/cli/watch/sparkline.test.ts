import { sparkline } from '../../../src/cli/watch/sparkline.ts';

it.each([
  [[], ''],
  [[0, 0], '▁▁'],
  [[1], '█'],
  [[0, 1, 1_000_000], '▁▂█'],
  [[1, 2, 3, 4, 5, 6, 7], '▂▃▄▅▆▇█'],
])('%j is drawn as %s', (values, line) => {
  expect(sparkline(values)).toBe(line);
});

it('draws each as wide as it is told', () => {
  expect(sparkline([0, 1], 2)).toBe('▁▁██');
});
