/** An event as it was published first. */
export interface Published {
  readonly event: {
    readonly type: string;
    readonly source: string;
    readonly time: string;
    readonly data: {
      readonly dataset?: string;
      readonly status?: string;
      readonly file?: { readonly size: number };
      readonly arrivedAt?: string;
      readonly rowsRead?: number;
      readonly rowsRejected?: number;
      readonly rows?: number;
      readonly bytes?: number;
      readonly rejects?: number;
    };
  };
  /** When the stream took it. */
  readonly arrivedAt: string;
}

interface Window {
  events: number;
  rows: number;
  bytes: number;
  rejects: number;
  latencies: number[];
}

/**
 * What the live stats must hold of events that all differ, counted the plain way, by
 * `KIND START DIMENSION VALUE`.
 */
export function expectedWindows(
  published: readonly Published[],
  latenessHours: number,
): Record<string, object> {
  const windows = new Map<string, Window>();
  for (const { event, arrivedAt } of published) {
    const { data } = event;
    const values = {
      type: event.type,
      source: event.source,
      dataset: data.dataset,
      status: data.status,
    };
    for (const window of placesOf(event.time, arrivedAt, latenessHours)) {
      for (const [by, value] of Object.entries(values)) {
        if (value === undefined) continue;
        const key = `${window} ${by} ${value}`;
        const found = windows.get(key) ?? {
          events: 0,
          rows: 0,
          bytes: 0,
          rejects: 0,
          latencies: [],
        };
        windows.set(key, found);
        found.events += 1;
        found.rows += data.rowsRead ?? data.rows ?? 0;
        found.bytes += data.file?.size ?? data.bytes ?? 0;
        found.rejects += data.rowsRejected ?? data.rejects ?? 0;
        if (data.file === undefined) continue;
        found.latencies.push(Date.parse(event.time) - Date.parse(data.arrivedAt ?? ''));
      }
    }
  }
  return Object.fromEntries(
    [...windows].map(([key, { latencies, ...counts }]) => [
      key,
      { ...counts, p50: middle(latencies) },
    ]),
  );
}

function placesOf(time: string, arrivedAt: string, latenessHours: number): string[] {
  const delayMinutes = (Date.parse(arrivedAt) - Date.parse(time)) / 60_000;
  const arrivalHour = `${arrivedAt.slice(0, 13)}:00:00.000Z`;
  if (delayMinutes > latenessHours * 60) return [`late ${arrivalHour}`];
  if (delayMinutes < -5) return [`future ${arrivalHour}`];
  return [`minute ${time.slice(0, 16)}:00.000Z`, `hour ${time.slice(0, 13)}:00:00.000Z`];
}

function middle(latencies: readonly number[]): number | null {
  if (latencies.length === 0) return null;
  return latencies.toSorted((a, b) => a - b)[Math.floor((latencies.length - 1) / 2)]!;
}
