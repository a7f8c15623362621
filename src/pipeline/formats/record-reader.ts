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
  switch (format.type) {
    case 'csv':
      return {
        kind: 'csv',
        dialect: format.dialect,
        reader: new CsvReader(format.dialect, options),
      };
    case 'json-array':
      return { kind: 'json', reader: new JsonArrayReader(options) };
    case 'json-lines':
      return { kind: 'json', reader: new JsonLinesReader(options) };
  }
}
