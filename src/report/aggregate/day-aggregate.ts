import * as z from 'zod/mini';
import { FileStatus } from '../../shared/ledger/ledger-item.ts';
import { usageOfItem, usageOfManifest } from '../cost/file-usage.ts';
import { NO_USAGE, sumOfUsages, Usage } from '../cost/usage.ts';
import { BestOf, compareTexts } from './best-of.ts';
import { ContentHashes, ContentHashesJson } from './content-hashes.ts';
import { Datasets, DatasetsJson } from './datasets.ts';
import { FileEndSums, FileEndSumsJson } from './file-end-sums.ts';
import { FileJoin, FileJoinJson, type Statement } from './file-join.ts';
import { FindingTally, FindingTallyJson, type FindingCode } from './finding-tally.ts';
import { Latency, LatencyJson } from './latency.ts';
import { keyOfSource, readLedgerItem, type LedgerFacts } from './ledger-facts.ts';
import type { ManifestFacts, SucceededFacts } from './manifest-facts.ts';
import { RowRejectSums, RowRejectSumsJson } from './row-reject-sums.ts';

/** Version of the sums' layout: those of another one are not read. */
const AGGREGATE_VERSION = 2;
const HOURS = 24;

const Count = z.number().check(z.int(), z.nonnegative());

/** The item of what was never processed. */
const NoFile = z.object({ status: z.literal(FileStatus.SOURCE_DELETED) });

const HourSums = z.object({ files: Count, rowsRead: Count, rowsRejected: Count });
type HourSums = z.infer<typeof HourSums>;

/** A file that is not at its end. */
const OpenFile = z.object({
  key: z.string(),
  fileId: z.string(),
  arrivedAt: z.iso.datetime(),
  status: z.string(),
});
export type OpenFile = z.infer<typeof OpenFile>;

/** What manifests and ledger items add up to, as it is kept between the functions of the report. */
export const DayAggregateJson = z.object({
  aggregateVersion: z.literal(AGGREGATE_VERSION),
  manifests: Count,
  items: Count,
  retries: Count,
  duplicateEvents: Count,
  /** By UTC hour of arrival. */
  hours: z.array(HourSums).check(z.length(HOURS)),
  oldestOpen: z.array(OpenFile),
  latency: LatencyJson,
  rowRejects: RowRejectSumsJson,
  fileEnds: FileEndSumsJson,
  datasets: DatasetsJson,
  contents: ContentHashesJson,
  findings: FindingTallyJson,
  usage: Usage,
  unsettled: FileJoinJson,
});
export type DayAggregateJson = z.infer<typeof DayAggregateJson>;

const COUNTERS = ['manifests', 'items', 'retries', 'duplicateEvents'] as const;
type Counters = Record<(typeof COUNTERS)[number], number>;

/** First those that wait longest. */
const compareOpen = (a: OpenFile, b: OpenFile): number =>
  Date.parse(a.arrivedAt) - Date.parse(b.arrivedAt) || compareTexts(a.fileId, b.fileId);

/**
 * What the files of a day, or of a part of it, add up to: a fold over their manifests and ledger items.
 * Any split and any order of the same ones gives the same JSON.
 *
 * Memory is bounded but for files of which only the manifest or only the ledger item has been added:
 * both lie in the same hour, so that `settle` can let go of them once an hour is complete. And but for
 * eight bytes a file, by which equal contents are found.
 */
