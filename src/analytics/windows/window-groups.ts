import { QuantileSketch } from '../../shared/aggregates/quantile-sketch.ts';
import { OTHER_VALUES, type GroupItem } from '../../shared/live-stats/live-stats-item.ts';
import type { EventFigures } from './event-figures.ts';

/**
 * Most values of a dimension that a window tells apart; all further ones together are `(other)`. A
 * group has at most 4,000 bytes (128 characters of name, 800 bins of latency), so that a window's item
 * stays below DynamoDB's 400 KB.
 */
export const MOST_GROUPS = 99;

interface Totals {
  events: number;
  rows: number;
  bytes: number;
  rejects: number;
  readonly before: string | undefined;
  readonly latencies: number[];
}

/** The groups of a window by one dimension, to which events are added. */
export class WindowGroups {
  readonly #groups: Map<string, Totals>;

  constructor(items: readonly GroupItem[] = []) {
    this.#groups = new Map(
      items.map(({ value, latency, ...counts }) => [
        value,
        { ...counts, before: latency, latencies: [] },
      ]),
    );
  }

  /** Counts an event under its value. */
  add(value: string, { rows, bytes, rejects, latency }: EventFigures): void {
    const totals = this.#totalsOf(value);
    totals.events += 1;
    totals.rows += rows;
    totals.bytes += bytes;
    totals.rejects += rejects;
    if (latency !== null) totals.latencies.push(latency);
  }

  /** The groups in the order of their values. */
  items(): GroupItem[] {
    const sorted = [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([value, { before, latencies, ...counts }]) => {
      const latency = packedLatency(before, latencies);
      return { value, ...counts, ...(latency !== undefined && { latency }) };
    });
  }

  #totalsOf(value: string): Totals {
    const known = this.#groups.get(value);
    if (known !== undefined) return known;
    if (this.#groups.size >= MOST_GROUPS && value !== OTHER_VALUES) {
      return this.#totalsOf(OTHER_VALUES);
    }
    const totals = { events: 0, rows: 0, bytes: 0, rejects: 0, before: undefined, latencies: [] };
    this.#groups.set(value, totals);
    return totals;
  }
}

function packedLatency(
  before: string | undefined,
  latencies: readonly number[],
): string | undefined {
  if (latencies.length === 0) return before;
  const sketch = new QuantileSketch();
  if (before !== undefined) sketch.merge(before);
  for (const latency of latencies) sketch.add(latency);
  return sketch.pack();
}
