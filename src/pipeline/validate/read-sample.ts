import { FileRejected } from '../../shared/errors.ts';
import { CsvReader } from '../formats/csv-reader.ts';
import type { SourceRecord } from '../formats/source-record.ts';
import type { Dialect } from '../payload.ts';

const PIECE_BYTES = 16 * 1024;

/** What a reading of a sample has come to. */
export interface SampleReading {
  readonly records: readonly SourceRecord<string[]>[];
  /** Whether a quote is open at the sample's end: what follows it belongs to no record. */
  readonly endsInQuote: boolean;
}

/** What of a dialect decides where fields and records end. */
export type Separators = Omit<Dialect, 'header' | 'trailingDelimiter'>;

/**
 * Reads the records of a sample as far as they can be read.
 *
 * @param maxRecords stops behind about as many records
 */
export function readSample(
  sample: Buffer,
  separators: Separators,
  maxRecords = Infinity,
): SampleReading {
  const dialect = { ...separators, header: false, trailingDelimiter: false };
  const reader = new CsvReader(dialect, {
    maxRecordBytes: Infinity,
    encoding: 'utf-8',
    firstOffset: 0,
  });
  const records: SourceRecord<string[]>[] = [];
  for (let start = 0; start < sample.length; start += PIECE_BYTES) {
    records.push(...reader.write(sample.subarray(start, start + PIECE_BYTES)));
    if (records.length >= maxRecords) {
      return { records: records.slice(0, maxRecords), endsInQuote: false };
    }
  }
  try {
    return { records: [...records, ...reader.end()], endsInQuote: false };
  } catch (error) {
    if (error instanceof FileRejected) return { records, endsInQuote: true };
    throw error;
  }
}
