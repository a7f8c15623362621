import { Datasets, OTHER_DATASETS } from '../../../src/report/aggregate/datasets.ts';
import fc from '../../support/fast-check.ts';

const MOST = 3;

function datasetsOf(names: readonly string[]): Datasets {
  const datasets = new Datasets(MOST);
  for (const name of names) datasets.of(name).addFile('SUCCEEDED');
  return datasets;
}

const countsOf = (datasets: Datasets): [string, number][] =>
  [...datasets].map(([name, { sums }]) => [name, sums.succeeded]);

it('tells datasets apart while there are few', () => {
  expect(countsOf(datasetsOf(['b', 'a', 'b', '__proto__']))).toEqual([
    ['__proto__', 1],
    ['a', 1],
    ['b', 2],
  ]);
});

it('counts those that come last by name together once there are many', () => {
  expect(countsOf(datasetsOf(['e', 'd', 'c', 'b', 'a', 'e', 'a']))).toEqual([
    ['a', 2],
    ['b', 1],
    ['c', 1],
    [OTHER_DATASETS, 3],
  ]);
});

it('gives the same in any order and any split', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { maxLength: 30 });
  fc.assert(
    fc.property(names, fc.nat(30), (all, cut) => {
      const merged = datasetsOf(all.slice(cut).toReversed());
      merged.merge(datasetsOf(all.slice(0, cut)).toJson());
      expect(merged.toJson()).toEqual(datasetsOf(all).toJson());
    }),
  );
});
