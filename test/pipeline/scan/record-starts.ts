import type { SplittableFormat } from '../../../src/pipeline/splittable.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';

/** Where a record starts, and which byte tells that it is one. */
export interface RecordStart {
  readonly byte: number;
  readonly line: number;
  readonly toldAt: number;
}

/**
 * The records of a file by its definition: slowly, from the first byte on, looking ahead as needed. It
 * shares no code and no idea with the scanner.
 */
export function recordStarts(bytes: Buffer, format: SplittableFormat, from: number): RecordStart[] {
  const text = bytes.toString('latin1');
  return format.type === 'csv'
    ? csvRecordStarts(text, format.dialect, from)
    : jsonRecordStarts(text, from);
}

function jsonRecordStarts(text: string, from: number): RecordStart[] {
  const starts: RecordStart[] = [];
  let byte = from;
  text
    .slice(from)
    .split('\n')
    .forEach((content, index) => {
      const visible = content.search(/[^ \t\r]/);
      if (visible !== -1) starts.push({ byte, line: index + 1, toldAt: byte + visible });
      byte += content.length + 1;
    });
  return starts;
}

function csvRecordStarts(text: string, dialect: Dialect, from: number): RecordStart[] {
  const starts: RecordStart[] = [];
  const endsAtCarriageReturn = dialect.lineEnd === 'cr' || dialect.lineEnd === 'mixed';
  const lineEnd = endsAtCarriageReturn ? /\r\n|\r|\n/y : /\r?\n|\r$/y;
  const lineEndAt = (at: number): number => {
    lineEnd.lastIndex = at;
    return lineEnd.exec(text)?.[0].length ?? 0;
  };
  const lineEndsBetween = (start: number, end: number): number =>
    text.slice(start, end).split(endsAtCarriageReturn ? /\r\n|\r|\n/ : '\n').length - 1;
  const behindText = (at: number): number => {
    let end = at;
    while (end < text.length && text[end] !== dialect.delimiter && lineEndAt(end) === 0) end += 1;
    return end;
  };
  const behindQuoted = (at: number, quote: string): number => {
    let close = text.indexOf(quote, at + 1);
    while (close !== -1 && text[close + 1] === dialect.quote) {
      close = text.indexOf(quote, close + 2);
    }
    return close === -1 ? text.length : close + 1;
  };
  const behindField = (at: number): number => {
    const { quote } = dialect;
    const isQuoted = quote !== null && text[at] === quote;
    return behindText(isQuoted ? behindQuoted(at, quote) : at);
  };
  const behindRecord = (at: number): number => {
    let end = behindField(at);
    while (end < text.length && text[end] === dialect.delimiter) end = behindField(end + 1);
    return end;
  };
  const behindComment = (at: number): number => {
    let end = at;
    while (end < text.length && lineEndAt(end) === 0) end += 1;
    return end;
  };

  for (let at = from; at < text.length; at += lineEndAt(at)) {
    if (lineEndAt(at) > 0) continue;
    if (text[at] === dialect.comment) {
      at = behindComment(at);
    } else {
      // A CR that ends no line is known to be text by the byte behind it.
      const isStray = text[at] === '\r';
      const last = starts.at(-1) ?? { byte: from, line: 1 };
      const line = last.line + lineEndsBetween(last.byte, at);
      starts.push({ byte: at, line, toldAt: isStray ? at + 1 : at });
      at = behindRecord(at);
    }
    if (at < text.length && lineEndAt(at) === 0) throw new Error(`no line end at byte ${at}`);
  }
  return starts;
}
