import { OTHER_VALUES, type GroupItem } from '../../shared/live-stats/live-stats-item.ts';
import {
  latencyQuantiles,
  type LatencyQuantiles,
  type LiveWindow,
} from '../../shared/live-stats/live-stats-reader.ts';

/** What events add up to. */
export interface LiveFigures {
  readonly events: number;
  readonly rows: number;
  readonly bytes: number;
  readonly rejects: number;
  /** Milliseconds from a file's arrival to its end; null where no file ended. */
  readonly latency: LatencyQuantiles | null;
}

/** What the events of one value of a dimension add up to. */
export interface ValueFigures extends LiveFigures {
  readonly value: string;
}

/** Adds groups up, of any windows. */
export function figuresOf(groups: readonly GroupItem[]): LiveFigures {
  const sum = (name: 'events' | 'rows' | 'bytes' | 'rejects'): number =>
    groups.reduce((total, group) => total + group[name], 0);
  return {
    events: sum('events'),
    rows: sum('rows'),
    bytes: sum('bytes'),
    rejects: sum('rejects'),
    latency: latencyQuantiles(groups),
  };
}

/** Adds groups up by their value; those with the most events first, what has no name of its own last. */
export function figuresByValue(groups: readonly GroupItem[]): ValueFigures[] {
  const byValue = Map.groupBy(groups, ({ value }) => value);
  return [...byValue]
    .map(([value, ofValue]) => ({ value, ...figuresOf(ofValue) }))
    .sort(
      (a, b) =>
        Number(a.value === OTHER_VALUES) - Number(b.value === OTHER_VALUES) ||
        b.events - a.events ||
        (a.value < b.value ? -1 : 1),
    );
}

/** All groups of windows. */
export const groupsOf = (windows: readonly LiveWindow[]): GroupItem[] =>
  windows.flatMap(({ groups }) => groups);
