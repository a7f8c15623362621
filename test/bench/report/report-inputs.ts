import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MeasureSummary } from '../../../src/shared/aggregates/measure-summary.ts';
import { RowSummary, type RowSummaryJson } from '../../../src/shared/aggregates/row-summary.ts';
import { ValueCounts } from '../../../src/shared/aggregates/value-counts.ts';
import { fileIdOf } from '../../../src/shared/file-version.ts';
import { Random } from '../random.ts';

/** Changes with what is written, so that inputs of other code are not taken for these. */
const LAYOUT = 1;
const SEED = 20_260_301;
const FOLDER = join(import.meta.dirname, '../../../.millrace/bench-inputs');
const HOURS = 24;
const ROWS = 250;
/** The day on which all files arrive. */
export const BENCH_DAY = '2026-11-19';

const EVENT_TYPES = ['page_view', 'click', 'purchase', 'login', 'logout', 'search', 'error'];
const COUNTRIES = ['DE', 'FR', 'US', 'GB', 'IN', 'BR', 'JP', 'ES', 'IT', 'PL', 'NL', 'SE'];
/** What is alike in all objects. */
const OBJECT = {
  etag: '0123456789abcdef0123456789abcdef',
  size: 100_000,
  sequencer: '0055AED6DCD90281E5',
};
const DATASETS = ['events', 'orders', 'weather', 'readings'];

/**
 * Writes the manifests and ledger items of a day with so many files, always the same, into a folder;
 * where that has been done it is done with.
 *
 * @returns the folder, with the keys of manifests as paths and `ledger/07.jsonl` for each hour
 */
