import { setTimeout as delay } from 'node:timers/promises';
import { mapAtOnce } from '../../../src/report/aggregate/map-at-once.ts';

it('gives every result', async () => {
  const results = await Array.fromAsync(
    mapAtOnce([3, 1, 2], 2, async (milliseconds) => {
      await delay(milliseconds);
      return milliseconds;
    }),
  );
  expect(results.sort()).toEqual([1, 2, 3]);
});

it('gives nothing for nothing', async () => {
  expect(await Array.fromAsync(mapAtOnce([], 2, () => Promise.resolve(1)))).toEqual([]);
});

it('reads no further ahead than it may', async () => {
  let read = 0;
  function* items(): Generator<number> {
    for (;;) yield (read += 1);
  }
  const results = mapAtOnce(items(), 4, (item) => Promise.resolve(item));
  await results.next();
  expect(read).toBe(4);
  await results.return(undefined);
});

it('ends with the first failure, and leaves no other one unhandled', async () => {
  const results = mapAtOnce([1, 2, 3], 3, (item) => Promise.reject(new Error(`item ${item}`)));
  await expect(results.next()).rejects.toThrow('item 1');
  await delay(1);
});
