import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { parseJsonObject, type JsonRecord } from './json-record.ts';
import type { ReaderOptions, RecordReader, SourceRecord } from './source-record.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NO_BYTES = Buffer.alloc(0);

type State = 'before-array' | 'first-element' | 'element' | 'in-element' | 'done';

/**
 * Reads the elements of a JSON array of objects one by one, in memory of the longest element.
 *
 * Only brackets, strings and commas are followed here; JSON.parse judges each element. An element
 * that is not a JSON object becomes a problem row; anything else out of place rejects the file.
 */
export class JsonArrayReader implements RecordReader<JsonRecord> {
  readonly #maxRecordBytes: number;
  /** Bytes from the start of the current element on. */
  #pending: Buffer = NO_BYTES;
  #state: State = 'before-array';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Offset of the next byte to look at. */
  #offset: number;
  #line = 1;
  #elementLine = 1;
  #row = 1;

  constructor(options: ReaderOptions) {
    this.#maxRecordBytes = options.maxRecordBytes;
    this.#offset = options.firstOffset;
  }

  write(bytes: Buffer): SourceRecord<JsonRecord>[] {
    const scanned = this.#pending.length;
    const buffer = scanned === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const records: SourceRecord<JsonRecord>[] = [];
    let elementStart = this.#state === 'in-element' ? 0 : -1;
    for (let at = scanned; at < buffer.length; at += 1) {
      const byte = buffer[at] ?? 0;
      if (this.#state !== 'in-element') {
        if (this.#isElementStart(byte)) elementStart = at;
      } else if (this.#endsElement(byte)) {
        records.push(this.#record(buffer.subarray(elementStart, at), this.#offset));
        elementStart = -1;
        this.#state = byte === COMMA ? 'element' : 'done';
      }
      if (this.#state === 'in-element') {
        // Byte by byte, so that the same bytes are judged the same however they are split.
        if (at - elementStart >= this.#maxRecordBytes) this.#rejectLongRecord();
        this.#follow(byte);
      }
      if (byte === LF) this.#line += 1;
      this.#offset += 1;
    }
    this.#pending = elementStart === -1 ? NO_BYTES : buffer.subarray(elementStart);
    return records;
  }

  end(): SourceRecord<JsonRecord>[] {
    if (this.#state === 'done') return [];
    throw new FileRejected(
      FileCode.TRUNCATED_JSON,
      `the array is not closed; the file ends in row ${this.#row} (byte ${this.#offset})`,
    );
  }

  /** Handles a byte between elements; true when it is the first byte of one. */
  #isElementStart(byte: number): boolean {
    if (isWhitespace(byte)) return false;
    if (this.#state === 'before-array' && byte === OPEN_ARRAY) {
      this.#state = 'first-element';
      return false;
    }
    if (this.#state === 'first-element' && byte === CLOSE_ARRAY) {
      this.#state = 'done';
      return false;
    }
    const outOfPlace = byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
    if (this.#state === 'before-array' || this.#state === 'done' || outOfPlace) {
      this.#rejectOutOfPlace(byte);
    }
    this.#state = 'in-element';
    this.#elementLine = this.#line;
    return true;
  }

  #endsElement(byte: number): boolean {
    return this.#depth === 0 && !this.#inString && (byte === COMMA || byte === CLOSE_ARRAY);
  }

  /** Keeps track of strings and of bracket depth inside an element. */
  #follow(byte: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
    } else if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#closeBracket(byte);
  }

  #closeBracket(byte: number): void {
    if (this.#depth === 0) this.#rejectOutOfPlace(byte);
    this.#depth -= 1;
  }

  #record(element: Buffer, end: number): SourceRecord<JsonRecord> {
    const raw = trimEnd(element);
    const record = {
      row: this.#row,
      line: this.#elementLine,
      offset: end - element.length,
      raw,
      ...parseJsonObject(raw),
    };
    this.#row += 1;
    return record;
  }

  #rejectLongRecord(): never {
    throw new FileRejected(
      FileCode.RECORD_TOO_LARGE,
      `row ${this.#row} (line ${this.#elementLine}) is longer than ${this.#maxRecordBytes} bytes`,
    );
  }

  #rejectOutOfPlace(byte: number): never {
    const shown = JSON.stringify(String.fromCharCode(byte));
    throw new FileRejected(
      FileCode.MALFORMED_JSON,
      `${shown} is out of place at byte ${this.#offset} (line ${this.#line})`,
    );
  }
}

function isWhitespace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;
}

function trimEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && isWhitespace(bytes[end - 1] ?? 0)) end -= 1;
  return bytes.subarray(0, end);
}
