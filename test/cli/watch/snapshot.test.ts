import { liveCounts, ratesOf, WATCHED_MINUTES } from '../../../src/cli/watch/snapshot.ts';
import type { LiveWindow } from '../../../src/shared/live-stats/live-stats-reader.ts';
import { group, packed } from '../commands/live-windows.ts';
import { snapshot } from './snapshots.ts';

const NOW = new Date('2026-11-20T16:05:15.000Z');

const minute = (time: string, by: 'type' | 'status', groups: LiveWindow['groups']): LiveWindow => ({
  kind: 'minute',
  by,
  start: new Date(`2026-11-20T${time}:00Z`),
  groups,
});

describe('what the live statistics tell', () => {
  const ended = group('io.millrace.file.rejected', 3, { latency: packed(1_000) });
  const counts = liveCounts(
    NOW,
    [
      minute('15:36', 'type', [group('order', 4)]),
      minute('16:04', 'type', [group('io.millrace.object.created', 5), ended]),
    ],
    [minute('16:04', 'status', [group('REJECTED', 3)])],
  );

  it('lies in its minute, and minutes without events are there', () => {
    expect(counts.minutes).toHaveLength(WATCHED_MINUTES);
    expect(counts.minutes[0]).toEqual({ events: 4, files: 0, rows: 40 });
    expect(counts.minutes.at(-2)).toEqual({ events: 8, files: 3, rows: 80 });
    expect(counts.minutes.at(-1)).toEqual({ events: 0, files: 0, rows: 0 });
  });

  it('is added up by value, the most frequent first', () => {
    expect(counts.types.map(({ value }) => value)).toEqual([
      'io.millrace.object.created',
      'order',
      'io.millrace.file.rejected',
    ]);
    expect(counts.statuses).toEqual([{ value: 'REJECTED', events: 3 }]);
    expect(Math.abs(counts.latency!.p95 - 1_000)).toBeLessThanOrEqual(10);
  });
});

it('the rate per second takes the last minute as far as it lies in the last 60 seconds', () => {
  const [events, files] = ratesOf(snapshot());
  expect(events).toMatchObject({ thisMinute: 300, lastMinute: 1_200, perSecond: 20 });
  expect(files).toMatchObject({ thisMinute: 0, lastMinute: 12, perSecond: 0.15 });
});
