import { maxErrorOf } from '../../../src/shared/aggregates/count-min-sketch.ts';
import {
  CANDIDATES,
  EXACT_VALUES,
  ValueCounts,
  ValueCountsJson,
} from '../../../src/shared/aggregates/value-counts.ts';
import type { CountedValue } from '../../../src/shared/aggregates/value-text.ts';
import fc from '../../support/fast-check.ts';
import { arrangementsOf, mergedInGroups, mergedInOrder } from './any-order.ts';

type Counts = ReadonlyMap<CountedValue, number>;

const value = fc.oneof(
  fc.constantFrom(null, 'null', '', '__proto__', 'constructor', '1', '1.0', '\ud800', '10', '9'),
  fc.string({ maxLength: 4 }),
);
const countsOf = (values: fc.Arbitrary<CountedValue>, maxLength: number): fc.Arbitrary<Counts> =>
  fc
    .array(fc.tuple(values, fc.integer({ min: 1, max: 1_000 })), { maxLength })
    .map((entries) => new Map(entries));

function jsonOf(counts: Counts, exactValues?: number): ValueCountsJson {
  const counter = new ValueCounts(exactValues);
  counter.add(counts);
  return ValueCountsJson.parse(counter.toJson());
}

/** What a person would count. */
function sumOf(all: readonly Counts[]): Map<CountedValue, number> {
  const sum = new Map<CountedValue, number>();
  for (const [counted, count] of all.flatMap((counts) => [...counts])) {
    sum.set(counted, (sum.get(counted) ?? 0) + count);
  }
  return sum;
}

const rowsOf = (counts: Counts): number =>
  [...counts.values()].reduce((sum, rows) => sum + rows, 0);

/** Many values of which few are frequent. */
const manyValues = (different: number, seed = 0): Counts =>
  new Map(
    Array.from({ length: different }, (_, index) => [
      `value ${index}`,
      1 + Math.floor((different * 10) / (1 + ((index + seed) % different))),
    ]),
  );

describe('ValueCounts', () => {
  it('counts exactly what a person would count, below its bound', () => {
    fc.assert(
      fc.property(fc.array(countsOf(value, 20), { maxLength: 8 }), (all) => {
        const counts = new ValueCounts();
        for (const each of all) counts.merge(jsonOf(each));
        const expected = sumOf(all);
        const { values, ...top } = counts.top(Infinity);
        expect(new Map(values.map((entry) => [entry.value, entry.rows]))).toEqual(expected);
        expect(top).toEqual({
          otherRows: 0,
          distinctValues: expected.size,
          isExact: true,
          maxError: 0,
        });
        expect(counts.rows).toBe(rowsOf(expected));
      }),
    );
  });

  it.each([1, 5, 20, 1_000])(
    'gives the same for any split and any order, with exact counts of up to %d values',
    (exactValues) => {
      // Files may have been exact to another number of values.
      const json = fc
        .tuple(countsOf(value, 20), fc.constantFrom(2, 10, 1_000))
        .map(([counts, bound]) => jsonOf(counts, bound));
      fc.assert(
        fc.property(arrangementsOf(json), (arrangement) => {
          const create = () => new ValueCounts(exactValues);
          const expected = mergedInOrder(create, arrangement.items);
          expect(mergedInGroups(create, arrangement)).toEqual(expected);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('gives the same for any split and any order of more values than there are candidates', () => {
    const json = fc
      .tuple(fc.integer({ min: 1, max: 1_500 }), fc.nat({ max: 1_000 }))
      .map(([different, seed]) => jsonOf(manyValues(different, seed)));
    fc.assert(
      fc.property(arrangementsOf(json, 6), (arrangement) => {
        const create = () => new ValueCounts();
        const expected = mergedInOrder(create, arrangement.items);
        expect(mergedInGroups(create, arrangement)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('lists the most frequent values first, of equally frequent ones the smaller', () => {
    const counts = new ValueCounts();
    counts.add(
      new Map([
        ['b', 2],
        ['c', 7],
        [null, 2],
        ['a', 2],
        ['d', 1],
      ] as const),
    );
    expect(counts.top(3)).toEqual({
      values: [
        { value: 'c', rows: 7 },
        { value: null, rows: 2 },
        { value: 'a', rows: 2 },
      ],
      otherRows: 3,
      distinctValues: 5,
      isExact: true,
      maxError: 0,
    });
  });

  it('is exact up to its bound and not beyond', () => {
    const [last, first] = [EXACT_VALUES, EXACT_VALUES + 1].map((different) => {
      const counts = new ValueCounts();
      counts.add(manyValues(different));
      return counts.top(10);
    });
    expect(last).toMatchObject({ isExact: true, distinctValues: EXACT_VALUES, maxError: 0 });
    expect(first).toMatchObject({ isExact: false, distinctValues: EXACT_VALUES + 1 });
  });

  it('estimates never too low, and seldom by more than its error too high, beyond its bound', () => {
    const exact = manyValues(20_000);
    const counts = new ValueCounts();
    counts.add(exact);
    const top = counts.top(CANDIDATES);

    expect(top.values).toHaveLength(CANDIDATES);
    expect(top).toMatchObject({ isExact: false, maxError: maxErrorOf(rowsOf(exact)) });
    expect(top.distinctValues).toBeLessThanOrEqual(exact.size);
    const errors = top.values.map((entry) => entry.rows - exact.get(entry.value)!);
    expect(Math.min(...errors)).toBeGreaterThanOrEqual(0);
    const tooHigh = errors.filter((error) => error > top.maxError).length;
    expect(tooHigh).toBeLessThanOrEqual(CANDIDATES * Math.exp(-4));
  });

  it('knows the most frequent values of many files beyond its bound', () => {
    const files = Array.from({ length: 20 }, (_, file) =>
      sumOf([
        new Map(Array.from({ length: 3_000 }, (__, index) => [`only ${file} ${index}`, 1])),
        new Map([
          ['frequent', 500],
          [null, 400],
          ['__proto__', 300],
        ] as const),
      ]),
    );
    const counts = new ValueCounts(20_000);
    for (const file of files) counts.merge(jsonOf(file));
    expect(counts.top(3).values.map((entry) => entry.value)).toEqual([
      'frequent',
      null,
      '__proto__',
    ]);
  });

  it('lets the parts of a file count as one', () => {
    const [a, b] = [new Map([['x', 2]]), new Map([['x', 3]])];
    const parts = new ValueCounts();
    parts.merge(jsonOf(a));
    parts.merge(jsonOf(b));
    expect(parts.toJson()).toEqual({ isExact: true, values: [['x', 5, 3]] });
    parts.countAsOne();
    expect(parts.toJson()).toEqual(jsonOf(sumOf([a, b])));
  });

  it('takes little room in a manifest, however many values there are', () => {
    expect(JSON.stringify(jsonOf(manyValues(50_000))).length).toBeLessThan(40_000);
  });
});
