import { stats, type StatsAnswer, type StatsOptions } from '../../../src/cli/commands/stats.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { Span } from '../../../src/cli/stats/stats-span.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { group, liveStatsWith, packed } from './live-windows.ts';

const NOW = new Date('2026-11-20T16:05:09.123Z');
const SPAN = { since: new Date('2026-11-20T14:30:30Z'), until: NOW };
const KEPT_DAYS = 30;

const ENDED = 'io.millrace.file.succeeded';

async function run(
  held: Parameters<typeof liveStatsWith>[0],
  options: StatsOptions = {},
  span: Span = SPAN,
) {
  const { liveStats, asked } = liveStatsWith(held);
  const outputs = { LiveStatsRetentionDays: String(KEPT_DAYS) };
  const console = keptConsole();
  await stats({ liveStats, outputs } as Deployment, span, options, console, NOW);
  return { ...console, asked };
}

async function answer(...args: Parameters<typeof run>): Promise<StatsAnswer> {
  const [held, options, span] = args;
  const { results } = await run(held, { ...options, json: true }, span);
  return JSON.parse(results[0]!) as StatsAnswer;
}

const MINUTES: Parameters<typeof run>[0] = [
  [
    'minute',
    'type',
    '2026-11-20T14:30:00Z',
    [group('a', 2), group(ENDED, 1, { latency: packed(100) })],
  ],
  ['minute', 'type', '2026-11-20T16:05:00Z', [group('a', 5), group('(other)', 90)]],
  ['minute', 'dataset', '2026-11-20T16:05:00Z', [group('orders', 3)]],
];

describe('stats', () => {
  it('adds up all events of each window that has some', async () => {
    const { rows, total, since, until, every } = await answer(MINUTES);

    expect({ since, until, every }).toEqual({
      since: '2026-11-20T14:30:00.000Z',
      until: '2026-11-20T16:06:00.000Z',
      every: 'minute',
    });
    expect(rows).toMatchObject([
      { window: '2026-11-20T14:30:00.000Z', events: 3, rows: 30, bytes: 300, rejects: 3 },
      { window: '2026-11-20T16:05:00.000Z', events: 95, latency: null },
    ]);
    expect(total).toMatchObject({ events: 98, rows: 980 });
    expect(Math.abs(total.latency!.p50 - 100)).toBeLessThanOrEqual(1);
  });

  it('adds up each value over the whole span, what has no name of its own last', async () => {
    const { rows, every } = await answer(MINUTES, { by: 'type' });

    expect(every).toBeNull();
    expect(rows).toMatchObject([
      { value: 'a', events: 7 },
      { value: ENDED, events: 1 },
      { value: '(other)', events: 90 },
    ]);
    expect(rows[0]).not.toHaveProperty('window');
  });

  it('tells values apart in each window when asked for both', async () => {
    const { rows } = await answer(MINUTES, { by: 'type', every: 'minute' });

    expect(rows.map(({ window, value, events }) => [window?.slice(11, 16), value, events])).toEqual(
      [
        ['14:30', 'a', 2],
        ['14:30', ENDED, 1],
        ['16:05', 'a', 5],
        ['16:05', '(other)', 90],
      ],
    );
  });

  it.each([
    ['minute', '2026-11-20T13:05:09.123Z'],
    ['hour', '2026-11-20T13:05:09.122Z'],
  ])('reads a span by the %s from %s on', async (kind, since) => {
    const { asked } = await run([], { by: 'source' }, { since: new Date(since), until: NOW });
    expect(asked[0]).toMatchObject({ kind, by: 'source' });
  });

  it('shows a table with sizes and times, and the total below', async () => {
    const { results, notes } = await run(MINUTES, { by: 'dataset' });

    const [head, orders, total] = results[0]!.split('\n');
    expect(head).toMatch(/^DATASET +EVENTS +ROWS +REJECTS +BYTES +P50 +P95$/);
    expect(orders).toMatch(/^orders +3 +30 +3 +300 bytes +- +-$/);
    expect(total).toMatch(/^total +3 +30 +3 /);
    expect(notes).toEqual([]);
  });

  it('shows names that would move the cursor as escapes', async () => {
    const { results } = await run(
      [['minute', 'type', '2026-11-20T16:05:00Z', [group('a\x1b[2J', 1)]]],
      { by: 'type' },
    );
    expect(results[0]).toContain('a\\u001b[2J');
  });

  it('says what is left out because of its time', async () => {
    const { notes } = await run([
      ...MINUTES,
      ['late', 'type', '2026-11-20T15:00:00Z', [group('a', 1_200)]],
      ['future', 'type', '2026-11-20T14:00:00Z', [group('a', 1)]],
    ]);
    expect(notes).toEqual([
      'Left out: 1,200 events that came too late for the window of their time.',
      'Left out: 1 event with a time in the future.',
    ]);
  });

  it.each([
    [{}, 'No events are counted from 2026-11-20 14:30Z to 2026-11-20 16:06Z.'],
    [
      { by: 'status' } as const,
      'No events with a status are counted from 2026-11-20 14:30Z to 2026-11-20 16:06Z.',
    ],
  ])('says that there is nothing with %j', async (options, text) => {
    const { results, notes } = await run([], options);
    expect(results).toEqual([text]);
    expect(notes).toEqual([expect.stringContaining('Look further back with --since')]);
  });
});

describe('the time for which the statistics are kept', () => {
  const oldest = '2026-10-21T16:05:09.123Z';

  it('bounds the span, and a note says so', async () => {
    const span = { since: new Date('2026-01-01T00:00:00Z'), until: NOW };
    const { asked, notes } = await run(MINUTES, {}, span);
    expect(asked[0]!.from.toISOString()).toBe(oldest);
    expect(notes[0]).toBe('The live statistics are kept for 30 days: older events are not shown.');
  });

  it('is said when the whole span is older', async () => {
    const span = { since: new Date('2026-01-01T00:00:00Z'), until: new Date(oldest) };
    await expect(run([], {}, span)).rejects.toMatchObject({
      name: 'UserError',
      message:
        'The live statistics are kept for 30 days: nothing is left of before 2026-10-21 16:05Z.',
      hint: expect.stringContaining('npx millrace report') as string,
    });
  });
});
