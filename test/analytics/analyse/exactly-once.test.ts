import type { KinesisStreamRecord } from 'aws-lambda';
import { Analyser } from '../../../src/analytics/analyse/analyser.ts';
import { LiveStatsStore } from '../../../src/analytics/windows/live-stats-store.ts';
import {
  LiveStatsReader,
  latencyQuantiles,
} from '../../../src/shared/live-stats/live-stats-reader.ts';
import { Dimension, WindowKind } from '../../../src/shared/live-stats/live-stats-item.ts';
import fc from '../../support/fast-check.ts';
import { applicationEvent, fileEventOf, streamRecord } from '../support/events.ts';
import { FakeLogger, FakeMetrics } from '../support/fake-metrics.ts';
import { FakeTable, type Fault } from '../support/fake-table.ts';
import { expectedWindows, type Published } from './oracle.ts';
import { Shards } from './shards.ts';

const LATENESS_HOURS = 24;
const START = Date.parse('2026-11-20T16:58:00.000Z');

/** A batch of the stream through a function of its own, as Lambda may run several at once. */
const analyserOn = (table: FakeTable): Analyser =>
  new Analyser({
    store: new LiveStatsStore({
      table: 'stats',
      client: table.client,
      pause: () => Promise.resolve(),
    }),
    windows: { maxLatenessHours: LATENESS_HOURS, retentionDays: 35 },
    logger: new FakeLogger().logger,
    metrics: new FakeMetrics().metrics,
  });

/** What the table's readers see, in the oracle's form. */
async function storedWindows(table: FakeTable): Promise<Record<string, object>> {
  const reader = new LiveStatsReader('stats', table.client);
  const found: Record<string, object> = {};
  const [from, to] = [new Date(START - 3 * 3_600_000), new Date(START + 3 * 3_600_000)];
  for (const kind of Object.values(WindowKind)) {
    for (const by of Object.values(Dimension)) {
      for (const { start, groups } of await reader.windows(from, to, { kind, by })) {
        for (const { value, latency, ...counts } of groups) {
          const p50 = latency === undefined ? null : latencyQuantiles([{ latency }])!.p50;
          found[`${kind} ${start.toISOString()} ${by} ${value}`] = { ...counts, p50 };
        }
      }
    }
  }
  return found;
}

/** Equal but for latencies, which may be 1 % off. */
function expectWindows(found: Record<string, object>, expected: Record<string, object>): void {
  type Counts = Record<string, object & { p50?: number | null }>;
  const exact = (windows: Counts): object =>
    Object.fromEntries(
      Object.entries(windows).map(([key, window]) => [key, { ...window, p50: 0 }]),
    );
  expect(exact(found)).toEqual(exact(expected));
  for (const [key, { p50 }] of Object.entries(expected as Counts)) {
    const near = (found as Counts)[key]!.p50;
    if (p50 == null) expect(near).toBeNull();
    else expect(Math.abs(near! - p50)).toBeLessThanOrEqual(p50 * 0.01);
  }
}

const minutesAfter = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

/** Events of a few minutes around an hour's end, some late, some from the future; all ids differ. */
const events = fc
  .array(
    fc.record({
      kind: fc.constantFrom('application', 'application', 'file'),
      // In minutes: mostly around an hour's end; else a day and more ago, or ahead.
      time: fc.oneof(
        { weight: 8, arbitrary: fc.double({ min: 0, max: 4, noNaN: true }) },
        fc.constantFrom(-1_500, -120, 11, 600),
      ),
      name: fc.constantFrom('a', 'b', '__proto__', 'ü'),
      figure: fc.nat(1_000_000),
      took: fc.nat(100_000),
    }),
    { maxLength: 25 },
  )
  .map((parts) =>
    parts.map(({ kind, time, name, figure, took }, index): Published => {
      const at = minutesAfter(time);
      const event =
        kind === 'file'
          ? fileEventOf({
              id: String(index).padStart(20, '0'),
              status: figure % 2 === 0 ? 'SUCCEEDED' : 'REJECTED',
              arrivedAt: new Date(Date.parse(at) - took).toISOString(),
              time: at,
              dataset: name,
              rowsRead: figure,
              size: figure,
            })
          : applicationEvent({
              id: String(index),
              source: `/app/${name}`,
              type: `com.example.${name}`,
              time: at,
              data: { dataset: name, rows: figure, rejects: 1 },
            });
      return { event: event as Published['event'], arrivedAt: minutesAfter(4) };
    }),
  );

