import { LiveStatsStore } from '../../../src/analytics/windows/live-stats-store.ts';
import { windowEvent, type WindowEvent } from '../../../src/analytics/windows/window-event.ts';
import { MOST_GROUPS } from '../../../src/analytics/windows/window-groups.ts';
import { checkEnvelope } from '../../../src/analytics/event-envelope.ts';
import { Dimension, OTHER_VALUES } from '../../../src/shared/live-stats/live-stats-item.ts';
import { LiveStatsReader } from '../../../src/shared/live-stats/live-stats-reader.ts';
import { applicationEvent, type EventParts } from '../support/events.ts';
import { FakeTable } from '../support/fake-table.ts';

const ARRIVAL = Date.parse('2026-11-20T16:05:10.000Z');
const SETTINGS = { maxLatenessHours: 24, retentionDays: 2 };
const [FROM, TO] = [new Date('2026-11-19T16:00:00Z'), new Date('2026-11-20T17:00:00Z')];

const eventAt = (parts: EventParts, arrivedAt = ARRIVAL): WindowEvent =>
  windowEvent(checkEnvelope(applicationEvent(parts)), arrivedAt, SETTINGS);

const storeOn = (table: FakeTable): LiveStatsStore =>
  new LiveStatsStore({ table: 'stats', client: table.client, pause: () => Promise.resolve() });

describe('the live stats', () => {
  it('take one transaction per batch of one minute', async () => {
    const table = new FakeTable();
    const events = Array.from({ length: 500 }, (_, id) => eventAt({ id: String(id) }));
    await storeOn(table).count(events);
    expect(table.calls.transactions).toBe(1);
    expect(table.size).toBe(1 + 4 + 4);
  });

  it('divide what does not fit one transaction', async () => {
    const table = new FakeTable();
    const events = Array.from({ length: 300 }, (_, minute) =>
      eventAt({ id: String(minute), time: new Date(ARRIVAL - minute * 60_000).toISOString() }),
    );
    const { counted } = await storeOn(table).count(events);
    expect(counted).toHaveLength(300);
    const reader = new LiveStatsReader('stats', table.client);
    const choice = { kind: 'minute', by: Dimension.TYPE } as const;
    expect(await reader.windows(FROM, TO, choice)).toHaveLength(300);
  });

  it('write nothing for what has been counted', async () => {
    const table = new FakeTable();
    await storeOn(table).count([eventAt({})]);
    const { counted, repeated } = await storeOn(table).count([eventAt({}), eventAt({})]);
    expect([counted.length, repeated]).toEqual([0, 2]);
    expect(table.calls.transactions).toBe(1);
  });

  it('tell the same id of another source apart', async () => {
    const events = ['/a', '/b'].map((source) => eventAt({ source }));
    const { counted } = await storeOn(new FakeTable()).count(events);
    expect(counted).toHaveLength(2);
  });

  it('put all values beyond a bound together, and lose none', async () => {
    const table = new FakeTable();
    const events = Array.from({ length: MOST_GROUPS + 50 }, (_, id) =>
      eventAt({ id: String(id), type: `type-${id}` }),
    );
    await storeOn(table).count(events.slice(0, 120));
    await storeOn(table).count(events.slice(120));
    const reader = new LiveStatsReader('stats', table.client);
    const [window] = await reader.windows(FROM, TO, { kind: 'hour', by: Dimension.TYPE });
    const groups = new Map(window!.groups.map(({ value, events }) => [value, events]));
    expect(groups.size).toBe(MOST_GROUPS + 1);
    expect(groups.get(OTHER_VALUES)).toBe(50);
  });

  it('are kept for so long after the last event that came', async () => {
    const table = new FakeTable();
    await storeOn(table).count([eventAt({ id: '1' }, ARRIVAL + 60_000)]);
    await storeOn(table).count([eventAt({ id: '2' }, ARRIVAL)]);
    const window = table.find({ window: 'minute#2026-11-20T16:05', group: 'type' });
    expect(window).toMatchObject({ expiresAt: ARRIVAL / 1_000 + 60 + 2 * 86_400 });
  });

  it('divide a transaction that would be too large', async () => {
    const table = new FakeTable();
    const names = Array.from({ length: MOST_GROUPS }, (_, index) => `${'漢'.repeat(100)}${index}`);
    const windows = 24;
    const events = Array.from({ length: MOST_GROUPS * windows }, (_, id) => {
      const name = names[id % MOST_GROUPS]!;
      const minute = Math.floor(id / MOST_GROUPS);
      return eventAt({
        id: String(id),
        type: name,
        source: name,
        time: new Date(ARRIVAL - minute * 60_000).toISOString(),
        data: { dataset: name, status: name },
      });
    });
    const { counted } = await storeOn(table).count(events);
    expect(counted).toHaveLength(events.length);
    expect(table.largestTransaction).toBeGreaterThan(1_000_000);
    expect(table.largestTransaction).toBeLessThan(4_194_304);
  });
});
