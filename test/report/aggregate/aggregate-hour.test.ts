import {
  aggregateHour,
  manifestPrefix,
  READS_AT_ONCE,
} from '../../../src/report/aggregate/aggregate-hour.ts';
import type { DayAggregate } from '../../../src/report/aggregate/day-aggregate.ts';
import type { ManifestSource } from '../../../src/report/aggregate/manifest-source.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { DAY, dayFile, itemOf, manifestKeyOf, manifestOf, type DayFile } from '../day-files.ts';

const HOUR = 7;

/** Manifests and a ledger in memory. */
class World implements ManifestSource {
  readonly texts = new Map<string, string>();
  readonly items: LedgerItem[] = [];
  /** Keys that a listing does not show: they were written behind it. */
  readonly unlisted = new Set<string>();
  readonly spans: [from: string, to: string][] = [];
  reads = 0;
  mostAtOnce = 0;
  #atOnce = 0;

  add(...files: DayFile[]): this {
    for (const file of files) {
      const manifest = manifestOf(file);
      if (manifest !== null) this.texts.set(manifestKeyOf(file), JSON.stringify(manifest));
      this.items.push(itemOf(file));
    }
    return this;
  }

  async *list(prefix: string): AsyncGenerator<string> {
    await Promise.resolve();
    for (const key of this.texts.keys()) {
      if (key.startsWith(prefix) && !this.unlisted.has(key)) yield key;
    }
  }

  async read(key: string): Promise<string | null> {
    this.reads += 1;
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.#atOnce -= 1;
    return this.texts.get(key) ?? null;
  }

  async *arrivedBetween(from: Date, to: Date): AsyncGenerator<LedgerItem> {
    await Promise.resolve();
    this.spans.push([from.toISOString(), to.toISOString()]);
    yield* this.items;
  }

  count(): Promise<DayAggregate> {
    return aggregateHour({
      day: DAY,
      hour: HOUR,
      manifests: this,
      ledger: this,
      datasetOf: () => 'orders',
    });
  }
}

const files = (count: number): DayFile[] =>
  Array.from({ length: count }, (_, index) => dayFile({ key: `in/${index}.csv` }));

describe('an hour', () => {
  it('is counted from its manifests and its part of the ledger', async () => {
    const world = new World().add(...files(3)).add(dayFile({ key: 'in/bad', status: 'FAILED' }));
    const aggregate = await world.count();
    expect(aggregate.counters).toMatchObject({ manifests: 3, items: 4 });
    expect(aggregate.hours[HOUR]).toEqual({ files: 4, rowsRead: 30, rowsRejected: 0 });
    expect(aggregate.findings).toEqual([]);
    expect(world.spans).toEqual([[`${DAY}T07:00:00.000Z`, `${DAY}T07:59:59.999Z`]]);
  });

  it('may be without files', async () => {
    const aggregate = await new World().count();
    expect(aggregate.counters).toMatchObject({ manifests: 0, items: 0 });
  });

  it('is read by a bounded number of requests at once', async () => {
    const world = new World().add(...files(3 * READS_AT_ONCE));
    expect((await world.count()).counters.manifests).toBe(3 * READS_AT_ONCE);
    expect(world.mostAtOnce).toBe(READS_AT_ONCE);
  });

  it('takes a manifest that was written behind the listing', async () => {
    const world = new World().add(...files(2));
    world.unlisted.add(manifestKeyOf(files(1)[0]!));
    const aggregate = await world.count();
    expect(aggregate.counters.manifests).toBe(2);
    expect(aggregate.findings).toEqual([]);
  });

  it('names a file whose manifest is gone, looking for it once more', async () => {
    const world = new World().add(...files(2));
    world.texts.delete(manifestKeyOf(files(1)[0]!));
    const aggregate = await world.count();
    expect(aggregate.findings).toEqual([
      { code: 'MANIFEST_MISSING', count: 1, examples: ['in/0.csv'] },
    ]);
    expect(world.reads).toBe(2);
  });

  it('finds nothing wrong with a file that was forgotten, be its manifest there still or not', async () => {
    const world = new World().add(...files(2));
    world.items.splice(
      0,
      2,
      ...world.items.map((item): LedgerItem => ({ ...item, status: 'FORGOTTEN' })),
    );
    world.texts.delete(manifestKeyOf(files(1)[0]!));
    expect((await world.count()).findings).toEqual([]);
  });

  it('leaves out what lies under the manifests of a replay', async () => {
    const world = new World().add(...files(1));
    for (const [key, text] of [...world.texts]) world.texts.set(`replays/again/${key}`, text);
    expect((await world.count()).counters.manifests).toBe(1);
  });

  it('does not read keys of other places that a ledger item names', async () => {
    const world = new World().add(dayFile());
    const [item] = world.items.splice(0);
    world.texts.clear();
    world.items.push({ ...item!, manifestKey: 'processed/secret.json' });
    expect((await world.count()).findings).toMatchObject([{ code: 'MANIFEST_MISSING' }]);
    expect(world.reads).toBe(0);
  });

  it('cannot be counted when a manifest cannot be fetched', async () => {
    const world = new World().add(...files(5));
    world.read = () => Promise.reject(new Error('denied'));
    await expect(world.count()).rejects.toThrow('denied');
  });
});

describe('a manifest that cannot be understood', () => {
  const whole = JSON.stringify(manifestOf(dayFile()));
  const changed = (change: object): string =>
    JSON.stringify({ ...manifestOf(dayFile())!, ...change });
  const counts = { rowsRead: 3, rowsWritten: 1, rowsRejected: 1, rejectsByCode: { TOO_LONG: 1 } };

  it.each([
    ['empty', ''],
    ['truncated', whole.slice(0, 200)],
    ['no object', '17'],
    ['of another version', changed({ manifestVersion: 99 })],
    ['of another hour', changed({ arrivedAt: `${DAY}T08:00:00.000Z` })],
    ['out of balance', changed({ counts })],
    ['without counts', changed({ counts: undefined })],
    ['with a broken summary', changed({ summary: { dimensions: 'none' } })],
  ])('is named and not counted: %s', async (_, text) => {
    const world = new World().add(...files(1));
    const key = `${manifestPrefix(DAY, HOUR)}broken.json`;
    world.texts.set(key, text);
    const aggregate = await world.count();
    expect(aggregate.counters.manifests).toBe(1);
    expect(aggregate.findings).toEqual([
      { code: 'MANIFEST_UNREADABLE', count: 1, examples: [key] },
    ]);
  });
});

it('understands manifests of version 2, which have no summary', async () => {
  const world = new World().add(...files(1));
  const manifest = {
    ...manifestOf(files(1)[0]!)!,
    manifestVersion: 2,
    summary: undefined,
  };
  world.texts.set(manifestKeyOf(files(1)[0]!), JSON.stringify(manifest));
  const aggregate = await world.count();
  expect(aggregate.counters.manifests).toBe(1);
  expect(aggregate.findings).toEqual([]);
});
