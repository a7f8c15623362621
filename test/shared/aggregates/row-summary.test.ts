import { EventTimes } from '../../../src/shared/aggregates/event-times.ts';
import { MeasureSummary } from '../../../src/shared/aggregates/measure-summary.ts';
import { RowSummary, RowSummaryJson } from '../../../src/shared/aggregates/row-summary.ts';
import { ValueCounts, type ValueCountsJson } from '../../../src/shared/aggregates/value-counts.ts';
import fc from '../../support/fast-check.ts';
import { arrangementsOf, mergedInGroups, mergedInOrder } from './any-order.ts';

const names = fc.subarray(['a', 'b', '__proto__', 'ü "x"', '']);

function countsOf(values: readonly string[]): ValueCountsJson {
  const counts = new ValueCounts();
  counts.add(new Map(values.map((value, index) => [value, index + 1])));
  return counts.toJson();
}

function measured(number: number): MeasureSummary {
  const measure = new MeasureSummary();
  measure.add(String(number));
  return measure;
}

function timed(day: string): EventTimes {
  const times = new EventTimes();
  times.add(Buffer.from(day), 0, day.length, 20_000);
  return times;
}

/** Summaries under different contracts: each has columns of its own choice. */
const summaries: fc.Arbitrary<RowSummaryJson> = fc
  .record({
    dimensions: names,
    measures: names,
    eventTimes: names,
    rejects: fc.subarray(['INVALID_TYPE', 'TOO_LONG']),
    values: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    number: fc.integer(),
    day: fc.constantFrom('2026-11-19', '2026-11-20'),
  })
  .map(({ dimensions, measures, eventTimes, rejects, values, number, day }) => {
    const counts = countsOf(values);
    return RowSummaryJson.parse({
      dimensions: dimensions.map((column) => ({ column, counts })),
      measures: measures.map((column) => ({ column, summary: measured(number).toJson() })),
      eventTimes: eventTimes.map((column) => ({ column, times: timed(day).toJson() })),
      rejects: rejects.map((code) => ({ code, columns: counts })),
    });
  });

describe('RowSummary', () => {
  it('gives the same for any split and any order of summaries of different contracts', () => {
    fc.assert(
      fc.property(arrangementsOf(summaries), (arrangement) => {
        const create = () => new RowSummary();
        const expected = mergedInOrder(create, arrangement.items);
        const grouped = mergedInGroups(create, arrangement);
        expect(JSON.stringify(grouped)).toBe(JSON.stringify(expected));
      }),
    );
  });

  it('merges column by column, and keeps what only one of two contracts states', () => {
    const merged = new RowSummary();
    const nothing = { dimensions: [], measures: [], eventTimes: [], rejects: [] };
    const counts = countsOf(['x']);
    merged.merge({ ...nothing, dimensions: [{ column: 'a', counts }] });
    merged.merge({
      ...nothing,
      dimensions: ['b', 'a'].map((column) => ({ column, counts })),
      measures: [{ column: 'a', summary: measured(7).toJson() }],
      rejects: [{ code: 'TOO_LONG', columns: countsOf(['a']) }],
    });

    const rows = [...merged.dimensions].map(([column, dimension]) => [column, dimension.rows]);
    expect(rows).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(merged.measures.get('a')).toMatchObject({ count: 1, sum: '7' });
    expect([...merged.rejects.keys()]).toEqual(['TOO_LONG']);
    expect(merged.eventTimes.size).toBe(0);
  });

  it('is empty before anything was merged', () => {
    expect(new RowSummary().toJson()).toEqual({
      dimensions: [],
      measures: [],
      eventTimes: [],
      rejects: [],
    });
  });
});
