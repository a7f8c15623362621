import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { QuantileSketch } from '../aggregates/quantile-sketch.ts';
import { batchGet } from '../batch-get.ts';
import {
  lengthOf,
  windowKey,
  windowStart,
  type Dimension,
  type GroupItem,
  type WindowItem,
  type WindowKind,
} from './live-stats-item.ts';

/** Which windows: their kind, and what they are divided by. */
export interface WindowChoice {
  readonly kind: WindowKind;
  readonly by: Dimension;
}

/** One window by one dimension. */
export interface LiveWindow extends WindowChoice {
  readonly start: Date;
  /** In the order of their values; see `OTHER_VALUES`. */
  readonly groups: readonly GroupItem[];
}

/** Quantiles of latencies in milliseconds, within 1 %. */
export interface LatencyQuantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Reads the live stats; writing them is the analysis' alone. */
export class LiveStatsReader {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = DynamoDBDocumentClient.from(client);
  }

  /**
   * The windows that overlap a span of time and have events, oldest first. Every event has a type and
   * a source, so that either of these dimensions adds up to all events; only some have a dataset or a
   * status.
   *
   * @param to not included
   */
  async windows(from: Date, to: Date, { kind, by }: WindowChoice): Promise<LiveWindow[]> {
    const starts = new Map<string, number>();
    const first = windowStart(kind, from.getTime());
    for (let start = first; start < to.getTime(); start += lengthOf(kind)) {
      starts.set(windowKey(kind, start), start);
    }
    const keys = [...starts.keys()].map((window) => ({ window, group: by }));
    const windows: LiveWindow[] = [];
    for await (const item of batchGet(this.#documents, {
      table: this.#table,
      keys,
      consistent: false,
    })) {
      const { window, groups } = item as unknown as WindowItem;
      windows.push({ kind, by, start: new Date(starts.get(window) ?? NaN), groups });
    }
    return windows.sort((a, b) => a.start.getTime() - b.start.getTime());
  }
}

/** Quantiles over any number of groups and windows; null where none of them has a latency. */
export function latencyQuantiles(
  groups: Iterable<Pick<GroupItem, 'latency'>>,
): LatencyQuantiles | null {
  const sketch = new QuantileSketch();
  for (const { latency } of groups) if (latency !== undefined) sketch.merge(latency);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => sketch.quantile(q));
  if (p50 == null || p95 == null || p99 == null) return null;
  return { p50, p95, p99 };
}
