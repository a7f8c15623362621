import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { decompress } from '../../../src/pipeline/decompression.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { readParquet } from '../../support/read-parquet.ts';
import type { DeployedApp } from './deployed-app.ts';

type Row = Readonly<Record<string, unknown>>;

/** How often each of some things occurs. */
export class Counts extends Map<string, number> {
  add(name: string, count = 1): void {
    this.set(name, (this.get(name) ?? 0) + count);
  }

  get total(): number {
    return [...this.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** What the clean records and the rejected rows of a dataset add up to. */
export interface RecountedDataset {
  rowsWritten: number;
  rowsRejected: number;
  bytesWritten: number;
  /** The clean records; none of a dataset that holds too many to keep. */
  readonly records: { readonly arrivalDay: string; readonly row: Row }[];
}

/** What lies in the buckets and in the ledger of a day, counted without looking at a manifest. */
export interface Recount {
  readonly items: readonly LedgerItem[];
  readonly datasets: ReadonlyMap<string, RecountedDataset>;
  /** Rejected rows by code. */
  readonly rejects: Counts;
  /** Rejected rows by code and column, `CODE column`. */
  readonly rejectsByColumn: Counts;
  /** Files whose bytes are those of another, beyond the first; only of those that were read to their end. */
  readonly duplicateContents: number;
}

const READ_TO_THE_END: ReadonlySet<string> = new Set(['SUCCEEDED', 'SKIPPED']);

/** Records are kept of files below this; larger ones are only counted. */
const LARGEST_KEPT_BYTES = 4 * 1024 * 1024;

/** Counts a UTC day from the raw outputs, the source objects and the ledger. */
export async function recount(app: DeployedApp, day: string): Promise<Recount> {
  const items = await itemsOf(app, day);
  const datasets = new Map<string, RecountedDataset>();
  const of = (key: string): RecountedDataset => {
    const dataset = /dataset=([^/]+)/.exec(key)![1]!;
    const found = datasets.get(dataset) ?? {
      rowsWritten: 0,
      rowsRejected: 0,
      bytesWritten: 0,
      records: [],
    };
    datasets.set(dataset, found);
    return found;
  };
  await countRecords(app, day, of);
  const rejects = new Counts();
  const rejectsByColumn = new Counts();
  for (const key of await keysOf(app, 'rejected/', day)) {
    if (!key.endsWith('.rows.jsonl.gz')) continue;
    for (const { code, column } of linesOf(gunzipSync(await app.read(key)))) {
      of(key).rowsRejected += 1;
      rejects.add(String(code));
      rejectsByColumn.add(`${String(code)} ${textOf(column)}`);
    }
  }
  const duplicateContents = await countDuplicates(app, items);
  return { items, datasets, rejects, rejectsByColumn, duplicateContents };
}

async function countRecords(
  app: DeployedApp,
  day: string,
  of: (key: string) => RecountedDataset,
): Promise<void> {
  for (const key of await keysOf(app, 'processed/', day)) {
    const bytes = await app.read(key);
    const rows = await rowsOf(key, bytes);
    const dataset = of(key);
    dataset.rowsWritten += rows.length;
    dataset.bytesWritten += bytes.length;
    if (bytes.length > LARGEST_KEPT_BYTES) continue;
    for (const row of rows) dataset.records.push({ arrivalDay: day, row });
  }
}

async function itemsOf(app: DeployedApp, day: string): Promise<LedgerItem[]> {
  const items: LedgerItem[] = [];
  const [from, to] = [new Date(`${day}T00:00:00.000Z`), new Date(`${day}T23:59:59.999Z`)];
  for await (const item of app.deployment.ledger.arrivedBetween(from, to)) items.push(item);
  // What was gone before it could be processed, and the marker that a key is gone, is no file.
  return items.filter(({ status }) => status !== 'SOURCE_DELETED');
}

async function keysOf(app: DeployedApp, prefix: string, day: string): Promise<string[]> {
  return (await app.targetKeys(prefix)).filter((key) => key.includes(`/dt=${day}/`));
}

async function rowsOf(key: string, bytes: Buffer): Promise<readonly Row[]> {
  if (key.endsWith('.parquet')) return (await readParquet(bytes)).rows;
  if (!key.endsWith('.zst')) return linesOf(gunzipSync(bytes));
  // Node's own function stops behind the first frame, and a file that was split has many.
  return linesOf(await buffer(decompress(Readable.from([bytes]), 'zstd')));
}

function linesOf(text: Buffer): Row[] {
  const lines = text.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

async function countDuplicates(app: DeployedApp, items: readonly LedgerItem[]): Promise<number> {
  const digests: string[] = [];
  for (const item of items.filter(({ status }) => READ_TO_THE_END.has(status))) {
    digests.push(
      createHash('sha256')
        .update(await bytesOf(app, item))
        .digest('hex'),
    );
  }
  return digests.length - new Set(digests).size;
}

/** What a file holds, from the archive if it was moved there. */
async function bytesOf(app: DeployedApp, item: LedgerItem): Promise<Buffer> {
  if (item.archive?.key !== undefined) return app.read(item.archive.key);
  const [bucket = '', ...key] = item.source.split('/');
  const object = { Bucket: bucket, Key: key.join('/'), VersionId: item.versionId ?? undefined };
  const { Body } = await app.s3.send(new GetObjectCommand(object));
  return buffer(Body as Readable);
}

/** A value as the report shows it; null where there is none. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** How often each value of a column occurs. */
export function valuesOf({ records }: RecountedDataset, column: string): Counts {
  const counts = new Counts();
  for (const { row } of records) counts.add(textOf(row[column]));
  return counts;
}

/** The numbers of a column, smallest first. */
export function numbersOf({ records }: RecountedDataset, column: string): number[] {
  return records
    .map(({ row }) => row[column])
    .filter((value) => value !== null && value !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** The exact sum of numbers with at most so many decimals, as decimal text. */
export function exactSum(numbers: readonly number[], decimals = 6): number {
  const unit = 10 ** decimals;
  return numbers.reduce((sum, number) => sum + Math.round(number * unit), 0) / unit;
}

/** The value at a rank of sorted numbers, counted from 0 and rounded down. */
export const atRank = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
