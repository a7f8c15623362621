import { QuantileSketch } from '../../../src/shared/aggregates/quantile-sketch.ts';
import {
  lengthOf,
  windowStart,
  type Dimension,
  type GroupItem,
  type WindowKind,
} from '../../../src/shared/live-stats/live-stats-item.ts';
import type {
  LiveStatsReader,
  LiveWindow,
} from '../../../src/shared/live-stats/live-stats-reader.ts';

/** What is counted under a value. */
export function group(value: string, events: number, parts: Partial<GroupItem> = {}): GroupItem {
  return { value, events, rows: 10 * events, bytes: 100 * events, rejects: events, ...parts };
}

/** Latencies as the live statistics keep them. */
export function packed(...milliseconds: number[]): string {
  const sketch = new QuantileSketch();
  for (const each of milliseconds) sketch.add(each);
  return sketch.pack();
}

/** Live statistics that hold windows: kind, dimension and start, then the groups. */
export function liveStatsWith(
  held: readonly [kind: WindowKind, by: Dimension, start: string, groups: readonly GroupItem[]][],
) {
  const asked: { from: Date; to: Date; kind: WindowKind; by: Dimension }[] = [];
  const windows: LiveStatsReader['windows'] = (from, to, { kind, by }) => {
    asked.push({ from, to, kind, by });
    const first = windowStart(kind, from.getTime());
    return Promise.resolve(
      held
        .map(([kind, by, start, groups]): LiveWindow => ({
          kind,
          by,
          start: new Date(start),
          groups,
        }))
        .filter((window) => window.kind === kind && window.by === by)
        .filter(({ start }) => start.getTime() >= first && start < to)
        .filter(({ start }) => (start.getTime() - first) % lengthOf(kind) === 0),
    );
  };
  return { liveStats: { windows } as LiveStatsReader, asked };
}
