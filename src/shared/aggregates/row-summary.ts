import * as z from 'zod/mini';
import { EventTimes, EventTimesJson } from './event-times.ts';
import { MeasureSummary, MeasureSummaryJson } from './measure-summary.ts';
import { EXACT_VALUES, ValueCounts, ValueCountsJson } from './value-counts.ts';

const Column = { column: z.string() };

/**
 * What the rows of a file add up to, as it lies in its manifest. Lists are in the order of their
 * columns or codes, so that equal summaries are equal texts.
 */
export const RowSummaryJson = z.object({
  /** Columns of clean records by whose values rows are counted. */
  dimensions: z.array(z.object({ ...Column, counts: ValueCountsJson })),
  /** Columns of clean records whose numbers are summed up. */
  measures: z.array(z.object({ ...Column, summary: MeasureSummaryJson })),
  /** Columns of clean records that say when an event happened: one, but for changed contracts. */
  eventTimes: z.array(z.object({ ...Column, times: EventTimesJson })),
  /** Rejected rows by the code of their first problem, and its column: null for the row as a whole. */
  rejects: z.array(z.object({ code: z.string(), columns: ValueCountsJson })),
});
export type RowSummaryJson = z.infer<typeof RowSummaryJson>;

/**
 * What rows add up to: those of a file, or of many. Merging is a fold: any split and any order of the
 * same summaries gives the same result. Summaries of different contracts merge column by column.
 */
export class RowSummary {
  readonly #exactValues: number;
  readonly #dimensions = new Map<string, ValueCounts>();
  readonly #measures = new Map<string, MeasureSummary>();
  readonly #eventTimes = new Map<string, EventTimes>();
  readonly #rejects = new Map<string, ValueCounts>();

  /** @param exactValues see `ValueCounts` */
  constructor(exactValues = EXACT_VALUES) {
    this.#exactValues = exactValues;
  }

  /** By column, in their order. */
  get dimensions(): ReadonlyMap<string, ValueCounts> {
    return inOrder(this.#dimensions);
  }

  get measures(): ReadonlyMap<string, MeasureSummary> {
    return inOrder(this.#measures);
  }

  get eventTimes(): ReadonlyMap<string, EventTimes> {
    return inOrder(this.#eventTimes);
  }

  /** Rejected rows by code, in their order, and by column. */
  get rejects(): ReadonlyMap<string, ValueCounts> {
    return inOrder(this.#rejects);
  }

  merge({ dimensions, measures, eventTimes, rejects }: RowSummaryJson): void {
    for (const { column, counts } of dimensions) {
      entryOf(this.#dimensions, column, () => this.#valueCounts()).merge(counts);
    }
    for (const { column, summary } of measures) {
      entryOf(this.#measures, column, () => new MeasureSummary()).merge(summary);
    }
    for (const { column, times } of eventTimes) {
      entryOf(this.#eventTimes, column, () => new EventTimes()).merge(times);
    }
    for (const { code, columns } of rejects) {
      entryOf(this.#rejects, code, () => this.#valueCounts()).merge(columns);
    }
  }

  /** Lets the parts of a file that were merged count as one file, see `ValueCounts`. */
  countAsOne(): void {
    for (const counts of [...this.#dimensions.values(), ...this.#rejects.values()]) {
      counts.countAsOne();
    }
  }

  toJson(): RowSummaryJson {
    return {
      dimensions: listed(this.dimensions, (column, counts) => ({
        column,
        counts: counts.toJson(),
      })),
      measures: listed(this.measures, (column, summary) => ({
        column,
        summary: summary.toJson(),
      })),
      eventTimes: listed(this.eventTimes, (column, times) => ({ column, times: times.toJson() })),
      rejects: listed(this.rejects, (code, columns) => ({ code, columns: columns.toJson() })),
    };
  }

  #valueCounts(): ValueCounts {
    return new ValueCounts(this.#exactValues);
  }
}

function entryOf<T>(map: Map<string, T>, key: string, create: () => T): T {
  const earlier = map.get(key);
  if (earlier !== undefined) return earlier;
  const created = create();
  map.set(key, created);
  return created;
}

function inOrder<T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function listed<T, Listed>(
  map: ReadonlyMap<string, T>,
  list: (key: string, value: T) => Listed,
): Listed[] {
  return [...map].map(([key, value]) => list(key, value));
}
