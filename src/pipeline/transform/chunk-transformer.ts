import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Contract } from '../../datasets/contract.ts';
import { FileCode, RowCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { openReader } from '../formats/record-reader.ts';
import type {
  RecordReader,
  RowProblem,
  RowProblems,
  SourceRecord,
} from '../formats/source-record.ts';
import type { Plan, RowCounts } from '../payload.ts';
import {
  columnNames,
  csvConverter,
  jsonConverter,
  plainJsonConverter,
  textConverter,
  type RecordConverter,
} from './record-converter.ts';
import { rejectedRowLine } from './rejected-row.ts';

/** Lines of JSON, each ended by a line feed: the clean records and the rejected rows. */
export interface TransformedLines {
  readonly records: string;
  readonly rejects: string;
}

export interface ChunkTransformerOptions {
  readonly plan: Pick<Plan, 'format' | 'byteOrderMark'>;
  /** Null keeps every value as the file has it. */
  readonly contract: Contract | null;
  readonly maxRecordBytes: number;
}

/**
 * The heart of Millrace: the bytes of a file in, clean records and explained rejects out.
 *
 * Pure and incremental: any split of the same bytes over `write` gives the same lines, counts and
 * digests, and memory holds one record beyond the bytes just given.
 *
 * @example
 * const transformer = new ChunkTransformer({ plan, contract, maxRecordBytes });
 * for await (const bytes of source) output(transformer.write(bytes));
 * output(transformer.end());
 * transformer.counts(); // rowsRead = rowsWritten + rowsRejected
 */
export class ChunkTransformer {
  readonly #pump: Pump;
  readonly #recordsHash = createHash('sha256');
  readonly #rejectsHash = createHash('sha256');
  readonly #rejectsByCode = new Map<string, number>();
  #rowsRead = 0;
  #rowsWritten = 0;

  constructor(options: ChunkTransformerOptions) {
    this.#pump = createPump(options);
  }

  write(bytes: Buffer): TransformedLines {
    return this.#take(this.#pump.write(bytes));
  }

  end(): TransformedLines {
    return this.#take(this.#pump.end());
  }

  /** Rows so far, and how they balance. */
  counts(): RowCounts {
    const rejectsByCode = Object.fromEntries([...this.#rejectsByCode].sort());
    const rowsRejected = [...this.#rejectsByCode.values()].reduce((sum, count) => sum + count, 0);
    return {
      rowsRead: this.#rowsRead,
      rowsWritten: this.#rowsWritten,
      rowsRejected,
      rejectsByCode,
    };
  }

  /** SHA-256 of all lines so far, in hex. */
  digests(): { recordsDigest: string; rejectsDigest: string } {
    return {
      recordsDigest: this.#recordsHash.copy().digest('hex'),
      rejectsDigest: this.#rejectsHash.copy().digest('hex'),
    };
  }

  #take(rows: readonly ConvertedRow[]): TransformedLines {
    let records = '';
    let rejects = '';
    for (const row of rows) {
      this.#rowsRead += 1;
      if ('line' in row) {
        records += `${row.line}\n`;
        this.#rowsWritten += 1;
      } else {
        rejects += `${rejectedRowLine(row.record, row.problems)}\n`;
        const { code } = row.problems[0];
        this.#rejectsByCode.set(code, (this.#rejectsByCode.get(code) ?? 0) + 1);
      }
    }
    this.#recordsHash.update(records);
    this.#rejectsHash.update(rejects);
    return { records, rejects };
  }
}

type ConvertedRow =
  | { readonly line: string }
  | { readonly record: SourceRecord<unknown>; readonly problems: RowProblems };

/** A reader and a converter joined, whatever the records' type is. */
interface Pump {
  write(bytes: Buffer): ConvertedRow[];
  end(): ConvertedRow[];
}

function createPump({ plan, contract, maxRecordBytes }: ChunkTransformerOptions): Pump {
  const options = { maxRecordBytes, firstOffset: plan.byteOrderMark ? 3 : 0 };
  const { kind, reader } = openReader(plan.format, options);
  if (kind === 'json') {
    const converter = contract === null ? plainJsonConverter : jsonConverter(contract);
    return joinPump(reader, () => converter);
  }
  const hasHeader = plan.format.type === 'csv' && plan.format.dialect.header;
  const convert = (columns: readonly string[]): RecordConverter<string[]> =>
    contract === null ? textConverter(columns) : csvConverter(contract, columns);
  return joinPump(reader, (first) => {
    const header = hasHeader ? first : (contract?.fields.map(({ name }) => name) ?? blank(first));
    return convert(columnNames(header));
  });
}

/** Without a header and without a contract the columns are named by their position. */
const blank = (fields: readonly string[]): string[] => fields.map(() => '');

function joinPump<T>(
  reader: RecordReader<T>,
  converterFor: (first: T) => RecordConverter<T>,
): Pump {
  let converter: RecordConverter<T> | null = null;
  const convertRow = (record: SourceRecord<T>): ConvertedRow[] => {
    const problem = problemOf(record);
    // Row 0 is the header.
    if (record.row === 0) requireReadableHeader(problem);
    else if (problem !== null) return [{ record, problems: [problem] }];
    converter ??= converterFor(record.value);
    if (record.row === 0) return [];
    const conversion = converter(record.value);
    return ['line' in conversion ? conversion : { record, problems: conversion.problems }];
  };
  return {
    write: (bytes) => reader.write(bytes).flatMap(convertRow),
    end: () => reader.end().flatMap(convertRow),
  };
}

/** Why the values of a record cannot be trusted; null when they can. */
function problemOf({ problem, raw }: SourceRecord<unknown>): RowProblem | null {
  return problem ?? (isUtf8(raw) ? null : INVALID_ENCODING);
}

/** Every row stands under the names in the header: an unreadable one rejects the file. */
function requireReadableHeader(problem: RowProblem | null): void {
  if (problem === null) return;
  const isEncoding = problem.code === RowCode.INVALID_ENCODING;
  const code = isEncoding ? FileCode.INVALID_ENCODING : FileCode.MALFORMED_HEADER;
  throw new FileRejected(code, `the header cannot be read: ${problem.reason}`);
}

const INVALID_ENCODING: RowProblem = {
  code: RowCode.INVALID_ENCODING,
  column: null,
  reason: 'the row is not valid UTF-8',
};
