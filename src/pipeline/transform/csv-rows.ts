import { isUtf8 } from 'node:buffer';
import type { Contract } from '../../datasets/contract.ts';
import { FileCode, NoticeCode, RowCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { csvRecordReader } from '../formats/csv-reader.ts';
import { CsvTokenizer } from '../formats/csv-tokenizer.ts';
import type { ReaderOptions, RowProblem, SourceRecord } from '../formats/source-record.ts';
import type { Dialect } from '../payload.ts';
import { csvColumns, requireColumnLimit } from './csv-columns.ts';
import { CsvLineWriter } from './csv-line-writer.ts';
import type { Lineage } from './lineage.ts';
import {
  type ContractFields,
  csvConverter,
  textConverter,
  type RecordConverter,
} from './record-converter.ts';
import type { RowOutput, TransformedLines } from './row-output.ts';
import type { RowSummarizer } from './summary/row-summarizer.ts';
import { unreadableRow } from './unreadable-row.ts';

export interface CsvRowsOptions {
  readonly dialect: Dialect;
  readonly reader: ReaderOptions;
  /** Null where there is no contract. */
  readonly rules: Rules | null;
  readonly lineage: Lineage | null;
  /** Gets what the fast lane writes; null where rows are not summed up. */
  readonly summarizer: RowSummarizer | null;
  readonly maxColumns: number;
  /** False sends every record the general way. */
  readonly fastLane: boolean;
  /** The record that names the columns, where it stands before the rows; null where it is among them. */
  readonly columnRecord: SourceRecord<string[]> | null;
}

/** A contract, and its fields, which remember what has to be unique. */
export interface Rules {
  readonly contract: Contract;
  readonly fields: ContractFields;
}

/** How the records of a file are converted, once its columns are known. */
interface Conversions {
  /** The fast lane: the bytes of a line from the bytes of a record; null where it is closed. */
  readonly lines: CsvLineWriter | null;
  /** The general way, by which any record goes. */
  readonly converter: RecordConverter<string[]>;
}

/** Takes the rows of a CSV file to their output, each as soon as its end is certain. */
export class CsvRows {
  readonly #options: CsvRowsOptions;
  readonly #output: RowOutput;
  readonly #tokenizer: CsvTokenizer;
  readonly #readRecord: (tokenizer: CsvTokenizer) => SourceRecord<string[]>;
  readonly #problemOf: (record: SourceRecord<unknown>) => RowProblem | null;
  #conversions: Conversions | null = null;
  #isLast = false;
  /** Whether all records of the bytes at hand are text; null until it is asked for. */
  #allText: boolean | null = null;

  constructor(options: CsvRowsOptions, output: RowOutput) {
    const { dialect, reader } = options;
    this.#options = options;
    this.#output = output;
    this.#tokenizer = new CsvTokenizer(dialect, reader);
    this.#readRecord = csvRecordReader(dialect);
    this.#problemOf = unreadableRow(reader.encoding);
    if (options.columnRecord !== null) this.#takeColumns(options.columnRecord);
  }

  /** Gives the output's lines whenever it is full. */
  *write(bytes: Buffer): Generator<TransformedLines> {
    this.#tokenizer.write(bytes);
    yield* this.#takeRecords();
  }

  *end(): Generator<TransformedLines> {
    this.#tokenizer.finish();
    this.#isLast = true;
    yield* this.#takeRecords();
  }

  *#takeRecords(): Generator<TransformedLines> {
    this.#allText = null;
    while (this.#tokenizer.next()) {
      if (!this.#takeFast()) this.#takeAny();
      if (this.#output.isFull) yield this.#output.take();
    }
  }

  #takeFast(): boolean {
    const lines = this.#conversions?.lines ?? null;
    const tokenizer = this.#tokenizer;
    if (lines === null || tokenizer.problem !== null || !this.#isText()) return false;
    if (!lines.write(tokenizer, this.#output.records)) return false;
    this.#output.countWritten(
      tokenizer.hasQuoteAsText ? NoticeCode.QUOTE_IN_UNQUOTED_FIELD : undefined,
      lines.rescuesValues ? NoticeCode.VALUES_RESCUED : undefined,
    );
    return true;
  }

  /** Whether the record is valid UTF-8 without a NUL: asked once for all records at hand. */
  #isText(): boolean {
    const { bytes, start, end } = this.#tokenizer;
    this.#allText ??= isText(withoutOpenEnd(bytes.subarray(start), this.#isLast));
    return this.#allText || isText(bytes.subarray(start, end));
  }

  #takeAny(): void {
    const record = this.#readRecord(this.#tokenizer);
    // Row 0 is the header.
    if (record.row === 0) return void this.#takeColumns(record);
    const problem = this.#problemOf(record);
    if (problem !== null) return this.#output.add(record, { problems: [problem] });
    const { converter } = this.#conversions ?? this.#takeColumns(record);
    this.#output.add(record, converter(record.value, record.row));
  }

  #takeColumns(record: SourceRecord<string[]>): Conversions {
    if (record.row === 0) requireReadableHeader(this.#problemOf(record));
    return (this.#conversions = this.#open(record.value));
  }

  /** @param first the header, or the first row where there is none */
  #open(first: readonly string[]): Conversions {
    const { dialect, rules, lineage, summarizer, maxColumns, fastLane } = this.#options;
    const columns = csvColumns(first, dialect, rules?.contract ?? null);
    requireColumnLimit(columns.names, maxColumns);
    // What is out of the ordinary with the columns is counted where they stand.
    if (this.#options.columnRecord === null) this.#output.addNotices(columns.notices);
    const { quote } = dialect;
    return {
      lines: fastLane ? new CsvLineWriter({ quote, columns, lineage, rules, summarizer }) : null,
      converter:
        rules === null
          ? textConverter(columns)
          : csvConverter(rules.contract, columns, rules.fields),
    };
  }
}

/** Every row stands under the names in the header: an unreadable one rejects the file. */
function requireReadableHeader(problem: RowProblem | null): void {
  if (problem === null) return;
  const isEncoding = problem.code === RowCode.INVALID_ENCODING;
  const code = isEncoding ? FileCode.INVALID_ENCODING : FileCode.MALFORMED_HEADER;
  throw new FileRejected(code, `the header cannot be read: ${problem.reason}`);
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/**
 * The bytes without a character at their end that may have only begun. No record ends in it: but for
 * the last one, each ends before a line end, which is ASCII.
 */
function withoutOpenEnd(bytes: Buffer, isLast: boolean): Buffer {
  let end = bytes.length;
  while (!isLast && end > 0 && (bytes[end - 1] ?? 0) >= 0x80) end -= 1;
  return bytes.subarray(0, end);
}
