import type { Encoding } from '../../datasets/contract.ts';
import { FileCode, RowCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { sourceLength } from '../encoding.ts';
import type { Dialect } from '../payload.ts';
import { PendingBytes } from './pending-bytes.ts';
import type { ReaderOptions, RowProblem } from './source-record.ts';

const BYTE_LF = 0x0a;
const BYTE_CR = 0x0d;
const FIRST_CAPACITY = 64;
const NO_BYTES = Buffer.alloc(0);
/** Says of the bytes at hand that no record ends in them for certain. */
const NOT_YET = -1;

/** What a byte is to a dialect. Most are text: those the tokenizer runs over. */
const TEXT = 0;
const DELIMITER = 1;
const QUOTE = 2;
const LF = 3;
const CR = 4;

/** Where in a record the tokenizer stands; before `UNQUOTED` the current field has no byte yet. */
const FIELD_START = 0;
const UNQUOTED = 1;
const QUOTED = 2;
const AFTER_QUOTE = 3;
const COMMENT = 4;

/**
 * Finds the records of a CSV file and the borders of their fields, without making a string or an
 * object of any: `CsvReader` says what the grammar is.
 *
 * Bytes may come in any pieces: it goes on where it stopped, so that every byte is looked at once.
 * What it tells about a record holds until the next call, and indexes count in `bytes`.
 *
 * @example
 * tokenizer.write(bytes); // or, behind the last bytes, tokenizer.finish()
 * while (tokenizer.next()) take(tokenizer.bytes.subarray(tokenizer.start, tokenizer.end));
 */
export class CsvTokenizer {
  /** The bytes that records are looked for in; what came before them is never written over. */
  bytes: Buffer = NO_BYTES;
  /** Index of the record's first byte. */
  start = 0;
  /** Index behind the record's last byte, where its line end stands. */
  end = 0;
  row: number;
  /** Physical line on which the record starts. */
  line: number;
  /** Offset of the record in the source. */
  offset: number;
  /** Number of the record's fields. */
  fieldCount = 0;
  /** For each field the index of its first byte, behind an opening quote. */
  starts = new Int32Array(FIRST_CAPACITY);
  /** For each field the index behind its last byte, where a closing quote would stand. */
  ends = new Int32Array(FIRST_CAPACITY);
  /** For each field 1 when quotes in it are doubled, else 0. */
  doubled = new Uint8Array(FIRST_CAPACITY);
  /** Why no reading of the record is certain; null when one is. */
  problem: RowProblem | null = null;
  /** Whether an unquoted field holds a quote. */
  hasQuoteAsText = false;

  readonly #kinds: Uint8Array;
  readonly #comment: number;
  readonly #endsAtCarriageReturn: boolean;
  readonly #encoding: Encoding;
  readonly #maxRecordBytes: number;
  readonly #pending = new PendingBytes();
  /** Whether the bytes are the file's last. */
  #final = false;
  #state = FIELD_START;
  /** Next byte to look at. */
  #at = 0;
  #fieldStart = 0;
  #closingQuote = 0;
  #doubledQuotes = 0;
  /** Line ends inside quotes of the record. */
  #innerLines = 0;
  /** Whether the current record was given, so that the next one is behind it. */
  #isGiven = false;

  constructor(dialect: Dialect, options: ReaderOptions) {
    this.#kinds = kindsOf(dialect);
    this.#comment = dialect.comment?.charCodeAt(0) ?? NOT_YET;
    this.#endsAtCarriageReturn = dialect.lineEnd === 'cr' || dialect.lineEnd === 'mixed';
    this.#encoding = options.encoding;
    this.#maxRecordBytes = options.maxRecordBytes;
    this.offset = options.firstOffset;
    this.row = options.firstRow ?? (dialect.header ? 0 : 1);
    this.line = options.firstLine ?? 1;
  }

  /** Adds bytes behind those that were read. */
  write(bytes: Buffer): void {
    this.bytes = this.#pending.append(bytes);
  }

  /** Says that no bytes follow, so that what is left is the last record. */
  finish(): void {
    this.#final = true;
  }

  /**
   * Goes on to the next record; false when no further one ends in the bytes so far.
   *
   * @throws FileRejected RECORD_TOO_LARGE or UNCLOSED_QUOTE
   */
  next(): boolean {
    this.#passRecord();
    while (this.start < this.bytes.length) {
      const end = this.#findRecordEnd();
      if (end === NOT_YET) break;
      if (this.#state === QUOTED) this.#rejectUnclosedQuote();
      this.#checkLength(end - this.start);
      this.end = end;
      if (end > this.start && this.#state !== COMMENT) {
        this.#endField(end);
        this.#isGiven = true;
        return true;
      }
      this.#passLine();
    }
    this.#keepRest();
    return false;
  }

  /**
   * Gives the index of the current record's line end. Text is run over in one loop, because most bytes
   * of most files are.
   */
  #findRecordEnd(): number {
    const bytes = this.bytes;
    const kinds = this.#kinds;
    const length = bytes.length;
    let at = this.#at;
    if (at === this.start && bytes[at] === this.#comment) this.#state = COMMENT;
    while (at < length) {
      const kind = kinds[bytes[at] ?? 0] ?? TEXT;
      if (kind === TEXT) {
        this.#startText();
        do at += 1;
        while (at < length && kinds[bytes[at] ?? 0] === TEXT);
        continue;
      }
      if (kind >= LF && this.#state !== QUOTED) {
        if (this.#isRecordEnd(kind, at)) return at;
        if (at + 1 === length && !this.#final) break;
        this.#takeStrayCarriageReturn(at);
      } else {
        this.#takeMark(kind, at);
      }
      at += 1;
    }
    this.#at = at;
    return this.#final ? at : NOT_YET;
  }

  #startText(): void {
    if (this.#state === FIELD_START) this.#state = UNQUOTED;
    else if (this.#state === AFTER_QUOTE) this.#takeTextAfterQuote();
  }

  /** Whether a line end outside quotes is certainly one. A CR at the very end of a file is. */
  #isRecordEnd(kind: number, at: number): boolean {
    if (kind === LF) return true;
    if (at + 1 === this.bytes.length) return this.#final;
    return this.#endsAtCarriageReturn || this.bytes[at + 1] === BYTE_LF;
  }

  /** Takes a byte that is no mere text and ends no record. */
  #takeMark(kind: number, at: number): void {
    if (this.#state === QUOTED) this.#takeInQuotes(kind, at);
    else if (this.#state === COMMENT) return;
    else if (kind === DELIMITER) this.#endField(at);
    else this.#takeQuote();
  }

  /** Takes a byte inside quotes that is no mere text there. A CRLF is one line end. */
  #takeInQuotes(kind: number, at: number): void {
    if (kind === QUOTE) {
      this.#state = AFTER_QUOTE;
      this.#closingQuote = at;
    } else if (kind === LF) {
      const isCounted = this.#endsAtCarriageReturn && this.bytes[at - 1] === BYTE_CR;
      if (!isCounted) this.#innerLines += 1;
    } else if (kind === CR && this.#endsAtCarriageReturn) {
      this.#innerLines += 1;
    }
  }

  #takeQuote(): void {
    if (this.#state === UNQUOTED) {
      this.hasQuoteAsText = true;
      return;
    }
    if (this.#state === AFTER_QUOTE) this.#doubledQuotes = 1;
    this.#state = QUOTED;
  }

  #takeTextAfterQuote(): void {
    this.problem ??= TEXT_AFTER_QUOTE;
    this.#state = UNQUOTED;
  }

  #takeStrayCarriageReturn(at: number): void {
    if (this.#state === COMMENT) return;
    if (this.#state === AFTER_QUOTE) return this.#takeTextAfterQuote();
    const before = this.bytes.subarray(this.start, at);
    this.problem ??= strayCarriageReturn(this.offset + sourceLength(this.#encoding, before));
    this.#state = UNQUOTED;
  }

  #endField(end: number): void {
    const field = this.fieldCount;
    if (field === this.starts.length) this.#grow();
    const isQuoted = this.#state === AFTER_QUOTE;
    this.starts[field] = isQuoted ? this.#fieldStart + 1 : this.#fieldStart;
    this.ends[field] = isQuoted ? this.#closingQuote : end;
    this.doubled[field] = isQuoted ? this.#doubledQuotes : 0;
    this.fieldCount = field + 1;
    this.#state = FIELD_START;
    this.#fieldStart = end + 1;
    this.#doubledQuotes = 0;
  }

  #grow(): void {
    this.starts = doubleOf(this.starts);
    this.ends = doubleOf(this.ends);
    const doubled = new Uint8Array(2 * this.doubled.length);
    doubled.set(this.doubled);
    this.doubled = doubled;
  }

  /** Goes on behind the record that was given last, where there is one. */
  #passRecord(): void {
    if (!this.#isGiven) return;
    this.#isGiven = false;
    this.row += 1;
    this.#passLine();
  }

  /** Goes on behind a record, a blank line or a comment, and behind its line end. */
  #passLine(): void {
    const isPair = this.bytes[this.end] === BYTE_CR && this.bytes[this.end + 1] === BYTE_LF;
    const next = Math.min(this.end + (isPair ? 2 : 1), this.bytes.length);
    this.offset +=
      this.#encoding === 'utf-8'
        ? next - this.start
        : sourceLength(this.#encoding, this.bytes.subarray(this.start, next));
    this.line += 1 + this.#innerLines;
    this.#startRecord(next);
  }

  #startRecord(at: number): void {
    this.start = at;
    this.fieldCount = 0;
    this.problem = null;
    this.hasQuoteAsText = false;
    this.#innerLines = 0;
    this.#state = FIELD_START;
    this.#at = at;
    this.#fieldStart = at;
    this.#doubledQuotes = 0;
  }

  /** Keeps the bytes of the record that has only begun, and moves all indexes to where they are. */
  #keepRest(): void {
    const passed = this.start;
    this.bytes = this.#pending.discard(passed);
    if (passed > 0) this.#rebase(passed);
    // A CR at the end may be half of a line end, which is no part of the record.
    const { length } = this.bytes;
    this.#checkLength(this.bytes[length - 1] === BYTE_CR ? length - 1 : length);
  }

  #rebase(by: number): void {
    for (let field = 0; field < this.fieldCount; field += 1) {
      this.starts[field] = (this.starts[field] ?? 0) - by;
      this.ends[field] = (this.ends[field] ?? 0) - by;
    }
    this.start = 0;
    this.#at -= by;
    this.#fieldStart -= by;
    this.#closingQuote -= by;
  }

  #checkLength(recordBytes: number): void {
    if (recordBytes <= this.#maxRecordBytes) return;
    const reason = `${this.#where()} is longer than ${this.#maxRecordBytes} bytes`;
    throw new FileRejected(FileCode.RECORD_TOO_LARGE, reason);
  }

  #where(): string {
    return `row ${this.row} (line ${this.line}, byte ${this.offset})`;
  }

  #rejectUnclosedQuote(): never {
    const reason = `a quote opened in ${this.#where()} is not closed before the end of the file`;
    throw new FileRejected(FileCode.UNCLOSED_QUOTE, reason);
  }
}

/** What each byte is to a dialect. */
function kindsOf({ delimiter, quote }: Dialect): Uint8Array {
  const kinds = new Uint8Array(256);
  if (quote !== null) kinds[quote.charCodeAt(0)] = QUOTE;
  kinds[delimiter.charCodeAt(0)] = DELIMITER;
  kinds[BYTE_LF] = LF;
  kinds[BYTE_CR] = CR;
  return kinds;
}

function doubleOf(indexes: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const doubled = new Int32Array(2 * indexes.length);
  doubled.set(indexes);
  return doubled;
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
