import { RESCUED, RESERVED_NAMES, type Contract } from '../../datasets/contract.ts';
import type { CsvTokenizer } from '../formats/csv-tokenizer.ts';
import { viewOf } from '../../shared/aggregates/words.ts';
import type { Dialect } from '../payload.ts';
import { columnWriter, TEXT_COLUMN, type ColumnWriter } from './column-writer.ts';
import type { CsvColumns } from './csv-columns.ts';
import type { LineBuffer } from './line-buffer.ts';
import type { Lineage } from './lineage.ts';
import type { ContractFields } from './record-converter.ts';
import type { FieldSummary } from './summary/field-summary.ts';
import type { RowSummarizer } from './summary/row-summarizer.ts';
import { ValueMemo } from './value-memo.ts';
import { mostJsonBytes, UNCERTAIN, type ValueWriter } from './value-writer.ts';

/** Longer records go the general way: the room that a line might need is several times as long. */
const LONGEST_RECORD = 256 * 1024;
const MOST_ROW_DIGITS = 16;
const ZERO = 0x30;

export interface CsvLineWriterOptions {
  readonly quote: Dialect['quote'];
  readonly columns: CsvColumns;
  readonly lineage: Lineage | null;
  /** Null keeps every value as text. */
  readonly rules: { readonly contract: Contract; readonly fields: ContractFields } | null;
  /**
   * Gets the records that are written.
   * @default null: they are not summed up
   */
  readonly summarizer?: RowSummarizer | null;
}

/** One column of a line. */
interface LineColumn {
  /** What stands before the value: the property's name, and what else is the same in each line. */
  readonly before: Buffer;
  /** Index of the column in the file. */
  readonly index: number;
  readonly whenEmpty: ColumnWriter['whenEmpty'];
  readonly write: ValueWriter;
  readonly byRule: ValueWriter;
}

/**
 * The fast lane: writes the lines of records straight from the bytes of the file.
 *
 * It takes a record only if it is certain of every value. All others are for the general way, a
 * `RecordConverter`, which gives the same lines and also knows why a record cannot be taken.
 */
export class CsvLineWriter {
  /** Whether every line has values of columns that the contract does not know. */
  readonly rescuesValues: boolean;
  readonly #columns: readonly LineColumn[];
  readonly #opening: Buffer | null;
  readonly #ending: Buffer;
  readonly #expectedFields: number;
  readonly #trailingDelimiter: boolean;
  /** Room for what is the same in each line and for what short values grow by. */
  readonly #fixedBytes: number;
  readonly #quote: number;
  readonly #uniqueValues: UniqueValues | null;
  readonly #summary: SummarizedFields | null;
  /** Where the value of each column starts in the line at hand, and last where one behind all would. */
  readonly #valueStarts: Int32Array;
  #scratch = Buffer.alloc(1024);

  constructor({ quote, columns, lineage, rules, summarizer = null }: CsvLineWriterOptions) {
    const layout = new LineLayout(lineage !== null);
    const rescued = rules === null ? addTexts(layout, columns) : addFields(layout, columns, rules);
    addRescued(layout, columns, rescued);
    this.rescuesValues = rescued.length > 0;
    this.#columns = layout.columns;
    this.#opening = lineage && Buffer.from(lineage.opening);
    this.#ending = layout.ending();
    this.#expectedFields = columns.names.length;
    this.#trailingDelimiter = columns.trailingDelimiter;
    this.#fixedBytes = layout.fixedBytes + (this.#opening?.length ?? 0) + MOST_ROW_DIGITS;
    this.#quote = quote?.charCodeAt(0) ?? -1;
    this.#uniqueValues = rules && uniqueValues(rules.fields, columns, layout.columns);
    this.#summary = summarizer && this.#summarized(summarizer, columns);
    this.#valueStarts = new Int32Array(this.#columns.length + 1);
  }

