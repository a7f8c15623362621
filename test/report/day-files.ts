import { createHash } from 'node:crypto';
import { RowSummary, type RowSummaryJson } from '../../src/shared/aggregates/row-summary.ts';
import { MeasureSummary } from '../../src/shared/aggregates/measure-summary.ts';
import { ValueCounts } from '../../src/shared/aggregates/value-counts.ts';
import {
  arrivalHour,
  type AttemptStatus,
  type LedgerItem,
} from '../../src/shared/ledger/ledger-item.ts';
import fc from '../support/fast-check.ts';
import { fileVersion } from '../support/files.ts';

export const DAY = '2026-11-20';

/** What happened to a file, as far as tests say. */
export interface DayFile {
  readonly key: string;
  readonly dataset: string;
  readonly status: AttemptStatus | 'RUNNING';
  /** Attempts, of which all but the last failed. */
  readonly attempts: number;
  readonly hour: number;
  readonly latencySeconds: number;
  readonly rowsWritten: number;
  /** Rejected rows by code. */
  readonly rejects: Readonly<Record<string, number>>;
  readonly duplicateEvents: number;
  /** Files with the same content are equal in it. */
  readonly content: string;
  readonly code: string;
  /** Values of a dimension, and how often they occur. */
  readonly values: readonly (readonly [string | null, number])[];
  /** Numbers of a measure, as JSON. */
  readonly numbers: readonly string[];
  readonly chunks: number;
}

/** A file that succeeded, but for what is given. */
export const dayFile = (parts: Partial<DayFile> = {}): DayFile => ({
  key: 'in/orders.csv',
  dataset: 'orders',
  status: 'SUCCEEDED',
  attempts: 1,
  hour: 7,
  latencySeconds: 2,
  rowsWritten: 10,
  rejects: {},
  duplicateEvents: 0,
  content: parts.key ?? 'in/orders.csv',
  code: 'EMPTY_FILE',
  values: [],
  numbers: [],
  chunks: 1,
  ...parts,
});

const rejectedRows = ({ rejects }: DayFile): number =>
  Object.values(rejects).reduce((sum, rows) => sum + rows, 0);

const arrivalOf = ({ hour }: DayFile): string =>
  `${DAY}T${String(hour).padStart(2, '0')}:05:00.000Z`;

const instant = (file: DayFile, seconds: number): string =>
  new Date(Date.parse(arrivalOf(file)) + seconds * 1_000).toISOString();

/** The file's manifest as the pipeline writes it; none for a file that did not come to an end. */
export function manifestOf(file: DayFile): object | null {
  const { key, dataset, status, code, chunks } = file;
  const common = { file: fileVersion({ key }), arrivedAt: arrivalOf(file), dataset };
  if (status === 'REJECTED') {
    const reason = 'why';
    const originalKey = `rejected/${key}.original`;
    const reasonKey = `rejected/${key}.reason.json`;
    return { manifestVersion: 3, status, ...common, code, reason, originalKey, reasonKey };
  }
  const contentHash = `blocks-sha256:${createHash('sha256').update(file.content).digest('hex')}`;
  if (status === 'SKIPPED') {
    const read = { contentHash, rowsRead: file.rowsWritten, bytesRead: 1_024, chunks };
    return { manifestVersion: 3, status, ...common, code, reason: 'why', ...read };
  }
  if (status !== 'SUCCEEDED') return null;
  const rowsRejected = rejectedRows(file);
  return {
    manifestVersion: 3,
    status,
    ...common,
    contract: null,
    format: { type: 'csv' },
    counts: {
      rowsRead: file.rowsWritten + rowsRejected,
      rowsWritten: file.rowsWritten,
      rowsRejected,
      rejectsByCode: file.rejects,
      noticesByCode: {},
    },
    bytesRead: 1_024,
    contentHash,
    chunks: Array.from({ length: chunks }, () => ({ rows: 1 })),
    processedKey: file.rowsWritten > 0 ? `processed/${key}` : null,
    processedBytes: file.rowsWritten * 20,
    rejectedKey: rowsRejected > 0 ? `rejected/${key}` : null,
    summary: summaryOf(file),
  };
}

