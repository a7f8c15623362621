import type { CompressionCodec, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { FaultCode } from '../../../shared/error-codes.ts';
import { PermanentFault } from '../../../shared/errors.ts';
import type { ParquetColumn, ParquetValue } from './parquet-columns.ts';
import { lineValues } from './record-line.ts';
import { RowGroup } from './row-group.ts';

export type ParquetCompression = 'snappy' | 'gzip' | 'zstd';

const CODECS: Readonly<Record<ParquetCompression, CompressionCodec>> = {
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  zstd: 'ZSTD',
};
/** Who wrote the file, in the form that readers expect; the version is that of the files' layout. */
const CREATED_BY = 'Millrace version 1';

/**
 * Lines of records in, the bytes of one Parquet file out, row group by row group, in memory of one
 * row group whatever the file's length.
 *
 * Any split of the same lines over `write` gives the same bytes.
 */
export class ParquetEncoder {
  readonly #columns: readonly ParquetColumn[];
  readonly #properties: readonly string[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #rowGroup: RowGroup;
  #records = 0;

  constructor(columns: readonly ParquetColumn[], compression: ParquetCompression) {
    this.#columns = columns;
    this.#properties = columns.map(({ name }) => `${JSON.stringify(name)}:`);
    this.#rowGroup = new RowGroup(columns);
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaOf(columns.map(writtenElement)),
      codec: CODECS[compression],
      compressors: { GZIP: (page) => gzipSync(page), ZSTD: (page) => zstdCompressSync(page) },
      createdBy: CREATED_BY,
    });
  }

  /**
   * Adds whole lines, each ended by a line feed. Yields the bytes of every row group that they fill.
   *
   * @throws PermanentFault UNEXPECTED_ERROR for a value that its column cannot hold exactly: such rows
   * are rejected before they get here
   */
  *write(lines: string): Generator<Uint8Array> {
    for (const line of lines.split('\n')) {
      // Behind the last line feed there is no line.
      if (line !== '') this.#add(line);
      if (this.#rowGroup.isFull) yield this.#closeRowGroup();
    }
  }

  /** Ends the file and returns its last bytes; null when there was no record. */
  end(): Uint8Array | null {
    if (this.#records === 0) return null;
    this.#writeRowGroup();
    this.#writer.schema = schemaOf(this.#columns.map(declaredElement));
    void this.#writer.finish();
    return this.#drain();
  }

  #add(line: string): void {
    this.#records += 1;
    const values = lineValues(line, this.#properties);
    if (values === undefined) throw this.#fault('has other properties than the contract');
    const row = this.#columns.map((column, index) => this.#read(column, values[index] ?? null));
    this.#rowGroup.add(row, line.length);
  }

  #read({ name, isRequired, read }: ParquetColumn, json: string | null): ParquetValue | null {
    if (json === null) {
      if (isRequired) throw this.#fault(`has no value for "${name}"`);
      return null;
    }
    const value = read(json);
    if (value === undefined) throw this.#fault(`has a value that the column "${name}" cannot hold`);
    return value;
  }

  #closeRowGroup(): Uint8Array {
    this.#writeRowGroup();
    return this.#drain();
  }

  #writeRowGroup(): void {
    const { length, columnData } = this.#rowGroup;
    if (length === 0) return;
    void this.#writer.write({ columnData, rowGroupSize: length });
    this.#rowGroup = new RowGroup(this.#columns);
  }

  /** Takes the bytes written so far. */
  #drain(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return bytes;
  }

  #fault(reason: string): PermanentFault {
    return new PermanentFault(
      FaultCode.UNEXPECTED_ERROR,
      `record ${this.#records} of the output ${reason}`,
    );
  }
}

function schemaOf(elements: readonly SchemaElement[]): SchemaElement[] {
  return [{ name: 'root', num_children: elements.length }, ...elements];
}

/** A column as the file declares it. */
function declaredElement({ name, isRequired, type }: ParquetColumn): SchemaElement {
  return { name, ...type, repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL' };
}

/**
 * A column as the writer is to write it: values of converted type JSON it would serialise itself, as
 * doubles and without the digits that a double lacks. The texts are JSON already.
 */
function writtenElement(column: ParquetColumn): SchemaElement {
  const { converted_type, ...element } = declaredElement(column);
  return converted_type === undefined || converted_type === 'JSON'
    ? element
    : { ...element, converted_type };
}