  /**
   * Writes the line of the record at which the tokenizer stands; false, and nothing is written, when
   * the general way has to judge it. The record is valid UTF-8 without a NUL.
   *
   * @throws FileRejected TOO_MANY_UNIQUE_VALUES
   */
  write(record: CsvTokenizer, lines: LineBuffer): boolean {
    const length = record.end - record.start;
    if (length > LONGEST_RECORD || !this.#hasItsFields(record)) return false;
    lines.reserve(this.#fixedBytes + mostJsonBytes(length));
    const end = this.#writeLine(record, lines.bytes, lines.length);
    if (end === UNCERTAIN) return false;
    if (this.#uniqueValues !== null && !this.#areUnique(this.#uniqueValues, record, lines.bytes)) {
      return false;
    }
    if (this.#summary !== null) this.#sumUp(this.#summary, lines.bytes);
    lines.length = end;
    return true;
  }

  #hasItsFields({ fieldCount, starts, ends }: CsvTokenizer): boolean {
    const expected = this.#expectedFields;
    if (fieldCount === expected) return true;
    const isTrailed = this.#trailingDelimiter && fieldCount === expected + 1;
    return isTrailed && starts[expected] === ends[expected];
  }

  /** Gives the index behind the line. One loop, because all values of a file pass through it. */
  #writeLine(record: CsvTokenizer, out: Buffer, start: number): number {
    const columns = this.#columns;
    const { bytes, starts, ends, doubled } = record;
    let at =
      this.#opening === null ? start : this.#writeLineage(this.#opening, record.row, out, start);
    for (let column = 0; column < columns.length; column += 1) {
      const { before, index, whenEmpty, write, byRule } = columns[column] ?? NO_COLUMN;
      out.set(before, at);
      at += before.length;
      const from = starts[index] ?? 0;
      const to = ends[index] ?? 0;
      this.#valueStarts[column] = at;
      if (from === to && whenEmpty !== 'text') {
        if (whenEmpty === 'rejected') return UNCERTAIN;
        at = writeNull(out, at);
      } else if (doubled[index] === 1) {
        at = this.#writeDoubled(record, column, out, at);
      } else {
        const end = write(bytes, from, to, out, at);
        at = end === UNCERTAIN ? byRule(bytes, from, to, out, at) : end;
      }
      if (at === UNCERTAIN) return UNCERTAIN;
    }
    out.set(this.#ending, at);
    at += this.#ending.length;
    this.#valueStarts[columns.length] = at;
    return at;
  }

  /** Writes a value of which the source doubles the quotes. */
  #writeDoubled(record: CsvTokenizer, column: number, out: Buffer, at: number): number {
    const { index, write, byRule } = this.#columns[column] ?? NO_COLUMN;
    const length = this.#undouble(record.bytes, record.starts[index] ?? 0, record.ends[index] ?? 0);
    const end = write(this.#scratch, 0, length, out, at);
    return end === UNCERTAIN ? byRule(this.#scratch, 0, length, out, at) : end;
  }

  #writeLineage(opening: Buffer, row: number, out: Buffer, at: number): number {
    out.set(opening, at);
    return writeDigits(row, out, at + opening.length);
  }

  /** Copies a value to the scratch bytes, of two quotes only one. Gives its length. */
  #undouble(source: Buffer, start: number, end: number): number {
    if (end - start > this.#scratch.length) this.#scratch = Buffer.alloc(2 * (end - start));
    const scratch = this.#scratch;
    let length = 0;
    for (let at = start; at < end; at += 1) {
      const byte = source[at] ?? 0;
      scratch[length] = byte;
      length += 1;
      if (byte === this.#quote) at += 1;
    }
    return length;
  }

  #valueEnd(column: number): number {
    return (this.#valueStarts[column + 1] ?? 0) - this.#lengthBehind(column);
  }

  /** How much stands between the value of a column and that of the next one. */
  #lengthBehind(column: number): number {
    return (this.#columns[column + 1]?.before ?? this.#ending).length;
  }

  #summarized({ fields }: RowSummarizer, { ofFields }: CsvColumns): SummarizedFields | null {
    if (fields.length === 0) return null;
    const places = fields.map(({ field, summary }) => {
      const column = this.#columns.findIndex(({ index }) => index === ofFields[field]);
      return { summary, column, behind: this.#lengthBehind(column) };
    });
    return { places, bytes: NULL, view: NULL_VIEW };
  }

  #sumUp(fields: SummarizedFields, out: Buffer): void {
    if (fields.bytes !== out) {
      fields.bytes = out;
      fields.view = viewOf(out);
    }
    const { places, view } = fields;
    const starts = this.#valueStarts;
    for (const { summary, column, behind } of places) {
      if (column === -1) summary.add(NULL, NULL_VIEW, 0, NULL.length);
      else summary.add(out, view, starts[column] ?? 0, (starts[column + 1] ?? 0) - behind);
    }
  }

  /** Asks of a record that is right in itself whether it is unique. */
  #areUnique(
    { fields, columns, values }: UniqueValues,
    record: CsvTokenizer,
    out: Buffer,
  ): boolean {
    for (const [field, column] of columns) {
      values[field] = out.toString('utf8', this.#valueStarts[column], this.#valueEnd(column));
    }
    return fields.uniqueness.problemsOf(values, record.row).length === 0;
  }
}

const NO_COLUMN: LineColumn = { ...TEXT_COLUMN, before: Buffer.alloc(0), index: 0 };

/** The values of a line that have to be unique. */
interface UniqueValues {
  readonly fields: ContractFields;
  /** Their fields, and the columns of the line that hold them. */
  readonly columns: readonly (readonly [number, number])[];
  /** The values at hand as JSON text, by their fields. */
  readonly values: string[];
}

function uniqueValues(
  fields: ContractFields,
  { ofFields }: CsvColumns,
  lineColumns: readonly LineColumn[],
): UniqueValues | null {
  const unique = fields.uniqueness.fields;
  if (unique.length === 0) return null;
  const columns = unique
    .map(
      (field) => [field, lineColumns.findIndex(({ index }) => index === ofFields[field])] as const,
    )
    .filter(([, column]) => column !== -1);
  return { fields, columns, values: fields.rules.map(() => 'null') };
}

/** The value of a field that the file has no column for. */
const NULL = Buffer.from('null');
const NULL_VIEW = viewOf(NULL);

/** A field that is summed up, and where its value stands in a line. */
interface SummarizedField {
  readonly summary: FieldSummary;
  /** Column of the line; -1 where the file has none for the field. */
  readonly column: number;
  /** How much stands between its value and the next one. */
  readonly behind: number;
}

/** The fields of a line that are summed up. */
interface SummarizedFields {
  readonly places: readonly SummarizedField[];
  /** The bytes of the line at hand, and a view of them. */
  bytes: Buffer;
  view: DataView;
}

/** Puts the columns of a line one behind the other, with all that stands between their values. */
class LineLayout {
  readonly columns: LineColumn[] = [];
  fixedBytes = 0;
  /** What stands behind the last value so far. */
  #text: string;
  #isFirst: boolean;

  /** @param lineage whether properties of the lineage stand before all others */
  constructor(lineage: boolean) {
    this.#text = lineage ? '' : '{';
    this.#isFirst = !lineage;
  }

  addColumn(name: string, index: number, writer: ColumnWriter): void {
    this.#addName(name);
    const before = this.#takeText();
    this.columns.push({ before, index, ...writer });
    this.fixedBytes += mostJsonBytes(0);
  }

  addNull(name: string): void {
    this.#addName(name);
    this.#text += 'null';
  }

  openObject(name: string): void {
    this.#addName(name);
    this.#text += '{';
    this.#isFirst = true;
  }

  closeObject(): void {
    this.#text += '}';
    this.#isFirst = false;
  }

  ending(): Buffer {
    this.#text += '}\n';
    return this.#takeText();
  }

  #addName(name: string): void {
    this.#text += `${this.#isFirst ? '' : ','}${JSON.stringify(name)}:`;
    this.#isFirst = false;
  }

  #takeText(): Buffer {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.fixedBytes += bytes.length;
    return bytes;
  }
}

