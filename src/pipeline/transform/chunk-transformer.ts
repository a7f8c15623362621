import type { Contract } from '../../datasets/contract.ts';
import type { RowSummaryJson } from '../../shared/aggregates/row-summary.ts';
import { byteOrderMarkOf } from '../encoding.ts';
import { openJsonReader } from '../formats/record-reader.ts';
import type { ReaderOptions, SourceRecord } from '../formats/source-record.ts';
import type { FileLimits } from '../limits.ts';
import type { Plan, RowCounts } from '../payload.ts';
import { CsvRows, type Rules } from './csv-rows.ts';
import { JsonRows } from './json-rows.ts';
import { lineageOf, type Lineage } from './lineage.ts';
import { ContractFields, jsonConverter, plainJsonConverter } from './record-converter.ts';
import { RowOutput, type TransformedLines } from './row-output.ts';
import { RowSummarizer } from './summary/row-summarizer.ts';
import { unreadableRow } from './unreadable-row.ts';

export type { TransformedLines } from './row-output.ts';

export interface ChunkTransformerOptions {
  /** The file's object key, for lineage. */
  readonly key: string;
  readonly plan: Pick<Plan, 'format' | 'encoding' | 'byteOrderMark'>;
  /** Null keeps every value as the file has it. */
  readonly contract: Contract | null;
  readonly limits: Pick<FileLimits, 'maxRecordBytes' | 'maxColumns'>;
  /**
   * Asks for a summary of the rows, of a file that arrived at that time (ISO 8601, UTC).
   * @default none is made
   */
  readonly summary?: { readonly arrivedAt: string };
  /**
   * False sends every CSV record the general way, with the same result: what the fast lane is held to.
   * @default true
   */
  readonly fastLane?: boolean;
  /**
   * Where the chunk starts.
   *
   * @default at the start of the file, behind its byte order mark
   */
  readonly start?: ChunkStart;
}

/** The start of a chunk in the middle of a file. */
export interface ChunkStart {
  /** Offset of its first byte in the source. */
  readonly offset: number;
  /** Number of its first record. */
  readonly row: number;
  /** Physical line on which it starts. */
  readonly line: number;
  /**
   * The record before it that a CSV file's columns come from, see `findColumnRecord`; null where there
   * is none.
   */
  readonly columnRecord: SourceRecord<string[]> | null;
}

/**
 * The heart of Millrace: the bytes of a file in, clean records and explained rejects out.
 *
 * Pure and incremental: any split of the same bytes gives the same lines, counts and digests, and
 * memory holds one record beyond the bytes just given, and about a mebibyte of lines.
 *
 * @example
 * const transformer = new ChunkTransformer({ key, plan, contract, limits });
 * for await (const lines of transformer.linesOf(source)) await output(lines);
 * transformer.counts(); // rowsRead = rowsWritten + rowsRejected
 */
export class ChunkTransformer {
  readonly #output: RowOutput;
  readonly #rows: RowReader;
  readonly #summarizer: RowSummarizer | null;

  /** @throws FileRejected when the columns before the chunk cannot be taken */
  constructor(options: ChunkTransformerOptions) {
    const { key, plan, contract, summary } = options;
    const lineage = lineageOf(key, contract);
    const rules = contract && { contract, fields: new ContractFields(contract) };
    const summarizer = summary ? new RowSummarizer({ rules, ...summary }) : null;
    this.#output = new RowOutput({ encoding: plan.encoding, lineage, summarizer });
    this.#rows = openRows(options, { rules, lineage, summarizer }, this.#output);
    this.#summarizer = summarizer;
  }

  /**
   * All lines of a source, in portions.
   *
   * @throws FileRejected when the file as a whole cannot be taken
   */
  async *linesOf(
    source: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): AsyncGenerator<TransformedLines> {
    for await (const bytes of source) yield* this.write(bytes);
    yield* this.end();
  }

  /** Takes a source to its end where only counts and digests are wanted. */
  async drain(source: AsyncIterable<Buffer>): Promise<void> {
    const lines = this.linesOf(source);
    while ((await lines.next()).done !== true);
  }

  /** The lines of the next bytes, as far as their ends are certain. Iterate it to its end. */
  *write(bytes: Buffer): Generator<TransformedLines> {
    yield* this.#rows.write(bytes);
    yield this.#output.take();
  }

  /** The lines of what is left. Iterate it to its end. */
  *end(): Generator<TransformedLines> {
    yield* this.#rows.end();
    yield this.#output.take();
  }

  /** Rows so far, how they balance, and what was out of the ordinary. */
  counts(): RowCounts {
    return this.#output.counts();
  }

  /** SHA-256 of all lines so far, in hex. */
  digests(): { recordsDigest: string; rejectsDigest: string } {
    return this.#output.digests();
  }

  /**
   * What the rows so far add up to.
   *
   * @throws TypeError when no summary was asked for
   */
  summary(): RowSummaryJson {
    if (this.#summarizer === null) throw new TypeError('no summary was asked for');
    return this.#summarizer.toJson();
  }
}

/** Takes the rows of a format to their output, and gives its lines whenever it is full. */
interface RowReader {
  write(bytes: Buffer): Iterable<TransformedLines>;
  end(): Iterable<TransformedLines>;
}

/** What rows are converted by. */
interface Conversion {
  readonly rules: Rules | null;
  readonly lineage: Lineage | null;
  readonly summarizer: RowSummarizer | null;
}

function openRows(
  { plan, limits, fastLane = true, start }: ChunkTransformerOptions,
  { rules, lineage, summarizer }: Conversion,
  output: RowOutput,
): RowReader {
  const { format, encoding } = plan;
  const { maxRecordBytes } = limits;
  const reader: ReaderOptions = { maxRecordBytes, encoding, ...firstsOf(start, plan) };
  if (format.type === 'csv') {
    const { dialect } = format;
    const { maxColumns } = limits;
    const columnRecord = start?.columnRecord ?? null;
    return new CsvRows(
      { dialect, reader, rules, lineage, summarizer, maxColumns, fastLane, columnRecord },
      output,
    );
  }
  const converter = rules ? jsonConverter(rules.contract, rules.fields) : plainJsonConverter();
  const problemOf = unreadableRow(encoding);
  return new JsonRows({ reader: openJsonReader(format, reader), converter, problemOf }, output);
}

function firstsOf(
  start: ChunkStart | undefined,
  { encoding, byteOrderMark }: ChunkTransformerOptions['plan'],
): Pick<ReaderOptions, 'firstOffset' | 'firstRow' | 'firstLine'> {
  if (start !== undefined) {
    return { firstOffset: start.offset, firstRow: start.row, firstLine: start.line };
  }
  return { firstOffset: byteOrderMark ? byteOrderMarkOf(encoding).length : 0 };
}
