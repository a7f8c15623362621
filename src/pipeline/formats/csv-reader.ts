import type { Encoding } from '../../datasets/contract.ts';
import { FileCode, NoticeCode, RowCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { sourceLength } from '../encoding.ts';
import type { Dialect } from '../payload.ts';
import { PendingBytes } from './pending-bytes.ts';
import type { ReaderOptions, RecordReader, RowProblem, SourceRecord } from './source-record.ts';

const LF = 0x0a;
const CR = 0x0d;
/** Stands for a character that the dialect does not have: no byte equals it. */
const NONE = -1;

type State = 'record-start' | 'field-start' | 'unquoted' | 'quoted' | 'after-quote' | 'comment';

/** How far the current record has been read. Indexes count from the first pending byte. */
class RecordScan {
  state: State = 'record-start';
  /** First byte of the record. */
  start: number;
  /** Next byte to look at. */
  at: number;
  fieldStart: number;
  closingQuote = 0;
  doubledQuotes = false;
  hasQuotedField = false;
  hasQuoteAsText = false;
  problem: RowProblem | null = null;
  readonly fields: string[] = [];

  constructor(start: number) {
    this.start = start;
    this.at = start;
    this.fieldStart = start;
  }

  /** Moves all indexes when the bytes before the record are given away. */
  rebase(): void {
    this.at -= this.start;
    this.fieldStart -= this.start;
    this.closingQuote -= this.start;
    this.start = 0;
  }
}

/**
 * Reads the records of a CSV file after RFC 4180, header included (it is row 0).
 *
 * Beyond the RFC, as real files need it: any single-byte delimiter and quote, or no quote at all; LF
 * and CRLF mixed, and in `cr` and `mixed` files lone CRs too; blank lines and lines that start with
 * the comment character are skipped and not counted; a quote inside an unquoted field is text, as
 * Excel, Python and pandas read it, and gives the record a notice.
 *
 * A row of which no reading is certain is a problem row: text after a closing quote, or a CR in an
 * unquoted field of an `lf` or `crlf` file. An unclosed quote rejects the file: what follows it
 * cannot be trusted.
 *
 * Physical lines end as records do, inside quoted fields too: LF and CRLF are one line end each, and
 * so is a lone CR in `cr` and `mixed` files.
 *
 * csv-parse is the reference: for every well-formed file both give the same values (property test).
 * It is not used to read, because after a malformed row it cannot say where the next one starts.
 */
export class CsvReader implements RecordReader<string[]> {
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #comment: number;
  readonly #endsAtCarriageReturn: boolean;
  readonly #encoding: Encoding;
  readonly #maxRecordBytes: number;
  readonly #pending = new PendingBytes();
  #scan = new RecordScan(0);
  /** Of the current record. */
  #offset: number;
  #line = 1;
  #row: number;

  constructor(dialect: Dialect, options: ReaderOptions) {
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote?.charCodeAt(0) ?? NONE;
    this.#comment = dialect.comment?.charCodeAt(0) ?? NONE;
    this.#endsAtCarriageReturn = dialect.lineEnd === 'cr' || dialect.lineEnd === 'mixed';
    this.#encoding = options.encoding;
    this.#maxRecordBytes = options.maxRecordBytes;
    this.#offset = options.firstOffset;
    this.#row = dialect.header ? 0 : 1;
  }

  write(bytes: Buffer): SourceRecord<string[]>[] {
    const records = this.#readRecords(this.#pending.append(bytes), false);
    const pending = this.#pending.discard(this.#scan.start);
    this.#scan.rebase();
    // A CR at the end may be half of a line end, which is no part of the record.
    this.#checkLength(pending.at(-1) === CR ? pending.length - 1 : pending.length);
    return records;
  }

  end(): SourceRecord<string[]>[] {
    const pending = this.#pending.discard(0);
    const records = this.#readRecords(pending, true);
    this.#pending.discard(pending.length);
    return records;
  }

  /** Reads all records of `buffer` that end in it, or also the last one of the file. */
  #readRecords(buffer: Buffer, final: boolean): SourceRecord<string[]>[] {
    const records: SourceRecord<string[]>[] = [];
    while (this.#scan.start < buffer.length) {
      const end = this.#findRecordEnd(buffer, final);
      if (end === null) break;
      if (this.#scan.state === 'quoted') this.#rejectUnclosedQuote();
      this.#checkLength(end - this.#scan.start);
      const isRecord = end > this.#scan.start && this.#scan.state !== 'comment';
      if (isRecord) records.push(this.#takeRecord(buffer, end));
      this.#passRecord(buffer, end);
    }
    return records;
  }

  /**
   * Goes on with the current record: gives the index of its line end, or null when the bytes end
   * before it is certain. Starts where it stopped, so that every byte is looked at once.
   */
  #findRecordEnd(buffer: Buffer, final: boolean): number | null {
    const scan = this.#scan;
    for (; scan.at < buffer.length; scan.at += 1) {
      const byte = buffer[scan.at] ?? 0;
      if (scan.state === 'quoted') {
        if (byte === this.#quote) this.#closeQuote();
      } else if (byte === LF) {
        return scan.at;
      } else if (byte === CR) {
        const isLast = scan.at + 1 === buffer.length;
        if (isLast && !final) return null;
        if (isLast || this.#isLineEnd(buffer, scan.at)) return scan.at;
        this.#takeStrayCarriageReturn(buffer);
      } else {
        this.#takeByte(byte, buffer);
      }
    }
    return final ? scan.at : null;
  }

  #isLineEnd(buffer: Buffer, carriageReturn: number): boolean {
    return this.#endsAtCarriageReturn || buffer[carriageReturn + 1] === LF;
  }

  /** Takes a byte outside quotes that ends no line. */
  #takeByte(byte: number, buffer: Buffer): void {
    const scan = this.#scan;
    if (scan.state === 'comment') return;
    if (scan.state === 'record-start' && byte === this.#comment) scan.state = 'comment';
    else if (byte === this.#delimiter) this.#endField(buffer, scan.at);
    else if (byte === this.#quote) this.#takeQuote();
    else if (scan.state === 'after-quote') this.#takeTextAfterQuote();
    else scan.state = 'unquoted';
  }

  #takeQuote(): void {
    const scan = this.#scan;
    if (scan.state === 'unquoted') {
      scan.hasQuoteAsText = true;
      return;
    }
    if (scan.state === 'after-quote') scan.doubledQuotes = true;
    scan.state = 'quoted';
    scan.hasQuotedField = true;
  }

  #closeQuote(): void {
    this.#scan.state = 'after-quote';
    this.#scan.closingQuote = this.#scan.at;
  }

  #takeTextAfterQuote(): void {
    this.#scan.problem ??= TEXT_AFTER_QUOTE;
    this.#scan.state = 'unquoted';
  }

  #takeStrayCarriageReturn(buffer: Buffer): void {
    const scan = this.#scan;
    if (scan.state === 'comment') return;
    if (scan.state === 'after-quote') return this.#takeTextAfterQuote();
    const before = buffer.subarray(scan.start, scan.at);
    const offset = this.#offset + sourceLength(this.#encoding, before);
    scan.problem ??= strayCarriageReturn(offset);
    scan.state = 'unquoted';
  }

  #endField(buffer: Buffer, end: number): void {
    const scan = this.#scan;
    scan.fields.push(this.#fieldText(buffer, end));
    scan.state = 'field-start';
    scan.fieldStart = end + 1;
    scan.doubledQuotes = false;
  }

  #fieldText(buffer: Buffer, end: number): string {
    const { state, fieldStart, closingQuote, doubledQuotes } = this.#scan;
    if (fieldStart === end) return '';
    if (state !== 'after-quote') return buffer.toString('utf8', fieldStart, end);
    const text = buffer.toString('utf8', fieldStart + 1, closingQuote);
    return doubledQuotes ? this.#undouble(text) : text;
  }

  #undouble(text: string): string {
    const quote = String.fromCharCode(this.#quote);
    return text.replaceAll(quote + quote, quote);
  }

  #takeRecord(buffer: Buffer, end: number): SourceRecord<string[]> {
    this.#endField(buffer, end);
    const { start, fields, problem, hasQuoteAsText } = this.#scan;
    const record = {
      row: this.#row,
      line: this.#line,
      offset: this.#offset,
      value: fields,
      raw: buffer.subarray(start, end),
      problem,
    };
    this.#row += 1;
    return hasQuoteAsText ? { ...record, notice: NoticeCode.QUOTE_IN_UNQUOTED_FIELD } : record;
  }

  /** Goes on behind a record and its line end. */
  #passRecord(buffer: Buffer, end: number): void {
    const { start, hasQuotedField } = this.#scan;
    const lineEnd = buffer[end] === CR && buffer[end + 1] === LF ? 2 : 1;
    const next = Math.min(end + lineEnd, buffer.length);
    this.#offset += sourceLength(this.#encoding, buffer.subarray(start, next));
    this.#line += 1 + (hasQuotedField ? this.#lineEndsWithin(buffer.subarray(start, end)) : 0);
    this.#scan = new RecordScan(next);
  }

  #lineEndsWithin(record: Buffer): number {
    let count = 0;
    for (let at = record.indexOf(LF); at !== -1; at = record.indexOf(LF, at + 1)) count += 1;
    if (!this.#endsAtCarriageReturn) return count;
    for (let at = record.indexOf(CR); at !== -1; at = record.indexOf(CR, at + 1)) {
      if (record[at + 1] !== LF) count += 1;
    }
    return count;
  }

  #checkLength(recordBytes: number): void {
    if (recordBytes <= this.#maxRecordBytes) return;
    const reason = `${this.#where()} is longer than ${this.#maxRecordBytes} bytes`;
    throw new FileRejected(FileCode.RECORD_TOO_LARGE, reason);
  }

  #where(): string {
    return `row ${this.#row} (line ${this.#line}, byte ${this.#offset})`;
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

function strayCarriageReturn(offset: number): RowProblem {
  const reason = `an unquoted field has a carriage return at byte ${offset} that ends no line`;
  return { code: RowCode.STRAY_CARRIAGE_RETURN, column: null, reason };
}
