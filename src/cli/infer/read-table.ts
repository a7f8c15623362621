import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { RESERVED_NAMES, type Contract } from '../../datasets/contract.ts';
import { DecodedSource } from '../../pipeline/decoded-source.ts';
import { byteOrderMarkOf } from '../../pipeline/encoding.ts';
import type { JsonRecord } from '../../pipeline/formats/json-record.ts';
import { openReader } from '../../pipeline/formats/record-reader.ts';
import type { RecordReader, SourceRecord } from '../../pipeline/formats/source-record.ts';
import type { FileLimits } from '../../pipeline/limits.ts';
import type { Dialect } from '../../pipeline/payload.ts';
import { csvColumns, requireColumnLimit } from '../../pipeline/transform/csv-columns.ts';
import { unreadableRow } from '../../pipeline/transform/unreadable-row.ts';
import { detectFormat, type DetectedFormat } from '../../pipeline/validate/detect-format.ts';
import { requireBytes } from '../../pipeline/validate/validate-file.ts';
import type { LocalFile } from '../local-file.ts';
import { CsvEvidence, JsonObjectsEvidence, type TableEvidence } from './table-evidence.ts';

/** A file read from its first record to its last. */
export interface ReadTable {
  readonly detected: DetectedFormat;
  readonly evidence: TableEvidence;
  /** Names of columns that no field can stand for. */
  readonly leftOut: readonly string[];
  /** Whether the file has characters beyond ASCII, none of which is UTF-8. */
  readonly isNotUtf8: boolean;
}

export interface ReadTableOptions {
  /** Texts that mean no value, in every column. */
  readonly missingValues: readonly string[];
  readonly limits: FileLimits;
}

/** Collects what records show. */
interface Collector<T> {
  take(record: SourceRecord<T>): void;
  result(): Pick<ReadTable, 'evidence' | 'leftOut'>;
}

/**
 * Reads a whole file for what its columns hold, in memory that does not grow with it. Rows that
 * cannot be read show nothing and are passed over.
 *
 * @param stated a contract without fields that states how the file is read; null states nothing
 * @throws FileRejected when the file cannot be read
 */
export async function readTable(
  { path, size, sample }: LocalFile,
  stated: Contract | null,
  options: ReadTableOptions,
): Promise<ReadTable> {
  const { limits } = options;
  requireBytes(size);
  const complete = sample.length === size;
  const detected = await detectFormat(sample, path, { complete, contract: stated });
  const { encoding, byteOrderMark, format } = detected;
  const opened = openReader(format, {
    maxRecordBytes: limits.maxRecordBytes,
    encoding,
    firstOffset: byteOrderMark ? byteOrderMarkOf(encoding).length : 0,
  });
  const source = new DecodedSource(createReadStream(path), detected, limits);
  const problemOf = unreadableRow(encoding);
  const characters = new CharacterEvidence();
  const collect = async <T>(
    reader: RecordReader<T>,
    collector: Collector<T>,
  ): Promise<ReadTable> => {
    for await (const record of recordsOf(reader, source)) {
      characters.add(record.raw);
      if (record.row === 0 || problemOf(record) === null) collector.take(record);
    }
    return { detected, ...collector.result(), isNotUtf8: characters.areNotUtf8 };
  };
  return opened.kind === 'json'
    ? collect(opened.reader, new JsonCollector(options))
    : collect(opened.reader, new CsvCollector(opened.dialect, options));
}

async function* recordsOf<T>(
  reader: RecordReader<T>,
  source: AsyncIterable<Buffer>,
): AsyncGenerator<SourceRecord<T>> {
  for await (const bytes of source) yield* reader.write(bytes);
  yield* reader.end();
}

/** Tells a file of another encoding from a file with a few damaged rows. */
class CharacterEvidence {
  #hasUtf8 = false;
  #hasOthers = false;

  get areNotUtf8(): boolean {
    return this.#hasOthers && !this.#hasUtf8;
  }

  add(raw: Buffer): void {
    if (isAscii(raw)) return;
    if (isUtf8(raw)) this.#hasUtf8 = true;
    else this.#hasOthers = true;
  }
}

class CsvCollector implements Collector<string[]> {
  readonly #dialect: Dialect;
  readonly #options: ReadTableOptions;
  #evidence: CsvEvidence | null = null;
  #columns = 0;
  #leftOut: readonly string[] = [];

  constructor(dialect: Dialect, options: ReadTableOptions) {
    this.#dialect = dialect;
    this.#options = options;
  }

  take({ row, value }: SourceRecord<string[]>): void {
    const evidence = (this.#evidence ??= this.#open(value));
    if (row > 0 && this.#isWhole(value)) evidence.add(value);
  }

  result(): Pick<ReadTable, 'evidence' | 'leftOut'> {
    const evidence = this.#evidence ?? new CsvEvidence([], []);
    return { evidence, leftOut: this.#leftOut };
  }

  #open(first: readonly string[]): CsvEvidence {
    const { names } = csvColumns(first, this.#dialect, null);
    requireColumnLimit(names, this.#options.limits.maxColumns);
    this.#columns = names.length;
    const fields = this.#dialect.header ? names.map(fieldNameAt(first)) : names;
    this.#leftOut = first.filter((_, index) => fields[index] === null);
    return new CsvEvidence(fields, this.#options.missingValues);
  }

  #isWhole(value: readonly string[]): boolean {
    const hasTrailing = this.#dialect.trailingDelimiter && value.at(-1) === '';
    return value.length === this.#columns || (hasTrailing && value.length === this.#columns + 1);
  }
}

class JsonCollector implements Collector<JsonRecord> {
  readonly #evidence: JsonObjectsEvidence;

  constructor({ missingValues, limits }: ReadTableOptions) {
    this.#evidence = new JsonObjectsEvidence(missingValues, limits.maxColumns);
  }

  take({ value }: SourceRecord<JsonRecord>): void {
    this.#evidence.add(value);
  }

  result(): Pick<ReadTable, 'evidence' | 'leftOut'> {
    const { rows, columns } = this.#evidence;
    const isField = (name: string): boolean => name !== '' && !RESERVED_NAMES.has(name);
    const usable = new Map([...columns].filter(([name]) => isField(name)));
    const leftOut = [...columns.keys()].filter((name) => !isField(name));
    return { evidence: { rows, columns: usable }, leftOut };
  }
}

/**
 * The name under which a field can find its column: the header's, unless it is blank, reserved or
 * given twice. The values of the others are kept under `_rescued`.
 */
function fieldNameAt(header: readonly string[]): (name: string, index: number) => string | null {
  const counts = new Map<string, number>();
  for (const cell of header) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return (name, index) => {
    const isOwn = header[index] === name && counts.get(name) === 1;
    return isOwn && !RESERVED_NAMES.has(name) ? name : null;
  };
}
