import { batchesOf } from '../../src/shared/batches.ts';

it.each([
  [[], []],
  [[1], [[1]]],
  [[1, 2], [[1, 2]]],
  [
    [1, 2, 3],
    [[1, 2], [3]],
  ],
])('%j in batches of two is %j', (values, batches) => {
  expect([...batchesOf(values, 2)]).toEqual(batches);
});
