import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { DayAggregate } from './day-aggregate.ts';
import { readLedgerItem } from './ledger-facts.ts';
import type { ManifestSource } from './manifest-source.ts';
import { readManifest, type ManifestFacts } from './manifest-facts.ts';
import { mapAtOnce } from './map-at-once.ts';

/** Manifests that are read at once. */
export const READS_AT_ONCE = 64;

const HOUR_MILLISECONDS = 3_600_000;

/** What is read of the ledger. */
export interface ArrivalReader {
  arrivedBetween(from: Date, to: Date): AsyncIterable<LedgerItem>;
}

export interface AggregateHourOptions {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** 0 to 23. */
  readonly hour: number;
  readonly manifests: ManifestSource;
  readonly ledger: ArrivalReader;
  /** The dataset of an object key. */
  readonly datasetOf: (key: string) => string;
}

/** An hour as instants start in it: `2026-11-20T07`. */
const hourText = (day: string, hour: number): string => `${day}T${String(hour).padStart(2, '0')}`;

/** Where the manifests of the files lie that arrived in an hour. */
export const manifestPrefix = (day: string, hour: number): string =>
  `manifests/dt=${day}/hh=${String(hour).padStart(2, '0')}/`;

/**
 * Adds up the files that arrived in an hour, by their manifests and the ledger.
 *
 * Manifests come first: a file's manifest is written before the ledger records its end. So one that
 * the ledger knows of and the listing did not was written in between, or is missing; it is looked for
 * once more.
 */
export async function aggregateHour(options: AggregateHourOptions): Promise<DayAggregate> {
  const { day, hour, manifests, ledger, datasetOf } = options;
  const counting = new HourCounting(options, new DayAggregate(datasetOf));
  await counting.addManifests(manifests.list(manifestPrefix(day, hour)));
  const from = new Date(`${hourText(day, hour)}:00:00.000Z`);
  const to = new Date(from.getTime() + HOUR_MILLISECONDS - 1);
  const unlisted: string[] = [];
  for await (const item of ledger.arrivedBetween(from, to)) {
    const key = counting.addItem(item);
    if (key !== null) unlisted.push(key);
  }
  await counting.addManifests(unlisted);
  counting.aggregate.settle();
  return counting.aggregate;
}

/** An hour that is being counted. */
class HourCounting {
  readonly aggregate: DayAggregate;
  readonly #manifests: ManifestSource;
  readonly #hourText: string;
  readonly #prefix: string;
  /** Files whose manifest was read, and keys of those that could not be. */
  readonly #read = new Set<string>();

  constructor(
    { day, hour, manifests }: Pick<AggregateHourOptions, 'day' | 'hour' | 'manifests'>,
    aggregate: DayAggregate,
  ) {
    this.aggregate = aggregate;
    this.#manifests = manifests;
    this.#hourText = hourText(day, hour);
    this.#prefix = manifestPrefix(day, hour);
  }

  async addManifests(keys: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const texts = mapAtOnce(keys, READS_AT_ONCE, async (key) => ({
      key,
      text: await this.#manifests.read(key),
    }));
    for await (const { key, text } of texts) {
      // Without a text there is no manifest: whether there should be one, the ledger says.
      if (text !== null) this.#addManifest(key, this.#understood(text));
    }
  }

  /** Gives the key of a manifest that should have been listed. */
  addItem(item: unknown): string | null {
    this.aggregate.addLedgerItem(item);
    const { manifestKey, fileId } = readLedgerItem(item) ?? {};
    if (manifestKey === undefined || fileId === undefined) return null;
    if (!manifestKey.startsWith(this.#prefix)) return null;
    return this.#read.has(fileId) || this.#read.has(manifestKey) ? null : manifestKey;
  }

  #addManifest(key: string, manifest: ManifestFacts | null): void {
    if (manifest === null) {
      this.#read.add(key);
      this.aggregate.addFinding('MANIFEST_UNREADABLE', key);
      return;
    }
    this.#read.add(manifest.file.fileId);
    this.aggregate.addManifest(manifest);
  }

  /** A manifest of another hour would be counted twice, or never be joined with its ledger item. */
  #understood(text: string): ManifestFacts | null {
    const manifest = readManifest(text);
    return manifest?.arrivedAt.startsWith(this.#hourText) === true ? manifest : null;
  }
}
