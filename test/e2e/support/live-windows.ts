import { Dimension, WindowKind } from '../../../src/shared/live-stats/live-stats-item.ts';
import type { LiveStatsReader } from '../../../src/shared/live-stats/live-stats-reader.ts';
import type { ApplicationEvent } from './application-events.ts';

/** What a window says of one value of a dimension. */
export interface Counted {
  readonly events: number;
  readonly rows: number;
  readonly bytes: number;
  readonly rejects: number;
}

/** Windows and values as text, with what is counted in them. */
export type Windows = Readonly<Record<string, Counted>>;

/** Characters of an ISO 8601 time that tell a window of a kind from the next. */
const KINDS = [
  [WindowKind.MINUTE, 'yyyy-mm-ddThh:mm'.length],
  [WindowKind.HOUR, 'yyyy-mm-ddThh'.length],
] as const;
const NOTHING: Counted = { events: 0, rows: 0, bytes: 0, rejects: 0 };

/** What the live statistics must say of events, each counted once. */
export function windowsOf(events: readonly ApplicationEvent[]): Windows {
  const distinct = new Map(events.map((event) => [`${event.source} ${event.id}`, event]));
  const windows: Record<string, Counted> = {};
  for (const { time, type, source, data } of distinct.values()) {
    const values = { type, source, dataset: data.dataset, status: data.status };
    for (const [kind, length] of KINDS) {
      for (const [dimension, value] of Object.entries(values)) {
        const key = `${kind} ${time.slice(0, length)} ${dimension}=${value}`;
        windows[key] = plus(windows[key] ?? NOTHING, data);
      }
    }
  }
  return sorted(windows);
}

function plus(counted: Counted, { rows, bytes, rejects }: Omit<Counted, 'events'>): Counted {
  return {
    events: counted.events + 1,
    rows: counted.rows + rows,
    bytes: counted.bytes + bytes,
    rejects: counted.rejects + rejects,
  };
}

/** What the live statistics say of a span of time, as far as a value has `run` in it. */
export async function readWindows(
  reader: LiveStatsReader,
  { from, to, run }: { from: Date; to: Date; run: string },
): Promise<Windows> {
  const windows: Record<string, Counted> = {};
  for (const [kind, length] of KINDS) {
    for (const by of Object.values(Dimension)) {
      for (const { start, groups } of await reader.windows(from, to, { kind, by })) {
        for (const { value, events, rows, bytes, rejects } of groups) {
          const key = `${kind} ${start.toISOString().slice(0, length)} ${by}=${value}`;
          if (value.includes(run)) windows[key] = { events, rows, bytes, rejects };
        }
      }
    }
  }
  return sorted(windows);
}

/** Events by source in windows of a kind; every event has a source. */
export async function countBySource(
  reader: LiveStatsReader,
  { from, to, run, kind }: { from: Date; to: Date; run: string; kind: WindowKind },
): Promise<number> {
  const windows = await reader.windows(from, to, { kind, by: Dimension.SOURCE });
  const ours = windows.flatMap(({ groups }) => groups.filter(({ value }) => value.includes(run)));
  return ours.reduce((sum, { events }) => sum + events, 0);
}

const sorted = (windows: Windows): Windows =>
  Object.fromEntries(Object.entries(windows).sort(([a], [b]) => (a < b ? -1 : 1)));