/** Adds the columns of a file without a contract; gives those that have to be rescued. */
function addTexts(layout: LineLayout, { names }: CsvColumns): number[] {
  const rescued: number[] = [];
  names.forEach((name, index) => {
    if (RESERVED_NAMES.has(name)) rescued.push(index);
    else layout.addColumn(name, index, TEXT_COLUMN);
  });
  return rescued;
}

/** Adds the fields of a contract; gives the columns that have to be rescued. */
function addFields(
  layout: LineLayout,
  { ofFields, unknown }: CsvColumns,
  { contract, fields }: NonNullable<CsvLineWriterOptions['rules']>,
): readonly number[] {
  const memo = new ValueMemo();
  fields.rules.forEach((rule, index) => {
    const field = contract.fields[index];
    const column = ofFields[index] ?? -1;
    if (field === undefined || column === -1) layout.addNull(rule.name);
    else layout.addColumn(rule.name, column, columnWriter(field, rule, { contract, column, memo }));
  });
  return unknown;
}

function addRescued(layout: LineLayout, { names }: CsvColumns, rescued: readonly number[]): void {
  if (rescued.length === 0) return;
  layout.openObject(RESCUED);
  for (const index of rescued) layout.addColumn(names[index] ?? '', index, TEXT_COLUMN);
  layout.closeObject();
}

function writeNull(out: Buffer, at: number): number {
  out[at] = 0x6e;
  out[at + 1] = 0x75;
  out[at + 2] = 0x6c;
  out[at + 3] = 0x6c;
  return at + 4;
}

function writeDigits(number: number, out: Buffer, at: number): number {
  let end = at + 1;
  for (let power = 10; power <= number; power *= 10) end += 1;
  let rest = number;
  for (let to = end - 1; to >= at; to -= 1) {
    const next = Math.floor(rest / 10);
    out[to] = ZERO + rest - next * 10;
    rest = next;
  }
  return end;
}