export class DayAggregate {
  readonly #datasetOf: (key: string) => string;
  readonly #counters: Counters = { manifests: 0, items: 0, retries: 0, duplicateEvents: 0 };
  readonly #hours: HourSums[] = Array.from({ length: HOURS }, () => ({
    files: 0,
    rowsRead: 0,
    rowsRejected: 0,
  }));
  readonly #oldestOpen = new BestOf(1, compareOpen);
  readonly #findings = new FindingTally();
  readonly #join = new FileJoin(this.#findings);
  readonly latency = new Latency();
  readonly rowRejects = new RowRejectSums();
  readonly fileEnds = new FileEndSums();
  readonly datasets = new Datasets();
  readonly contents = new ContentHashes();
  #usage = NO_USAGE;

  /** @param datasetOf the dataset of an object key: the ledger tells that of finished files only */
  constructor(datasetOf: (key: string) => string) {
    this.#datasetOf = datasetOf;
  }

  get counters(): Readonly<Counters> {
    return this.#counters;
  }

  get hours(): readonly Readonly<HourSums>[] {
    return this.#hours;
  }

  get oldestOpen(): OpenFile | null {
    return this.#oldestOpen.toJson()[0] ?? null;
  }

  get findings(): FindingTallyJson {
    return this.#findings.toJson();
  }

  get usage(): Usage {
    return this.#usage;
  }

  addManifest(manifest: ManifestFacts): void {
    const { file } = manifest;
    this.#counters.manifests += 1;
    this.#usage = sumOfUsages(this.#usage, usageOfManifest(manifest));
    this.#join.addManifest(file.fileId, file.key, statementOf(manifest));
    if (manifest.status === 'SUCCEEDED') this.#addRows(manifest);
    if (manifest.status !== 'REJECTED') this.contents.add(manifest.contentHash);
  }

  /**
   * Counts a file by its ledger item; one that is not understood becomes a finding. Marks of objects that
   * are gone are passed over.
   */
  addLedgerItem(item: unknown): void {
    if (isNoFile(item)) return;
    const facts = readLedgerItem(item);
    const text = JSON.stringify(item);
    if (facts === null) return this.addFinding('LEDGER_UNREADABLE', idOf(item));
    if (facts.status === FileStatus.SOURCE_DELETED) return;
    this.#usage = sumOfUsages(this.#usage, usageOfItem(facts, Buffer.byteLength(text)));
    this.#addFile(facts);
  }

  /** @param example the key or the hour that shows it */
  addFinding(code: FindingCode, example: string): void {
    this.#findings.add(code, example);
  }

  /** Adds sums that the schema has checked. */
  merge(json: DayAggregateJson): void {
    for (const name of COUNTERS) this.#counters[name] += json[name];
    json.hours.forEach((hour, index) => this.#addHour(index, hour));
    this.#oldestOpen.addAll(json.oldestOpen);
    this.latency.merge(json.latency);
    this.rowRejects.merge(json.rowRejects);
    this.fileEnds.merge(json.fileEnds);
    this.datasets.merge(json.datasets);
    this.contents.merge(json.contents);
    this.#findings.merge(json.findings);
    this.#usage = sumOfUsages(this.#usage, json.usage);
    this.#join.merge(json.unsettled);
  }

  /**
   * Makes findings of the files of which only the manifest or only the ledger item was added. What is
   * added later must not belong to these files.
   */
  settle(): void {
    this.#join.settle();
  }

  toJson(): DayAggregateJson {
    return {
      aggregateVersion: AGGREGATE_VERSION,
      ...this.#counters,
      hours: this.#hours.map((hour) => ({ ...hour })),
      oldestOpen: this.#oldestOpen.toJson(),
      latency: this.latency.toJson(),
      rowRejects: this.rowRejects.toJson(),
      fileEnds: this.fileEnds.toJson(),
      datasets: this.datasets.toJson(),
      contents: this.contents.toJson(),
      findings: this.#findings.toJson(),
      usage: this.#usage,
      unsettled: this.#join.toJson(),
    };
  }

  #addRows(manifest: SucceededFacts): void {
    const { dataset, arrivedAt, counts } = manifest;
    const { rowsRead, rowsRejected } = counts;
    this.#addHour(hourOf(arrivedAt), { files: 0, rowsRead, rowsRejected });
    this.datasets.of(dataset).addManifest(manifest);
    this.rowRejects.addManifest(manifest);
  }

  #addFile(item: LedgerFacts): void {
    const { status, arrivedAt, endedAt, attempt, fileId, duplicateEvents = 0 } = item;
    const key = keyOfSource(item.source);
    this.#counters.items += 1;
    this.#counters.retries += attempt - 1;
    this.#counters.duplicateEvents += duplicateEvents;
    this.#addHour(hourOf(arrivedAt), { files: 1, rowsRead: 0, rowsRejected: 0 });
    this.datasets.of(item.dataset ?? this.#datasetOf(key)).addFile(status);
    this.fileEnds.addItem(item);
    this.#join.addItem(fileId, key, statementOfItem(item));
    if (status === FileStatus.RUNNING) this.#oldestOpen.add({ key, fileId, arrivedAt, status });
    const isDone = status === FileStatus.SUCCEEDED || status === FileStatus.REJECTED;
    if (isDone && endedAt !== undefined) this.latency.add(arrivedAt, endedAt);
  }

  #addHour(index: number, { files, rowsRead, rowsRejected }: HourSums): void {
    const hour = this.#hours[index];
    if (hour === undefined) throw new RangeError(`there is no hour ${index}`);
    hour.files += files;
    hour.rowsRead += rowsRead;
    hour.rowsRejected += rowsRejected;
  }
}

const hourOf = (instant: string): number => Number(instant.slice(11, 13));

function statementOf(manifest: ManifestFacts): Statement {
  const { status } = manifest;
  const none = { rowsRead: 0, rowsWritten: 0, rowsRejected: 0 };
  if (status === 'REJECTED') return { status, ...none };
  if (status === 'SKIPPED') return { status, ...none, rowsRead: manifest.rowsRead };
  const { rowsRead, rowsWritten, rowsRejected } = manifest.counts;
  return { status, rowsRead, rowsWritten, rowsRejected };
}

function statementOfItem(item: LedgerFacts): Statement {
  const { status, rowsRead = 0, rowsWritten = 0, rowsRejected = 0 } = item;
  return { status, rowsRead, rowsWritten, rowsRejected };
}

/** What names an item that is not understood. */
function idOf(item: unknown): string {
  const { source, fileId } = (item ?? {}) as { source?: unknown; fileId?: unknown };
  return `${String(source)} ${String(fileId)}`;
}

/** What was deleted before it was read, and the marker of a deletion, are no files of the day. */
const isNoFile = (item: unknown): boolean => NoFile.safeParse(item).success;
