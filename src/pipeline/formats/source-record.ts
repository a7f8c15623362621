import type { Encoding } from '../../datasets/contract.ts';
import type { NoticeCode, RowCode } from '../../shared/error-codes.ts';

/** Where a record stands in the decompressed source. */
export interface RecordPosition {
  /** 1 for the first record after the header. */
  readonly row: number;
  /** Physical line on which the record starts, 1 for the first line of the file. */
  readonly line: number;
  /** Offset of the record's first byte in the decompressed source, 0 for the file's first byte. */
  readonly offset: number;
}

/** Why a single row cannot be taken. */
export interface RowProblem {
  readonly code: RowCode;
  /** Column at fault; null when the row as a whole is. */
  readonly column: string | null;
  /** One sentence for the person who has to mend it. */
  readonly reason: string;
}

/** What is wrong with a row: at least one problem, the first in the order of columns. */
export type RowProblems = readonly [RowProblem, ...RowProblem[]];

/** One record as read from the source, before any contract is applied. */
export interface SourceRecord<T> extends RecordPosition {
  readonly value: T;
  /** The record's bytes without its line end. */
  readonly raw: Buffer;
  /** Set when the record could be delimited but not read. */
  readonly problem: RowProblem | null;
  /** Set when the record could be read, but is out of the ordinary. */
  readonly notice?: NoticeCode;
}

export interface ReaderOptions {
  /** Longest record in bytes of UTF-8; a longer one rejects the file. */
  readonly maxRecordBytes: number;
  /** Encoding of the source, in whose bytes offsets count; what is written is always UTF-8. */
  readonly encoding: Encoding;
  /** Offset in the source of the first byte that will be written: 3 behind UTF-8's byte order mark. */
  readonly firstOffset: number;
  /**
   * Number of the first record that will be written.
   *
   * @default 0 where it is a header, else 1
   */
  readonly firstRow?: number;
  /**
   * Physical line of the file on which the first byte stands that will be written.
   *
   * @default 1
   */
  readonly firstLine?: number;
}

/**
 * An incremental reader: bytes in, complete records out. `write` may be called with any split of
 * the input and never returns a record before its end is certain; `end` returns what is left.
 *
 * @throws FileRejected when the file as a whole cannot be read.
 */
export interface RecordReader<T> {
  write(bytes: Buffer): SourceRecord<T>[];
  end(): SourceRecord<T>[];
}
