import { createHash } from 'node:crypto';
import type { Encoding } from '../../datasets/contract.ts';
import type { NoticeCode, RowCode } from '../../shared/error-codes.ts';
import { Tally } from '../../shared/tally.ts';
import type { SourceRecord } from '../formats/source-record.ts';
import type { RowCounts } from '../payload.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Lineage } from './lineage.ts';
import type { Conversion } from './record-converter.ts';
import { rejectedRowLine } from './rejected-row.ts';
import type { RowSummarizer } from './summary/row-summarizer.ts';

/** Lines that wait to be taken are no more than this and what one row gives, in bytes or characters. */
const PORTION_LENGTH = 1024 * 1024;

/** Lines of JSON in UTF-8, each ended by a line feed: the clean records and the rejected rows. */
export interface TransformedLines {
  readonly records: Buffer;
  readonly rejects: Buffer;
}

export interface RowOutputOptions {
  /** Encoding of the source, in which rejected rows are kept. */
  readonly encoding: Encoding;
  /** Null leaves it out. */
  readonly lineage: Lineage | null;
  /** Gets the rows that are added; null where they are not summed up. */
  readonly summarizer: RowSummarizer | null;
}

/** What becomes of a file's rows: their lines, in order, and how they balance. */
export class RowOutput {
  /** For lines that are written as bytes; each of them is counted with `countWritten`. */
  readonly records = new LineBuffer();
  readonly #rejects = new LineBuffer();
  readonly #encoding: Encoding;
  readonly #lineage: Lineage | null;
  readonly #summarizer: RowSummarizer | null;
  readonly #recordsHash = createHash('sha256');
  readonly #rejectsHash = createHash('sha256');
  readonly #rejectsByCode = new Tally<RowCode>();
  readonly #noticesByCode = new Tally<NoticeCode>();
  #rowsRead = 0;
  #rowsWritten = 0;

  constructor({ encoding, lineage, summarizer }: RowOutputOptions) {
    this.#encoding = encoding;
    this.#lineage = lineage;
    this.#summarizer = summarizer;
  }

  /** Adds a row as its converter judged it. */
  add(record: SourceRecord<unknown>, conversion: Conversion): void {
    if ('line' in conversion) {
      const { line, notice } = conversion;
      this.records.add(`${this.#lineage?.add(line, record.row) ?? line}\n`);
      this.#summarizer?.addConverted();
      this.countWritten(record.notice, notice);
    } else {
      const { problems } = conversion;
      this.#rejects.add(`${rejectedRowLine(record, problems, this.#encoding)}\n`);
      this.#rejectsByCode.add(problems[0].code);
      this.#summarizer?.addReject(problems[0]);
      this.#rowsRead += 1;
    }
  }

  /** Counts a row whose line was written, and what was out of the ordinary with it. */
  countWritten(ofRecord: NoticeCode | undefined, ofConversion: NoticeCode | undefined): void {
    this.#rowsRead += 1;
    this.#rowsWritten += 1;
    this.#noticesByCode.add(ofRecord);
    this.#noticesByCode.add(ofConversion);
  }

  /** Counts what is out of the ordinary with the file as a whole. */
  addNotices(counts: ReadonlyMap<NoticeCode, number>): void {
    for (const [code, count] of counts) this.#noticesByCode.add(code, count);
  }

  /** Whether lines should be taken before there are more: short rows may become long lines. */
  get isFull(): boolean {
    return this.records.waiting + this.#rejects.waiting >= PORTION_LENGTH;
  }

  /** Gives away the lines so far. */
  take(): TransformedLines {
    const records = this.records.take();
    const rejects = this.#rejects.take();
    this.#recordsHash.update(records);
    this.#rejectsHash.update(rejects);
    return { records, rejects };
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

  /** SHA-256 of all lines that were given away, in hex. */
  digests(): { recordsDigest: string; rejectsDigest: string } {
    return {
      recordsDigest: this.#recordsHash.copy().digest('hex'),
      rejectsDigest: this.#rejectsHash.copy().digest('hex'),
    };
  }
}
