import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QuantileSketch } from '../../../src/shared/aggregates/quantile-sketch.ts';
import { windowStart } from '../../../src/shared/live-stats/live-stats-item.ts';
import {
  latencyQuantiles,
  LiveStatsReader,
} from '../../../src/shared/live-stats/live-stats-reader.ts';

interface Keys {
  readonly Keys: readonly { window: string; group: string }[];
}

/** A table that has every third window that it is asked for and answers some keys at a time. */
function tableOf(answeredAtOnce: number) {
  const asked: number[] = [];
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () =>
      ({ input }) => {
        const { RequestItems } = input as unknown as { RequestItems: Record<string, Keys> };
        const { Keys } = RequestItems.stats!;
        asked.push(Keys.length);
        const left = Keys.slice(answeredAtOnce);
        const answered = Keys.slice(0, answeredAtOnce).filter(({ window }) =>
          /[0369]$/.test(window),
        );
        const groups = [{ value: 'a', events: 1, rows: 0, bytes: 0, rejects: 0 }];
        const items = answered.toReversed().map((key) => ({ ...key, groups }));
        const UnprocessedKeys = left.length > 0 ? { stats: { Keys: left } } : undefined;
        const output = { $metadata: {}, Responses: { stats: items }, UnprocessedKeys };
        return Promise.resolve({ output: output as never, response: {} });
      },
    { step: 'initialize' },
  );
  return { client, asked };
}

const MINUTES = { kind: 'minute', by: 'type' } as const;

describe('LiveStatsReader', () => {
  it('reads the windows that there are, oldest first, a hundred keys at a time', async () => {
    const { client, asked } = tableOf(100);
    const [from, to] = [new Date('2026-11-20T16:00:30Z'), new Date('2026-11-20T20:00:00Z')];
    const windows = await new LiveStatsReader('stats', client).windows(from, to, MINUTES);
    expect(asked).toEqual([100, 100, 40]);
    const starts = windows.map(({ start }) => start.getTime());
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(windows[0]).toMatchObject({ ...MINUTES, start: new Date('2026-11-20T16:00:00Z') });
  });

  it('asks again for what the table left out', async () => {
    const { client, asked } = tableOf(40);
    const [from, to] = [new Date('2026-11-20T16:00:00Z'), new Date('2026-11-20T17:00:00Z')];
    const windows = await new LiveStatsReader('stats', client).windows(from, to, MINUTES);
    expect(asked).toEqual([60, 20]);
    expect(windows).toHaveLength(24);
  });

  it('asks nothing for an empty span', async () => {
    const { client, asked } = tableOf(100);
    const at = new Date('2026-11-20T16:00:00Z');
    expect(await new LiveStatsReader('stats', client).windows(at, at, MINUTES)).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe('latencyQuantiles', () => {
  it('adds up groups, within a percent', () => {
    const groups = [1, 2].map((part) => {
      const sketch = new QuantileSketch();
      for (let value = part; value <= 1_000; value += 2) sketch.add(value);
      return { latency: sketch.pack() };
    });
    const { p50, p95, p99 } = latencyQuantiles([...groups, {}])!;
    expect(Math.abs(p50 - 500)).toBeLessThanOrEqual(5);
    expect(Math.abs(p95 - 950)).toBeLessThanOrEqual(9.5);
    expect(Math.abs(p99 - 990)).toBeLessThanOrEqual(9.9);
  });

  it('has none where nothing was measured', () => {
    expect(latencyQuantiles([{}])).toBeNull();
  });
});

describe('windowStart', () => {
  it.each([
    ['2026-11-20T16:05:59.999Z', 'minute', '2026-11-20T16:05:00.000Z'],
    ['2026-11-20T16:59:59.999Z', 'hour', '2026-11-20T16:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', 'late', '1969-12-31T23:00:00.000Z'],
  ] as const)('of %s by %s is %s', (time, kind, start) => {
    expect(new Date(windowStart(kind, Date.parse(time))).toISOString()).toBe(start);
  });
});