function summaryOf({ values, numbers, rejects }: DayFile): RowSummaryJson {
  const counts = new ValueCounts();
  counts.add(values);
  const measure = new MeasureSummary();
  for (const number of numbers) measure.add(number);
  const summary = new RowSummary();
  summary.merge({
    dimensions: [{ column: 'kind', counts: counts.toJson() }],
    measures: [{ column: 'amount', summary: measure.toJson() }],
    eventTimes: [],
    rejects: Object.entries(rejects)
      .filter(([, rows]) => rows > 0)
      .map(([code, rows]) => ({
        code,
        columns: { isExact: true, values: [[`column of ${code}`, rows]] },
      })),
  });
  return summary.toJson();
}

/** The key of the file's manifest. */
export function manifestKeyOf(file: DayFile): string {
  const { fileId } = fileVersion({ key: file.key });
  return `manifests/dt=${DAY}/hh=${String(file.hour).padStart(2, '0')}/${fileId}.json`;
}

/** The file's ledger item as the pipeline leaves it. */
export function itemOf(file: DayFile): LedgerItem {
  const { key, status, attempts, dataset, duplicateEvents } = file;
  const { bucket, fileId, versionId, etag, size, sequencer } = fileVersion({ key });
  const arrivedAt = arrivalOf(file);
  const isDone = status !== 'FAILED' && status !== 'RUNNING';
  const ended = status === 'RUNNING' ? attempts - 1 : attempts;
  const endedAt = instant(file, file.latencySeconds);
  return {
    fileId,
    versionId,
    etag,
    size,
    sequencer,
    source: `${bucket}/${key}`,
    status,
    attempt: attempts,
    arrivedAt,
    arrivalHour: arrivalHour(arrivedAt, { fileId }),
    startedAt: instant(file, 1),
    ...(status !== 'RUNNING' && { endedAt }),
    ...(isDone && { dataset, manifestKey: manifestKeyOf(file) }),
    ...(status !== 'SUCCEEDED' && status !== 'RUNNING'
      ? { code: file.code as NonNullable<LedgerItem['code']>, reason: 'why' }
      : {}),
    ...(status === 'SUCCEEDED' && {
      rowsRead: file.rowsWritten + rejectedRows(file),
      rowsWritten: file.rowsWritten,
      rowsRejected: rejectedRows(file),
    }),
    ...(status === 'SKIPPED' && { rowsRead: file.rowsWritten }),
    ...(duplicateEvents > 0 && { duplicateEvents }),
    history: Array.from({ length: ended }, (_, index) => ({
      attempt: index + 1,
      status: index + 1 === attempts && status !== 'RUNNING' ? status : 'FAILED',
      execution: `${key}-${index + 1}`,
      startedAt: instant(file, 1),
      endedAt: instant(file, 1.5),
    })),
  };
}

const rowCount = fc.integer({ min: 0, max: 1_000 });
const value = fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.constant(null));

/** Any files of a day, each with a key of its own. */
export const dayFiles: fc.Arbitrary<DayFile[]> = fc
  .array(
    fc.record({
      dataset: fc.constantFrom('orders', 'events', '__proto__', 'weather'),
      status: fc.constantFrom('SUCCEEDED', 'SUCCEEDED', 'REJECTED', 'FAILED', 'RUNNING', 'SKIPPED'),
      attempts: fc.integer({ min: 1, max: 4 }),
      hour: fc.integer({ min: 0, max: 23 }),
      latencySeconds: fc.double({ min: -5, max: 100_000, noNaN: true }),
      rowsWritten: rowCount,
      rejects: fc.dictionary(fc.constantFrom('INVALID_TYPE', 'TOO_LONG', 'NUL_BYTE'), rowCount),
      duplicateEvents: fc.integer({ min: 0, max: 3 }),
      content: fc.constantFrom('x', 'y', 'z', 'w'),
      code: fc.constantFrom('EMPTY_FILE', 'SERVICE_THROTTLED'),
      values: fc.uniqueArray(fc.tuple(value, fc.integer({ min: 1, max: 99 })), {
        selector: ([counted]) => counted,
      }),
      numbers: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), {
        maxLength: 5,
      }),
      chunks: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 25 },
  )
  .map((files) =>
    files.map((file, index): DayFile => ({ ...file, key: `in/${file.dataset}/${index}.csv` })),
  );
