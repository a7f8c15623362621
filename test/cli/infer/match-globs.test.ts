import { matchesGlob } from 'node:path';
import { datasetName, matchGlobs } from '../../../src/cli/infer/match-globs.ts';

describe('the globs after a file', () => {
  it.each([
    ['in/orders-2026-11-20.csv', ['orders/**', '**/orders[-_.]*', 'orders[-_.]*']],
    ['orders.csv.gz', ['orders/**', '**/orders[-_.]*', 'orders[-_.]*']],
    ['orders2026.csv', ['orders/**', '**/orders*', 'orders*']],
    ['Seattle Weather 7.csv', ['seattle-weather/**', '**/Seattle Weather*', 'Seattle Weather*']],
    ['2026-11-20.csv', ['unnamed/**', '**/2026-11-20.csv', '2026-11-20.csv']],
    ['a[1].csv', ['a-1/**', '**/a?1?[-_.]*', 'a?1?[-_.]*']],
  ])('%s are %j', (path, globs) => {
    expect(matchGlobs(path, datasetName(path).replace('data-unnamed', 'unnamed'))).toEqual(globs);
  });

  it.each([
    ['orders-1.csv', 'orders-2.csv', true],
    ['orders-1.csv', 'in/2026/orders_2026-11-20.csv.gz', true],
    ['orders-1.csv', 'orders/anything.json', true],
    ['orders-1.csv', 'returned-orders-1.csv', false],
    ['orders-1.csv', 'ordersarchive.csv', false],
    ['a{1}(b)!.csv', 'uploads/a{1}(b)!.csv', true],
  ])('%s cover %s: %s', (path, key, covered) => {
    const globs = matchGlobs(path, datasetName(path));
    expect(globs.some((glob) => matchesGlob(key, glob))).toBe(covered);
  });
});

describe('the name of a dataset', () => {
  it.each([
    ['in/Orders_2026-11-20.csv', 'orders'],
    ['7zip.csv', 'data-7zip'],
    [`${'9'.repeat(80)}x.csv`, `data-${'9'.repeat(58)}`],
  ])('of %s is %s', (path, name) => {
    expect(datasetName(path)).toBe(name);
  });
});
