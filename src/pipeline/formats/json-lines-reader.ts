import type { Encoding } from '../../datasets/contract.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { sourceLength } from '../encoding.ts';
import { parseJsonObject, type JsonRecord } from './json-record.ts';
import { PendingBytes } from './pending-bytes.ts';
import type { ReaderOptions, RecordReader, SourceRecord } from './source-record.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads JSON Lines: one JSON object per line, LF or CRLF; blank lines are skipped and not counted.
 * A line that is not a JSON object becomes a problem row.
 */
export class JsonLinesReader implements RecordReader<JsonRecord> {
  readonly #encoding: Encoding;
  readonly #maxRecordBytes: number;
  readonly #pending = new PendingBytes();
  /** Of the current line. */
  #offset: number;
  #line: number;
  #row: number;

  constructor(options: ReaderOptions) {
    this.#encoding = options.encoding;
    this.#maxRecordBytes = options.maxRecordBytes;
    this.#offset = options.firstOffset;
    this.#line = options.firstLine ?? 1;
    this.#row = options.firstRow ?? 1;
  }

  write(bytes: Buffer): SourceRecord<JsonRecord>[] {
    const scanned = this.#pending.length;
    const buffer = this.#pending.append(bytes);
    const records: SourceRecord<JsonRecord>[] = [];
    let start = 0;
    for (let end = buffer.indexOf(LF, scanned); end !== -1; end = buffer.indexOf(LF, start)) {
      this.#readLine(buffer.subarray(start, end), records);
      this.#offset += sourceLength(this.#encoding, buffer.subarray(start, end + 1));
      start = end + 1;
    }
    this.#checkLength(withoutCarriageReturn(this.#pending.discard(start)));
    return records;
  }

  end(): SourceRecord<JsonRecord>[] {
    const records: SourceRecord<JsonRecord>[] = [];
    const last = this.#pending.discard(0);
    this.#readLine(last, records);
    this.#pending.discard(last.length);
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
