import type { Dialect, FileFormat } from '../payload.ts';
import { CsvReader } from './csv-reader.ts';
import { JsonArrayReader } from './json-array-reader.ts';
import { JsonLinesReader } from './json-lines-reader.ts';
import type { JsonRecord } from './json-record.ts';
import type { ReaderOptions, RecordReader } from './source-record.ts';

/** The reader of a file, told apart by what its records are: CSV fields or JSON objects. */
export type FormatReader =
  | {
      readonly kind: 'csv';
      readonly dialect: Dialect;
      readonly reader: RecordReader<string[]>;
    }
  | { readonly kind: 'json'; readonly reader: RecordReader<JsonRecord> };

/** The reader for a format. */
export function openReader(format: FileFormat, options: ReaderOptions): FormatReader {
  if (format.type !== 'csv') return { kind: 'json', reader: openJsonReader(format, options) };
  const { dialect } = format;
  return { kind: 'csv', dialect, reader: new CsvReader(dialect, options) };
}

/** The reader for a format of JSON. */
export function openJsonReader(
  { type }: Exclude<FileFormat, { readonly type: 'csv' }>,
  options: ReaderOptions,
): RecordReader<JsonRecord> {
  return type === 'json-array' ? new JsonArrayReader(options) : new JsonLinesReader(options);
}
