import { PassThrough } from 'node:stream';
import type { Contract } from '../../../datasets/contract.ts';
import { ObjectUpload, type ObjectPlace, type WrittenObject } from '../object-upload.ts';
import { parquetColumns } from './parquet-columns.ts';
import { ParquetEncoder, type ParquetCompression } from './parquet-encoder.ts';

/** Records that become one Parquet object, typed as their contract says; see `ParquetEncoder`. */
export class ParquetUpload {
  readonly #object: ObjectUpload;
  readonly #encoder: ParquetEncoder;

  constructor(place: ObjectPlace, contract: Contract, compression: ParquetCompression) {
    this.#object = new ObjectUpload({
      ...place,
      contentType: 'application/vnd.apache.parquet',
      openStream: () => new PassThrough(),
    });
    this.#encoder = new ParquetEncoder(parquetColumns(contract), compression);
  }

  /** Adds whole lines; resolves when there is room for more. */
  async write(lines: Buffer): Promise<void> {
    for (const bytes of this.#encoder.write(lines.toString())) await this.#object.write(bytes);
  }

  /** Makes the object visible; null, and no object, when there was no line. */
  async finish(): Promise<WrittenObject | null> {
    const end = this.#encoder.end();
    if (end === null) return null;
    await this.#object.write(end);
    return this.#object.finish();
  }

  /** Leaves nothing behind; resolves when S3 has dropped what it was sent. */
  abort(): Promise<void> {
    return this.#object.abort();
  }
}
