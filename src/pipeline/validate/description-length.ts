import { cellKind, type CellKind } from './cell-kind.ts';
import type { SampleReading } from './read-sample.ts';

/** A record that has another number of fields than most: it would be rejected, or most would. */
const ODD_RECORD_BITS = 16;
/** A first line such as `id,note` that is read as one name: names hold no bare delimiters. */
const GLUED_NAMES_BITS = 60;
/** A record that has another number of fields than the first one, which may name the columns. */
const UNLIKE_FIRST_BITS = 4;
const PROBLEM_BITS = 20;
const OPEN_QUOTE_BITS = 20;

const DIGIT_BITS = 3.4;
/** Bits of what stands between the digits of a value; kinds that are not named here are text. */
const MARK_BITS: Readonly<Partial<Record<CellKind, number>>> = {
  number: 2.5,
  identifier: 2.5,
  address: 2.5,
  date: 0.5,
  time: 0.5,
};
/** A comma is more often a delimiter than a part of a value. */
const COMMA_BITS = 4;
const COMMA = 0x2c;
const VALUE_END_BITS = 2;
/** A blank at a cell's start or end is rarer than one inside. */
const OUTER_BLANK_BITS = 1.5;
const MISSING_BITS = 4;

/** Bits of each ASCII character within text; the frequent ones are cheap. */
const TEXT_BITS = Float64Array.from({ length: 128 }, (_, code) =>
  textBits(String.fromCharCode(code)),
);
const OTHER_CHARACTER_BITS = 6;

function textBits(character: string): number {
  if (/[a-z \r\n]/.test(character)) return 4.5;
  if (/\d/.test(character)) return 5;
  if (/[A-Z._-]/.test(character)) return 5.3;
  if (character === ';') return 8;
  if (/[|"]/.test(character)) return 9;
  return /[\t\x00-\x08]/.test(character) ? 10 : 6.3;
}

/** How well a reading of a sample explains it. */
export interface Description {
  /** Length in bits of the shortest description found. */
  readonly bits: number;
  /** Share of records that can be read and have the most frequent number of fields. */
  readonly agreement: number;
}

/**
 * Length of a sample's description as a table: the reading with the shortest one is the most likely.
 *
 * Where fields and records end is free where every record has the same number of fields; values cost
 * less than text, and columns of one kind less than mixed ones. A delimiter that is none costs more
 * than it saves: records differ in their number of fields, values fall apart into text.
 */
export function describeReading(reading: SampleReading, sample: Buffer): Description {
  const { records } = reading;
  const fields = mostFrequent(records.map(({ value }) => value.length));
  const [first] = records;
  let bits = reading.endsInQuote ? OPEN_QUOTE_BITS + textLinesBits(unread(reading, sample)) : 0;
  let agreeing = 0;
  for (const { value, problem } of records) {
    if (problem !== null) bits += PROBLEM_BITS;
    else if (value.length !== fields) bits += ODD_RECORD_BITS;
    else agreeing += 1;
    if (first !== undefined && !areAlike(first.value, value)) bits += UNLIKE_FIRST_BITS;
  }
  if (first !== undefined && areGluedNames(first.value)) bits += GLUED_NAMES_BITS;
  bits += cellsBits(records.map(({ value }) => value));
  return { bits, agreement: records.length === 0 ? 0 : agreeing / records.length };
}

/** Whether a first record of one field looks like several names with delimiters between them. */
function areGluedNames([name = '', ...others]: readonly string[]): boolean {
  return (
    others.length === 0 &&
    /^[\p{L}_][^\s"]*[,;|\t][\p{L}_]/u.test(name) &&
    cellKind(name) === 'text'
  );
}

function mostFrequent(lengths: readonly number[]): number {
  const frequency = new Map<number, number>();
  for (const length of lengths) frequency.set(length, (frequency.get(length) ?? 0) + 1);
  return [...frequency].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0])[0];
}

/** Whether two records have the same fields, but for an empty one behind a trailing delimiter. */
function areAlike(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const extra = long.length - short.length;
  return extra === 0 || (extra === 1 && long.at(-1) === '');
}

function cellBits(cell: string, kind: CellKind): number {
  if (kind === 'empty') return cell.length * OUTER_BLANK_BITS;
  const text = cell.trim();
  const outer = cell.length - text.length;
  const blanks = outer === 0 ? 0 : outer * OUTER_BLANK_BITS + Math.min(outer, 2) * 4.5;
  return blanks + valueBits(text, kind);
}

function valueBits(text: string, kind: CellKind): number {
  if (kind === 'missing') return MISSING_BITS;
  const markBits = MARK_BITS[kind];
  return markBits === undefined ? wordBits(text) : markedDigits(text, markBits);
}

function markedDigits(text: string, markBits: number): number {
  let bits = VALUE_END_BITS;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) bits += DIGIT_BITS;
    else bits += code === COMMA ? Math.max(markBits, COMMA_BITS) : markBits;
  }
  return bits;
}

function wordBits(text: string): number {
  let bits = Math.log2(text.length + 1) + VALUE_END_BITS;
  for (let at = 0; at < text.length; at += 1) {
    bits += TEXT_BITS[text.charCodeAt(at)] ?? OTHER_CHARACTER_BITS;
  }
  return bits;
}

/** Bits of all cells: of their characters, and of which of its column's kinds each has. */
function cellsBits(rows: readonly (readonly string[])[]): number {
  const columns: Map<CellKind, number>[] = [];
  let bits = 0;
  rows.forEach((row, index) => {
    row.forEach((cell, column) => {
      const kind = cellKind(cell);
      bits += cellBits(cell, kind);
      const counts = (columns[column] ??= new Map<CellKind, number>());
      // The first row may be names, which are of no kind.
      if (index > 0) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    });
  });
  return columns.reduce((sum, counts) => sum + entropyBits([...counts.values()]), bits);
}

function entropyBits(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((bits, count) => bits - count * Math.log2(count / total), 0);
}

/** What follows the last record that could be read. */
function unread({ records }: SampleReading, sample: Buffer): string {
  const last = records.at(-1);
  return sample.toString('utf8', last === undefined ? 0 : last.offset + last.raw.length);
}

/** Costs of lines that are not told apart into fields: no better and no worse than any reading. */
function textLinesBits(text: string): number {
  return text
    .split(/[\r\n]+/)
    .reduce((bits, line) => bits + (line === '' ? 0 : cellBits(line, cellKind(line))), 0);
}
