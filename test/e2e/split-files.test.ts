import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import Papa from 'papaparse';
import { readExecutionEvents } from '../../src/cli/execution-log.ts';
import { executionOf } from '../../src/cli/files/file-rows.ts';
import { ContentHash } from '../../src/pipeline/content-hash.ts';
import { decompress } from '../../src/pipeline/decompression.ts';
import { RowSummary, type RowSummaryJson } from '../../src/shared/aggregates/row-summary.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import type { RejectedManifest } from '../../src/pipeline/manifest.ts';
import { eventually } from './support/test-queue.ts';
import { DeployedApp } from './support/deployed-app.ts';
import { RANGE_BYTES, readingsFile, type ReadingsFile } from './support/readings-file.ts';
import { atRank, Counts, exactSum } from './support/recount.ts';
import { killWorkers } from './support/workers.ts';

const MIB = 1024 * 1024;
/** Four ranges, the last of them short. */
const SIZE = 26 * MIB;
const LARGEST_PAYLOAD_BYTES = 64 * 1024;

type Reading = [id: string, device: string, note: string, value: string];

let app: DeployedApp;
beforeAll(async () => {
  app = await DeployedApp.open();
});

/** The uploads that were begun for the records of a file and neither completed nor aborted. */
async function openUploads(key: string): Promise<MultipartUpload[]> {
  const Bucket = app.deployment.outputs.TargetBucketName;
  const { Uploads = [] } = await app.s3.send(new ListMultipartUploadsCommand({ Bucket }));
  return Uploads.filter((upload) => upload.Key!.includes(key));
}

/** Lines of the file's clean records, one after the other. */
async function recordLines(item: LedgerItem): Promise<string[]> {
  const Bucket = app.deployment.outputs.TargetBucketName;
  const Key = item.processedKey!;
  const { Body } = await app.s3.send(new GetObjectCommand({ Bucket, Key }));
  const compression = Key.endsWith('.gz') ? 'gzip' : 'zstd';
  const lines = await text(decompress(Body as Readable as AsyncIterable<Buffer>, compression));
  return lines.trimEnd().split('\n');
}

const parsed = (line: string): Record<string, unknown> =>
  JSON.parse(line) as Record<string, unknown>;

/** The good rows of a file as Papa Parse reads them, with their numbers. */
function goodRows({ body }: ReadingsFile): [number, Reading][] {
  const { data, errors } = Papa.parse<string[]>(body.toString('utf8'), { skipEmptyLines: true });
  expect(errors).toEqual([]);
  const numbered = data.map((fields, row): [number, string[]] => [row, fields]);
  return numbered.filter(
    (numberedRow): numberedRow is [number, Reading] =>
      numberedRow[0] > 0 && numberedRow[1].length === 4,
  );
}

/** How many records are written as the row that Papa Parse reads in their place; fails at the first that is not. */
async function equalRecords(
  item: LedgerItem,
  file: ReadingsFile,
  recordOf: (reading: Reading) => object,
): Promise<number> {
  const expected = goodRows(file);
  const lines = await recordLines(item);
  const key = item.source.slice(item.source.indexOf('/') + 1);
  expect(lines).toHaveLength(expected.length);
  for (const [index, [row, reading]] of expected.entries()) {
    const wanted = JSON.stringify({ _file: key, _row: row, ...recordOf(reading) });
    if (lines[index] !== wanted) expect(lines[index]).toBe(wanted);
  }
  return lines.length;
}

/** What the lines of a file's clean records add up to, counted one by one. */
async function recountReadings(
  item: LedgerItem,
): Promise<{ devices: [string, number][]; values: number[] }> {
  const devices = new Counts();
  const values: number[] = [];
  for (const { device, value } of (await recordLines(item)).map(parsed)) {
    devices.add(String(device));
    values.push(Number(value));
  }
  const inOrder = [...devices].sort(([a], [b]) => (a < b ? -1 : 1));
  return { devices: inOrder, values: values.sort((a, b) => a - b) };
}

const asText = ([id, device, note, value]: Reading): object => ({ id, device, note, value });
const asTyped = ([id, device, note, value]: Reading): object => ({
  id: Number(id),
  device,
  note,
  value: Number(value),
});

function contentHashOf(body: Buffer): string {
  const hash = new ContentHash();
  hash.update(body);
  return hash.digest();
}

