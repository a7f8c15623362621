import { FileCode, RowCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { Dialect } from '../payload.ts';
import type { ReaderOptions, RecordReader, RowProblem, SourceRecord } from './source-record.ts';

const LF = 0x0a;
const CR = 0x0d;
const NO_BYTES = Buffer.alloc(0);

/** State of the record that is being read. */
type State = 'field-start' | 'unquoted' | 'quoted' | 'after-quote';

/**
 * Reads the records of a CSV file after RFC 4180, header included (it is row 0).
 *
 * Beyond the RFC, as real files need it: any single-byte delimiter and quote; LF and CRLF mixed, or
 * lone CR; blank lines are skipped and not counted; a quote inside an unquoted field is text, as
 * Excel, Python and pandas read it. Text after a closing quote makes the row a problem row, because
 * no reading of it is certain. An unclosed quote rejects the file: what follows it cannot be trusted.
 *
 * csv-parse is the reference: for every well-formed file both give the same values (property test).
 * It is not used to read, because after a malformed row it cannot say where the next one starts.
 */
export class CsvReader implements RecordReader<string[]> {
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #lineEnd: number;
  readonly #maxRecordBytes: number;
  /** Bytes of the record that has not ended yet. */
  #pending: Buffer = NO_BYTES;
  #offset: number;
  #line = 1;
  #row: number;

  constructor(dialect: Dialect, options: ReaderOptions) {
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote?.charCodeAt(0) ?? -1;
    this.#lineEnd = dialect.lineEnd === 'cr' ? CR : LF;
    this.#maxRecordBytes = options.maxRecordBytes;
    this.#offset = options.firstOffset;
    this.#row = dialect.header ? 0 : 1;
  }

  write(bytes: Buffer): SourceRecord<string[]>[] {
    const buffer = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const records: SourceRecord<string[]>[] = [];
    const consumed = this.#readRecords(buffer, false, records);
    this.#pending = buffer.subarray(consumed);
    // The CR of a CRLF that the bytes end within is no part of the record.
    const pendingBytes = this.#withoutCarriageReturn(this.#pending, 0, this.#pending.length);
    if (pendingBytes > this.#maxRecordBytes) this.#rejectLongRecord();
    return records;
  }

  end(): SourceRecord<string[]>[] {
    const records: SourceRecord<string[]>[] = [];
    this.#readRecords(this.#pending, true, records);
    this.#pending = NO_BYTES;
    return records;
  }

  /** Reads all complete records of `buffer`; returns how many bytes they took. */
  #readRecords(buffer: Buffer, final: boolean, records: SourceRecord<string[]>[]): number {
    let start = 0;
    while (start < buffer.length) {
      const next = this.#readRecord(buffer, start, final, records);
      if (next === null) break;
      this.#offset += next - start;
      start = next;
    }
    return start;
  }

  /**
   * Reads the record that starts at `start`; returns where the next one starts, or null when the
   * buffer ends before this one does. One pass over the bytes, hence the length of this method.
   */
  // eslint-disable-next-line complexity -- one state machine, read best in one piece
  #readRecord(
    buffer: Buffer,
    start: number,
    final: boolean,
    records: SourceRecord<string[]>[],
  ): number | null {
    const fields: string[] = [];
    let state: State = 'field-start';
    let fieldStart = start;
    let doubledQuotes = false;
    let closingQuote = 0;
    let malformed = false;
    let lines = 0;
    let at = start;

    const endField = (end: number): void => {
      if (state !== 'after-quote') fields.push(buffer.toString('utf8', fieldStart, end));
      else {
        const text = buffer.toString('utf8', fieldStart + 1, closingQuote);
        fields.push(doubledQuotes ? this.#undouble(text) : text);
      }
      state = 'field-start';
      fieldStart = end + 1;
      doubledQuotes = false;
    };

    for (; at < buffer.length; at += 1) {
      const byte = buffer[at];
      if (state === 'quoted') {
        if (byte === this.#quote) {
          state = 'after-quote';
          closingQuote = at;
        } else if (byte === this.#lineEnd) lines += 1;
      } else if (byte === this.#delimiter) {
        endField(at);
      } else if (byte === this.#lineEnd) {
        break;
      } else if (byte === this.#quote && state === 'field-start') {
        state = 'quoted';
      } else if (byte === this.#quote && state === 'after-quote') {
        state = 'quoted';
        doubledQuotes = true;
      } else if (state === 'field-start') {
        state = 'unquoted';
      } else if (state === 'after-quote' && !this.#isCarriageReturnAtEnd(buffer, at)) {
        malformed = true;
        state = 'unquoted';
      }
    }

    const ended = at < buffer.length;
    if (!ended && !final) return null;
    if (!ended && state === 'quoted') this.#rejectUnclosedQuote();
    const end = this.#withoutCarriageReturn(buffer, start, at);
    if (end > start) {
      endField(end);
      records.push(this.#record(buffer.subarray(start, end), fields, malformed));
    }
    this.#line += lines + 1;
    return at + 1;
  }

  /** Whether a CR after a closing quote is half of a CRLF: not when another byte than LF follows. */
  #isCarriageReturnAtEnd(buffer: Buffer, at: number): boolean {
    return buffer[at] === CR && (at + 1 === buffer.length || buffer[at + 1] === LF);
  }

  /** Where a record ends whose line ends at `end`; a file may end in the middle of a CRLF. */
  #withoutCarriageReturn(buffer: Buffer, start: number, end: number): number {
    const isCrLf = this.#lineEnd === LF && end > start && buffer[end - 1] === CR;
    return isCrLf ? end - 1 : end;
  }

  #undouble(text: string): string {
    const quote = String.fromCharCode(this.#quote);
    return text.replaceAll(quote + quote, quote);
  }

  #record(raw: Buffer, value: string[], malformed: boolean): SourceRecord<string[]> {
    if (raw.length > this.#maxRecordBytes) this.#rejectLongRecord();
    const record = {
      row: this.#row,
      line: this.#line,
      offset: this.#offset,
      value,
      raw,
      problem: malformed ? TEXT_AFTER_QUOTE : null,
    };
    this.#row += 1;
    return record;
  }

  #where(): string {
    return `row ${this.#row} (line ${this.#line}, byte ${this.#offset})`;
  }

  #rejectLongRecord(): never {
    const reason = `${this.#where()} is longer than ${this.#maxRecordBytes} bytes`;
    throw new FileRejected(FileCode.RECORD_TOO_LARGE, reason);
  }

  #rejectUnclosedQuote(): never {
    const reason = `a quote opened in ${this.#where()} is not closed before the end of the file`;
    throw new FileRejected(FileCode.UNCLOSED_QUOTE, reason);
  }
}

const TEXT_AFTER_QUOTE: RowProblem = {
  code: RowCode.TEXT_AFTER_CLOSING_QUOTE,
  column: null,
  reason: 'a quoted field is followed by text before the next delimiter',
};