export function generateDay(files: number): string {
  const folder = join(FOLDER, `report-${LAYOUT}-${files}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  try {
    const random = new Random(SEED);
    for (let hour = 0; hour < HOURS; hour += 1) {
      const count = Math.floor((files * (hour + 1)) / HOURS) - Math.floor((files * hour) / HOURS);
      writeHour(partial, hour, count, random);
    }
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

function writeHour(folder: string, hour: number, files: number, random: Random): void {
  const hourName = String(hour).padStart(2, '0');
  const prefix = `manifests/dt=${BENCH_DAY}/hh=${hourName}`;
  mkdirSync(join(folder, prefix), { recursive: true });
  const items: string[] = [];
  for (let index = 0; index < files; index += 1) {
    const file = new BenchFile(hourName, index, random);
    const key = `${prefix}/${file.name}.json`;
    writeFileSync(join(folder, key), `${JSON.stringify(file.manifest(), null, 2)}\n`);
    items.push(`${JSON.stringify(file.ledgerItem(key))}\n`);
  }
  const ledger = join(folder, `ledger/${hourName}.jsonl`);
  mkdirSync(dirname(ledger), { recursive: true });
  writeFileSync(ledger, items.join(''));
}

/** A small file of events: one in fifty with bad rows, one in a hundred tried twice. */
class BenchFile {
  readonly name: string;
  readonly #random: Random;
  readonly #arrivedAt: string;
  readonly #dataset: string;
  readonly #file: { fileId: string; bucket: string; key: string; versionId: string };
  readonly #rejected: number;
  readonly #attempts: number;

  constructor(hour: string, index: number, random: Random) {
    this.#random = random;
    this.#dataset = random.pick(DATASETS);
    const minute = String(random.below(60)).padStart(2, '0');
    this.#arrivedAt = `${BENCH_DAY}T${hour}:${minute}:07.123Z`;
    const key = `partners/${this.#dataset}/${BENCH_DAY}/${hour}/part-${index}.csv`;
    const identity = { bucket: 'source-bucket', key, versionId: `v-${hour}-${index}`, etag: '' };
    this.#file = { ...identity, fileId: fileIdOf(identity) };
    this.name = `part-${index}.csv-${this.#file.fileId}`;
    this.#rejected = random.chance(0.02) ? 1 + random.below(20) : 0;
    this.#attempts = random.chance(0.01) ? 2 : 1;
  }

  manifest(): object {
    const { rowsRead, rowsWritten, rowsRejected } = this.#rows();
    return {
      manifestVersion: 3,
      status: 'SUCCEEDED',
      file: { ...this.#file, ...OBJECT },
      arrivedAt: this.#arrivedAt,
      dataset: this.#dataset,
      contract: { name: this.#dataset, version: '0123456789abcdef' },
      compression: 'none',
      encoding: 'utf-8',
      byteOrderMark: false,
      format: {
        type: 'csv',
        dialect: { delimiter: ',', quote: '"', lineEnd: 'lf', header: true, comment: null },
      },
      detection: { confidence: 1, sampleRecords: 250, stated: [] },
      counts: {
        rowsRead,
        rowsWritten,
        rowsRejected,
        rejectsByCode: rowsRejected > 0 ? { INVALID_TYPE: rowsRejected } : {},
        noticesByCode: {},
      },
      bytesRead: 100_000,
      contentHash: this.#contentHash(),
      chunks: [
        { firstRow: 1, rows: rowsRead, recordsDigest: digest('a'), rejectsDigest: digest('b') },
      ],
      output: { format: 'jsonl', compression: 'gzip' },
      processedKey: `processed/dataset=${this.#dataset}/dt=${BENCH_DAY}/${this.name}.jsonl.gz`,
      processedBytes: 21_000,
      rejectedKey: null,
      summary: this.#summary(rowsWritten),
    };
  }

  ledgerItem(manifestKey: string): object {
    const { bucket, key, fileId, versionId } = this.#file;
    const start = Date.parse(this.#arrivedAt) + 900;
    const startedAt = new Date(start).toISOString();
    const endedAt = new Date(start + 300 + this.#random.below(2_000)).toISOString();
    return {
      fileId,
      versionId,
      ...OBJECT,
      source: `${bucket}/${key}`,
      status: 'SUCCEEDED',
      attempt: this.#attempts,
      arrivedAt: this.#arrivedAt,
      arrivalHour: `${this.#arrivedAt.slice(0, 13)}#0`,
      startedAt,
      endedAt,
      dataset: this.#dataset,
      contentHash: this.#contentHash(),
      manifestKey,
      ...this.#rows(),
      history: Array.from({ length: this.#attempts }, (_, index) => ({
        attempt: index + 1,
        status: index + 1 === this.#attempts ? 'SUCCEEDED' : 'FAILED',
        execution: `${this.name}-${index + 1}`,
        startedAt,
        endedAt,
      })),
    };
  }

  #rows(): { rowsRead: number; rowsWritten: number; rowsRejected: number } {
    return { rowsRead: ROWS, rowsWritten: ROWS - this.#rejected, rowsRejected: this.#rejected };
  }

  #contentHash(): string {
    return `blocks-sha256:${digest(this.#file.fileId)}`;
  }

  #summary(rows: number): RowSummaryJson {
    const amounts = new MeasureSummary();
    for (let row = 0; row < rows; row += 1) amounts.add(String(this.#random.below(100_000) / 100));
    const dimension = (column: string, values: readonly string[]) => ({
      column,
      counts: this.#counts(values, rows).toJson(),
    });
    const summary = new RowSummary();
    summary.merge({
      dimensions: [
        dimension('country', COUNTRIES),
        dimension('event_type', EVENT_TYPES),
        dimension(
          'user_action',
          Array.from({ length: 30 }, (_, action) => `action-${action}`),
        ),
      ],
      measures: [{ column: 'amount', summary: amounts.toJson() }],
      eventTimes: [
        {
          column: 'timestamp',
          times: { rows, lateRows: 0, earliest: this.#arrivedAt, latest: this.#arrivedAt },
        },
      ],
      rejects: [],
    });
    return summary.toJson();
  }

  #counts(values: readonly string[], rows: number): ValueCounts {
    const counts = new Map<string, number>();
    for (let row = 0; row < rows; row += 1) {
      const value = this.#random.pick(values);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const counted = new ValueCounts();
    counted.add(counts);
    return counted;
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