describe.each([
  ['that no contract covers', 'split/plain.csv', asText, '.jsonl.gz'],
  ['under a contract', 'split/readings/readings.csv', asTyped, '.jsonl.zst'],
])('a large CSV file %s', (_, key, recordOf, ending) => {
  const file = readingsFile(SIZE);
  let item: LedgerItem;

  beforeAll(async () => {
    item = await app.process(key, file.body);
  }, 120_000);

  it('gives the records that Papa Parse reads, in the order of the file', async () => {
    expect(item).toMatchObject({ status: 'SUCCEEDED', rowsRead: file.rows });
    expect(await equalRecords(item, file, recordOf)).toBe(file.rows - file.badRows.length);
  }, 180_000);

  it('keeps bad rows at the borders of ranges with their places', async () => {
    const borders = Math.floor(file.body.length / RANGE_BYTES);
    const rejected = await app.rejectedRows(item);

    expect(file.badRows.length).toBeGreaterThanOrEqual(2 * borders);
    expect(rejected.map(({ row, line, offset, code }) => ({ row, line, offset, code }))).toEqual(
      file.badRows,
    );
  });

  it('is one object, and no upload is left over', async () => {
    const processed = await app.targetKeys('processed/');

    expect(item.processedKey!.endsWith(ending)).toBe(true);
    expect(processed.filter((name) => name.includes(item.fileId))).toEqual([item.processedKey]);
    expect(await openUploads(item.fileId)).toEqual([]);
  });

  it('says in its manifest what each chunk held', async () => {
    const { chunks, counts, contentHash, bytesRead } = await app.manifest(item);
    const ranges = Math.ceil(file.body.length / RANGE_BYTES);

    expect(chunks).toHaveLength(ranges);
    chunks.forEach(({ firstRow }, index) => {
      const before = chunks.slice(0, index).reduce((sum, { rows }) => sum + rows, 0);
      expect(firstRow).toBe(before + 1);
    });
    expect(counts).toMatchObject({
      rowsRead: file.rows,
      rowsRejected: file.badRows.length,
      rejectsByCode: { TOO_FEW_FIELDS: file.badRows.length },
    });
    expect({ contentHash, bytesRead }).toEqual({
      contentHash: contentHashOf(file.body),
      bytesRead: file.body.length,
    });
  });

  it('sends small payloads through the state machine', async () => {
    const { logs, outputs } = app.deployment;
    const events = await readExecutionEvents(logs, outputs.FilePipelineLogGroupName, {
      name: executionOf(item),
      from: new Date(item.startedAt),
      to: new Date(),
    });
    const states = events.map(({ details }) => details.name);
    const sizes = events.map(({ details }) => JSON.stringify(details).length);

    expect(states).toContain('Write Split');
    expect(Math.max(...sizes)).toBeLessThan(LARGEST_PAYLOAD_BYTES);
  });
});

describe('the summary of a large file, whose chunks were summed up one by one', () => {
  const file = readingsFile(18 * MIB);
  let item: LedgerItem;
  let summary: RowSummaryJson;

  beforeAll(async () => {
    item = await app.process('split/readings/summed-up.csv', file.body);
    const manifest = await app.manifest(item);
    expect(manifest.chunks.length).toBeGreaterThan(2);
    summary = manifest.summary;
  }, 120_000);

  it('is what a recount of its lines gives', async () => {
    const { devices, values } = await recountReadings(item);
    const merged = new RowSummary();
    merged.merge(summary);
    const measure = merged.measures.get('value')!;

    expect(summary.dimensions).toEqual([
      { column: 'device', counts: { isExact: true, values: devices } },
    ]);
    expect(measure).toMatchObject({
      count: values.length,
      sum: String(exactSum(values)),
      minimum: String(values[0]),
      maximum: String(values.at(-1)),
    });
    for (const share of [0, 0.5, 0.95, 1]) {
      const value = atRank(values, share);
      expect(Math.abs(measure.quantile(share)! - value)).toBeLessThanOrEqual(0.01 * value);
    }
  });

  it('counts its rejected rows', () => {
    const columns = { isExact: true, values: [[null, file.badRows.length]] };
    expect(summary.rejects).toEqual([{ code: 'TOO_FEW_FIELDS', columns }]);
  });
});

describe('a large JSON Lines file', () => {
  const lines = Array.from({ length: 200_000 }, (_, index) =>
    JSON.stringify({ id: index + 1, note: `note ${'y'.repeat(index % 200)}` }),
  );
  lines[99_999] = '{"id":100000,"note":';

  it('is split too', async () => {
    const item = await app.process('split/lines.jsonl', `${lines.join('\n')}\n`);
    const ids = (await recordLines(item)).map((line) => parsed(line).id);

    const { chunks } = await app.manifest(item);
    expect(chunks.length).toBeGreaterThan(2);
    expect(ids).toEqual(lines.flatMap((line, index) => (line.endsWith('}') ? [index + 1] : [])));
    expect(await app.rejectedRows(item)).toMatchObject([{ row: 100_000, code: 'INVALID_JSON' }]);
  }, 120_000);
});

describe('a large file that its contract rejects for a bad row', () => {
  it('leaves nothing visible and no upload', async () => {
    const { body, badRows } = readingsFile(18 * MIB);
    const item = await app.process('split/strict/readings.csv', body);

    expect(item).toMatchObject({ status: 'REJECTED', code: 'TOO_MANY_REJECTED_ROWS' });
    expect(item.reason).toContain(`${badRows.length} of `);
    const keys = await app.targetKeys('processed/');
    expect(keys.filter((key) => key.includes(item.fileId))).toEqual([]);
    expect(await openUploads(item.fileId)).toEqual([]);
    const manifest = await app.readJson<RejectedManifest>(item.manifestKey!);
    expect(manifest).toMatchObject({ status: 'REJECTED', originalKey: item.rejectedKey });
  }, 120_000);
});

describe('a large file whose workers are killed while they write its chunks', () => {
  const file = readingsFile(SIZE);
  let item: LedgerItem;
  let killed: number;

  beforeAll(async () => {
    const staged = (await app.targetKeys('staging/')).length;
    const uploaded = await app.put('split/killed.csv', file.body);
    // One chunk is done, others are under way.
    await eventually(async () => (await app.targetKeys('staging/')).length > staged);
    killed = killWorkers();
    [item] = (await app.awaitEnds([uploaded], 200)) as [LedgerItem];
  }, 260_000);

  it('gives exactly one output, which is whole', async () => {
    expect(killed).toBeGreaterThan(0);
    expect(item).toMatchObject({ status: 'SUCCEEDED', rowsRead: file.rows });
    const processed = await app.targetKeys('processed/');
    expect(processed.filter((key) => key.includes(item.fileId))).toEqual([item.processedKey]);
    expect(await equalRecords(item, file, asText)).toBe(file.rows - file.badRows.length);
    expect(await openUploads(item.fileId)).toEqual([]);
  });
});
