import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { parseJsonObject, type JsonRecord } from './json-record.ts';
import type { ReaderOptions, RecordReader, SourceRecord } from './source-record.ts';

const LF = 0x0a;
const CR = 0x0d;
const NO_BYTES = Buffer.alloc(0);

/**
 * Reads JSON Lines: one JSON object per line, LF or CRLF; blank lines are skipped and not counted.
 * A line that is not a JSON object becomes a problem row.
 */
export class JsonLinesReader implements RecordReader<JsonRecord> {
  readonly #maxRecordBytes: number;
  #pending: Buffer = NO_BYTES;
  #offset: number;
  #line = 1;
  #row = 1;

  constructor(options: ReaderOptions) {
    this.#maxRecordBytes = options.maxRecordBytes;
    this.#offset = options.firstOffset;
  }

  write(bytes: Buffer): SourceRecord<JsonRecord>[] {
    const buffer = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const records: SourceRecord<JsonRecord>[] = [];
    let start = 0;
    for (let end = buffer.indexOf(LF); end !== -1; end = buffer.indexOf(LF, start)) {
      this.#readLine(buffer.subarray(start, end), records);
      this.#offset += end + 1 - start;
      start = end + 1;
    }
    this.#pending = buffer.subarray(start);
    this.#checkLength(withoutCarriageReturn(this.#pending));
    return records;
  }

  end(): SourceRecord<JsonRecord>[] {
    const records: SourceRecord<JsonRecord>[] = [];
    this.#readLine(this.#pending, records);
    this.#pending = NO_BYTES;
    return records;
  }

  #readLine(line: Buffer, records: SourceRecord<JsonRecord>[]): void {
    const raw = withoutCarriageReturn(line);
    this.#checkLength(raw);
    if (!isBlank(raw)) {
      records.push({
        row: this.#row,
        line: this.#line,
        offset: this.#offset,
        raw,
        ...parseJsonObject(raw),
      });
      this.#row += 1;
    }
    this.#line += 1;
  }

  #checkLength(raw: Buffer): void {
    if (raw.length <= this.#maxRecordBytes) return;
    const where = `row ${this.#row} (line ${this.#line}, byte ${this.#offset})`;
    throw new FileRejected(
      FileCode.RECORD_TOO_LARGE,
      `${where} is longer than ${this.#maxRecordBytes} bytes`,
    );
  }
}

/** A line without the CR of a CRLF, whether or not its LF has been seen yet. */
function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}

function isBlank(raw: Buffer): boolean {
  return raw.every((byte) => byte === 0x20 || byte === 0x09 || byte === CR);
}
