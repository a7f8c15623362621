import { stemOf } from '../../src/datasets/file-stem.ts';

describe('the stem of a file', () => {
  it.each([
    ['orders', 'orders'],
    ['orders-2026-11-20', 'orders'],
    ['orders_2026-11-20T16:05:09Z', 'orders'],
    ['orders 7', 'orders'],
    ['orders20261120', 'orders'],
    ['orders2026', 'orders'],
    ['part0001', 'part'],
    ['sp500', 'sp500'],
    ['sp500-2000', 'sp500'],
    ['sp500_20261120', 'sp500'],
    ['flights-10k', 'flights-10k'],
    ['orders_v2', 'orders_v2'],
    ['orders_v2_2026', 'orders_v2'],
    ['2026-11-20', ''],
    ['', ''],
  ])('%s is %j', (name, stem) => {
    expect(stemOf(name)).toBe(stem);
  });
});