describe('Analyse', () => {
  it('counts every event exactly once, whatever happens to stream, function and table', async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.infiniteStream(fc.nat(1_000)),
        fc.constantFrom(1, 2, 4),
        async (published, chances, shardCount) => {
          const chance = (perMille: number): boolean => (chances.next().value ?? 0) < perMille;
          const table = new FakeTable();
          table.fault = (): Fault => {
            if (chance(100)) return 'before';
            if (chance(100)) return 'after';
            return chance(100) ? 'throttled' : 'none';
          };
          const shards = new Shards(shardCount);
          for (const { event, arrivedAt } of published) {
            shards.put(JSON.stringify(event), arrivedAt);
            if (chance(100)) shards.put(JSON.stringify(event), minutesAfter(5));
            if (chance(20)) shards.reshard(((chances.next().value ?? 0) % 4) + 1);
          }
          // All shards at once; then the whole stream again, from the horizon.
          const deliver = (batch: KinesisStreamRecord[]): Promise<unknown> => {
            if (chance(100)) throw new Error('the function was killed');
            return analyserOn(table).analyse(batch, new Date(START));
          };
          await shards.deliver(deliver, chance);
          await shards.deliver(deliver, chance);
          expectWindows(await storedWindows(table), expectedWindows(published, LATENESS_HOURS));
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);

  it('counts the end of a file once, though it is told again with another time', async () => {
    const table = new FakeTable();
    const [first, again] = ['2026-11-20T16:05:09.500Z', '2026-11-20T16:09:41.000Z'].map((time) =>
      streamRecord(JSON.stringify(fileEventOf({ time }))),
    );
    await analyserOn(table).analyse([first!], new Date(START));
    await analyserOn(table).analyse([again!], new Date(START));
    const byStatus = Object.entries(await storedWindows(table)).filter(([key]) =>
      key.includes('status'),
    );
    expect(byStatus).toMatchObject([
      ['minute 2026-11-20T16:05:00.000Z status SUCCEEDED', { events: 1, rows: 10 }],
      ['hour 2026-11-20T16:00:00.000Z status SUCCEEDED', { events: 1, rows: 10 }],
    ]);
  });

  it('counts the end of a file once, though it is told twice at the same time, in two hours', async () => {
    const table = new FakeTable();
    const told = ['2026-11-20T16:59:59.500Z', '2026-11-20T17:00:02.000Z'].map((time) =>
      streamRecord(JSON.stringify(fileEventOf({ time })), {
        arrivedAt: '2026-11-20T17:01:00.000Z',
      }),
    );
    await Promise.all(told.map((record) => analyserOn(table).analyse([record], new Date(START))));
    const counted = Object.entries(await storedWindows(table)).filter(([key]) =>
      /^hour .* status/.test(key),
    );
    expect(counted).toHaveLength(1);
  });

  it('counts once when the same batch runs twice at the same time', async () => {
    const table = new FakeTable();
    const batch = Array.from({ length: 50 }, (_, index) =>
      streamRecord(JSON.stringify(applicationEvent({ id: String(index) }))),
    );
    await Promise.all(
      Array.from({ length: 6 }, () => analyserOn(table).analyse(batch, new Date(START))),
    );
    const windows = await storedWindows(table);
    expect(windows['minute 2026-11-20T16:05:00.000Z source /shop/orders']).toMatchObject({
      events: 50,
      rows: 150,
    });
    expect(table.calls.refused).toBeGreaterThan(0);
  });
});
