import { createHash } from 'node:crypto';
import {
  LINEAGE_FILE,
  LINEAGE_ROW,
  type Contract,
  type Encoding,
} from '../../datasets/contract.ts';
import { FileCode, RowCode, type NoticeCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { Tally } from '../../shared/tally.ts';
import { byteOrderMarkOf } from '../encoding.ts';
import { openReader } from '../formats/record-reader.ts';
import type { RecordReader, RowProblem, SourceRecord } from '../formats/source-record.ts';
import type { FileLimits } from '../limits.ts';
import type { Plan, RowCounts } from '../payload.ts';
import { csvColumns, requireColumnLimit } from './csv-columns.ts';
import {
  csvConverter,
  jsonConverter,
  plainJsonConverter,
  textConverter,
  type Conversion,
  type RecordConverter,
} from './record-converter.ts';
import { rejectedRowLine } from './rejected-row.ts';
import { unreadableRow } from './unreadable-row.ts';

/** Lines of JSON, each ended by a line feed: the clean records and the rejected rows. */
export interface TransformedLines {
  readonly records: string;
  readonly rejects: string;
}

export interface ChunkTransformerOptions {
  /** The file's object key, for lineage. */
  readonly key: string;
  readonly plan: Pick<Plan, 'format' | 'encoding' | 'byteOrderMark'>;
  /** Null keeps every value as the file has it. */
  readonly contract: Contract | null;
  readonly limits: Pick<FileLimits, 'maxRecordBytes' | 'maxColumns'>;
}

/**
 * The heart of Millrace: the bytes of a file in, clean records and explained rejects out.
 *
 * Pure and incremental: any split of the same bytes over `write` gives the same lines, counts and
 * digests, and memory holds one record beyond the bytes just given.
 *
 * @example
 * const transformer = new ChunkTransformer({ key, plan, contract, limits });
 * for await (const bytes of source) output(transformer.write(bytes));
 * output(transformer.end());
 * transformer.counts(); // rowsRead = rowsWritten + rowsRejected
 */
export class ChunkTransformer {
  readonly #encoding: Encoding;
  readonly #lineage: Lineage | null;
  readonly #pump: Pump;
  readonly #recordsHash = createHash('sha256');
  readonly #rejectsHash = createHash('sha256');
  readonly #rejectsByCode = new Tally<RowCode>();
  readonly #noticesByCode = new Tally<NoticeCode>();
  #rowsRead = 0;
  #rowsWritten = 0;

  constructor(options: ChunkTransformerOptions) {
    const { key, plan, contract } = options;
    this.#encoding = plan.encoding;
    this.#lineage = (contract?.millrace.lineage ?? true) ? new Lineage(key) : null;
    this.#pump = createPump(options, this.#noticesByCode);
  }

  write(bytes: Buffer): TransformedLines {
    return this.#take(this.#pump.write(bytes));
  }

  end(): TransformedLines {
    return this.#take(this.#pump.end());
  }

  /** Rows so far, how they balance, and what was out of the ordinary. */
  counts(): RowCounts {
    return {
      rowsRead: this.#rowsRead,
      rowsWritten: this.#rowsWritten,
      rowsRejected: this.#rejectsByCode.total(),
      rejectsByCode: this.#rejectsByCode.byCode(),
      noticesByCode: this.#noticesByCode.byCode(),
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
    for (const { record, conversion } of rows) {
      this.#rowsRead += 1;
      if ('line' in conversion) {
        records += `${this.#lineage?.add(conversion.line, record.row) ?? conversion.line}\n`;
        this.#rowsWritten += 1;
        this.#noticesByCode.add(record.notice);
        this.#noticesByCode.add(conversion.notice);
      } else {
        rejects += `${rejectedRowLine(record, conversion.problems, this.#encoding)}\n`;
        this.#rejectsByCode.add(conversion.problems[0].code);
      }
    }
    this.#recordsHash.update(records);
    this.#rejectsHash.update(rejects);
    return { records, rejects };
  }
}

/** Says of each record from which file and which row it comes. */
class Lineage {
  readonly #prefix: string;

  constructor(key: string) {
    this.#prefix = `{"${LINEAGE_FILE}":${JSON.stringify(key)},"${LINEAGE_ROW}":`;
  }

  add(line: string, row: number): string {
    return `${this.#prefix}${row}${line === '{}' ? '' : ','}${line.slice(1)}`;
  }
}

interface ConvertedRow {
  readonly record: SourceRecord<unknown>;
  readonly conversion: Conversion;
}

/** A reader and a converter joined, whatever the records' type is. */
interface Pump {
  write(bytes: Buffer): ConvertedRow[];
  end(): ConvertedRow[];
}

function createPump(
  { plan, contract, limits }: ChunkTransformerOptions,
  notices: Tally<NoticeCode>,
): Pump {
  const { format, encoding, byteOrderMark } = plan;
  const opened = openReader(format, {
    maxRecordBytes: limits.maxRecordBytes,
    encoding,
    firstOffset: byteOrderMark ? byteOrderMarkOf(encoding).length : 0,
  });
  const problemOf = unreadableRow(encoding);
  if (opened.kind === 'json') {
    const converter = contract === null ? plainJsonConverter() : jsonConverter(contract);
    return joinPump(opened.reader, problemOf, () => converter);
  }
  return joinPump(opened.reader, problemOf, (first) => {
    const columns = csvColumns(first, opened.dialect, contract);
    requireColumnLimit(columns.names, limits.maxColumns);
    for (const [code, count] of columns.notices) notices.add(code, count);
    return contract === null ? textConverter(columns) : csvConverter(contract, columns);
  });
}

/** Why the values of a record cannot be trusted; null when they can. */
type ProblemOf = (record: SourceRecord<unknown>) => RowProblem | null;

function joinPump<T>(
  reader: RecordReader<T>,
  problemOf: ProblemOf,
  converterFor: (first: T) => RecordConverter<T>,
): Pump {
  let converter: RecordConverter<T> | null = null;
  const convertRow = (record: SourceRecord<T>): ConvertedRow[] => {
    const problem = problemOf(record);
    // Row 0 is the header.
    if (record.row === 0) requireReadableHeader(problem);
    else if (problem !== null) return [{ record, conversion: { problems: [problem] } }];
    converter ??= converterFor(record.value);
    return record.row === 0 ? [] : [{ record, conversion: converter(record.value, record.row) }];
  };
  return {
    write: (bytes) => reader.write(bytes).flatMap(convertRow),
    end: () => reader.end().flatMap(convertRow),
  };
}

/** Every row stands under the names in the header: an unreadable one rejects the file. */
function requireReadableHeader(problem: RowProblem | null): void {
  if (problem === null) return;
  const isEncoding = problem.code === RowCode.INVALID_ENCODING;
  const code = isEncoding ? FileCode.INVALID_ENCODING : FileCode.MALFORMED_HEADER;
  throw new FileRejected(code, `the header cannot be read: ${problem.reason}`);
}
