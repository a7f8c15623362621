import { matchesGlob } from 'node:path';
import { datasetName, matchGlobs } from '../../../src/cli/infer/match-globs.ts';
import fc from '../../support/fast-check.ts';

const covers = (globs: readonly string[], key: string): boolean =>
  globs.some((glob) => matchesGlob(key, glob));

describe('the globs after a file', () => {
  it.each([
    ['in/orders-2026-11-20.csv', ['orders/**', '**/orders[-_. ][0-9]*']],
    ['orders.csv.gz', ['orders/**', '**/orders.csv{,.gz,.zst}', '**/orders[-_. ][0-9]*']],
    ['orders2026.csv', ['orders/**', '**/orders[0-9]*']],
    ['sp500.csv', ['sp500/**', '**/sp500.csv{,.gz,.zst}', '**/sp500[-_. ][0-9]*']],
    ['sp500-2000.csv', ['sp500/**', '**/sp500[-_. ][0-9]*']],
    ['orders', ['orders/**', '**/orders{,.gz,.zst}', '**/orders[-_. ][0-9]*']],
    ['Seattle Weather 7.csv', ['seattle-weather/**', '**/Seattle Weather[-_. ][0-9]*']],
    ['2026-11-20.csv', ['unnamed/**', '**/2026-11-20.csv']],
    ['a[1].csv', ['a-1/**', '**/a?1?.csv{,.gz,.zst}', '**/a?1?[-_. ][0-9]*']],
  ])('%s are %j', (path, globs) => {
    expect(matchGlobs(path, datasetName(path))).toEqual(globs);
  });

  it.each([
    ['orders-1.csv', 'orders-2.csv', true],
    ['orders-1.csv', 'in/2026/orders_2026-11-20.csv.gz', true],
    ['orders-1.csv', 'orders/anything.json', true],
    ['orders-1.csv', 'returned-orders-1.csv', false],
    ['orders-1.csv', 'ordersarchive.csv', false],
    ['orders.csv', 'orders.csv.zst', true],
    ['orders.csv', 'orders-2026-11-20.csv', true],
    ['orders.csv', 'orders-items.csv', false],
    ['orders.csv', 'orders.items.csv', false],
    ['orders2026.csv', 'orders2027.csv.gz', true],
    ['orders2026.csv', 'orders-items.csv', false],
    ['sp500.csv', 'sp600.csv', false],
    ['sp500.csv', 'sports.csv', false],
    ['sp500.csv', 'sp500-2026.csv', true],
    ['a{1}(b)!.csv', 'uploads/a{1}(b)!.csv', true],
  ])('%s cover %s: %s', (path, key, covered) => {
    expect(covers(matchGlobs(path, datasetName(path)), key)).toBe(covered);
  });

  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const number = fc.constantFrom('', '5', '500', '2026', '20261120', '-1', '_2026-11-20');
  const extension = fc.constantFrom('.csv', '.csv.gz', '.jsonl', '.json.zst');

  it('cover the file itself, wherever it lies', () => {
    fc.assert(
      fc.property(word, number, extension, (name, suffix, end) => {
        const file = `${name}${suffix}${end}`;
        const globs = matchGlobs(file, datasetName(file));
        expect(covers(globs, file) && covers(globs, `in/2026/${file}`)).toBe(true);
      }),
    );
  });

  it('cover no file whose name only starts alike', () => {
    const joint = fc.constantFrom('', '-', '_', ' ', '.');
    fc.assert(
      fc.property(word, number, joint, word, extension, (name, suffix, between, more, end) => {
        const file = `${name}${suffix}${end}`;
        const other = `${name}${between}${more}${suffix}${end}`;
        expect(covers(matchGlobs(file, datasetName(file)), other)).toBe(false);
      }),
    );
  });
});

describe('the name of a dataset', () => {
  it.each([
    ['in/Orders_2026-11-20.csv', 'orders'],
    ['sp500.csv', 'sp500'],
    ['7zip.csv', 'data-7zip'],
    [`${'9'.repeat(80)}x.csv`, `data-${'9'.repeat(58)}`],
  ])('of %s is %s', (path, name) => {
    expect(datasetName(path)).toBe(name);
  });
});
