import type { RecordReader, SourceRecord } from '../../src/pipeline/formats/source-record.ts';
import { isExactNumber } from '../../src/pipeline/formats/json-record.ts';
import { FileRejected } from '../../src/shared/errors.ts';

/** Everything a reader makes of some pieces of a file. */
export function readRecords<T>(
  reader: RecordReader<T>,
  pieces: readonly Buffer[],
): SourceRecord<T>[] {
  return [...pieces.flatMap((bytes) => reader.write(bytes)), ...reader.end()];
}

/** The records as one text that is quick to compare, or the message of the file's rejection. */
export function readingOf<T>(reader: RecordReader<T>, pieces: readonly Buffer[]): string {
  return orRejection(() =>
    JSON.stringify(
      readRecords(reader, pieces).map(({ raw, ...record }) => [record, raw.toString('latin1')]),
    ),
  );
}

/** What `work` returns, or the message of the rejection it throws; other errors pass. */
export function orRejection(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileRejected) return error.message;
    throw error;
  }
}

/** A record with its exact numbers as doubles. */
export function withPlainNumbers<T>(record: SourceRecord<T>): SourceRecord<unknown> {
  return { ...record, value: plainJson(record.value) };
}

/**
 * A value as JSON holds it, with doubles. Not by way of JSON.parse, which in Node 24 may misread
 * escaped names: see `json-names.ts`.
 */
export function plainJson(value: unknown): unknown {
  if (isExactNumber(value)) return Number(value.rawJSON);
  // JSON.stringify writes no sign before a zero.
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainJson(inner)]));
}
