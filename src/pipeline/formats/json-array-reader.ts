import type { Encoding } from '../../datasets/contract.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { sourceLength } from '../encoding.ts';
import { parseJsonObject, type JsonRecord } from './json-record.ts';
import { PendingBytes } from './pending-bytes.ts';
import type { ReaderOptions, RecordReader, SourceRecord } from './source-record.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

type State = 'before-array' | 'first-element' | 'element' | 'in-element' | 'done';

/**
 * Reads the elements of a JSON array of objects one by one, in memory of the longest element.
 *
 * Only brackets, strings and commas are followed here; JSON.parse judges each element. An element
 * that is not a JSON object becomes a problem row; anything else out of place rejects the file.
 */
export class JsonArrayReader implements RecordReader<JsonRecord> {
  readonly #encoding: Encoding;
  readonly #maxRecordBytes: number;
  /** Bytes from the start of the current element on. */
  readonly #pending = new PendingBytes();
  #state: State = 'before-array';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Offset in the source of the pending byte at index `#counted`. */
  #offset: number;
  #counted = 0;
  #line = 1;
  #elementOffset = 0;
  #elementLine = 1;
  #row = 1;

  constructor(options: ReaderOptions) {
    this.#encoding = options.encoding;
    this.#maxRecordBytes = options.maxRecordBytes;
    this.#offset = options.firstOffset;
  }

  write(bytes: Buffer): SourceRecord<JsonRecord>[] {
    const scanned = this.#pending.length;
    const buffer = this.#pending.append(bytes);
    const records: SourceRecord<JsonRecord>[] = [];
    let elementStart = 0;
    for (let at = scanned; at < buffer.length; at += 1) {
      const byte = buffer[at] ?? 0;
      if (this.#state !== 'in-element') {
        if (this.#isElementStart(buffer, at)) elementStart = at;
      } else if (this.#endsElement(byte)) {
        records.push(this.#record(buffer.subarray(elementStart, at)));
        this.#state = byte === COMMA ? 'element' : 'done';
      }
      if (this.#state === 'in-element') {
        // Byte by byte, so that the same bytes are judged the same however they are split.
        if (at - elementStart >= this.#maxRecordBytes) this.#rejectLongRecord();
        this.#follow(buffer, at);
      }
      if (byte === LF) this.#line += 1;
    }
    this.#countTo(buffer, buffer.length);
    this.#pending.discard(this.#state === 'in-element' ? elementStart : buffer.length);
    this.#counted = this.#pending.length;
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
  #isElementStart(buffer: Buffer, at: number): boolean {
    const byte = buffer[at] ?? 0;
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
      this.#rejectOutOfPlace(buffer, at);
    }
    this.#state = 'in-element';
    this.#countTo(buffer, at);
    this.#elementOffset = this.#offset;
    this.#elementLine = this.#line;
    return true;
  }

  #endsElement(byte: number): boolean {
    return this.#depth === 0 && !this.#inString && (byte === COMMA || byte === CLOSE_ARRAY);
  }

  /** Keeps track of strings and of bracket depth inside an element. */
  #follow(buffer: Buffer, at: number): void {
    const byte = buffer[at];
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
    } else if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#closeBracket(buffer, at);
  }

  #closeBracket(buffer: Buffer, at: number): void {
    if (this.#depth === 0) this.#rejectOutOfPlace(buffer, at);
    this.#depth -= 1;
  }

  /** Moves the offset on to an index. */
  #countTo(buffer: Buffer, at: number): void {
    this.#offset += sourceLength(this.#encoding, buffer.subarray(this.#counted, at));
    this.#counted = at;
  }

  #record(element: Buffer): SourceRecord<JsonRecord> {
    const raw = trimEnd(element);
    const record = {
      row: this.#row,
      line: this.#elementLine,
      offset: this.#elementOffset,
      raw,
      ...parseJsonObject(raw),
    };
    this.#row += 1;
    return record;
  }

  #rejectLongRecord(): never {
    const where = `row ${this.#row} (line ${this.#elementLine}, byte ${this.#elementOffset})`;
    throw new FileRejected(
      FileCode.RECORD_TOO_LARGE,
      `${where} is longer than ${this.#maxRecordBytes} bytes`,
    );
  }

  #rejectOutOfPlace(buffer: Buffer, at: number): never {
    this.#countTo(buffer, at);
    const shown = JSON.stringify(String.fromCharCode(buffer[at] ?? 0));
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
