import * as z from 'zod/mini';
import { FaultCode, FileCode } from '../../shared/error-codes.ts';
import { FileRejected, PermanentFault } from '../../shared/errors.ts';
import { contentHashOf } from '../content-hash.ts';
import type { SplittableFormat } from '../splittable.ts';
import { BEFORE, INITIAL_STATE, type Place } from './automaton.ts';
import { wayFrom, type RangeScan } from './range-scan.ts';
import { automatonOf } from './range-scanner.ts';

const Count = z.number().check(z.int(), z.nonnegative());

/**
 * A part of a file that holds whole records, and can be read on its own. Each starts with the first
 * byte of a record, but for the first one, which starts with the file; each ends where the next starts.
 */
export const ExactChunk = z.object({
  index: Count,
  /** First byte of the stored object, inclusive. */
  firstByte: Count,
  /** Last byte of the stored object, inclusive. */
  lastByte: Count,
  /** Number of its first record: 0 is the header, 1 the first row behind it. */
  firstRow: Count,
  /** Physical line that it starts on, 1 for the first of the file. */
  firstLine: z.number().check(z.int(), z.positive()),
  /** Records in it, the header included. */
  rows: Count,
});
export type ExactChunk = z.infer<typeof ExactChunk>;

/** What the scans of all ranges say of a file. */
export interface ResolvedFile {
  /**
   * One for each range in which a record starts; a single one for a file without records. A record
   * longer than a range makes its chunk longer.
   */
  readonly chunks: readonly ExactChunk[];
  /** Rows of the file, without the header. */
  readonly rows: number;
  /** The file's `ContentHash`. */
  readonly contentHash: string;
}

export interface ResolveChunksOptions {
  readonly format: SplittableFormat;
  /** Size of the file in bytes, at least one. */
  readonly size: number;
}

/**
 * Puts the scans of all ranges together, in the order of the ranges: only now it is known in which
 * state the file is before each of them, and so which of the scanned ways is the true one.
 *
 * @throws FileRejected UNCLOSED_QUOTE
 * @throws PermanentFault when the scans do not cover the file
 */
export function resolveChunks(
  scans: readonly RangeScan[],
  { format, size }: ResolveChunksOptions,
): ResolvedFile {
  requireCover(scans, size);
  const firstRow = format.type === 'csv' && format.dialect.header ? 0 : 1;
  const course = new Course(firstRow);
  for (const scan of scans) course.follow(scan);
  if (course.state === automatonOf(format).quotedState) rejectUnclosedQuote(course.lastRecord);
  return {
    chunks: chunksBetween(course, { firstRow, size }),
    rows: Math.max(0, course.row - 1),
    contentHash: contentHashOf(scans.flatMap(({ blocks }) => blocks)),
  };
}

/** A record's place in the file. */
interface RecordPlace {
  readonly byte: number;
  readonly line: number;
  readonly row: number;
}

const fileStart = (firstRow: number): RecordPlace => ({ byte: 0, line: 1, row: firstRow });

/** The true way through the file, from its first byte on. */
class Course {
  /** The first record that starts in each range; none for a range without. */
  readonly starts: RecordPlace[] = [];
  lastRecord: RecordPlace;
  state: number = INITIAL_STATE;
  /** Number of the next record that starts. */
  row: number;
  /** Physical lines that end before the next range. */
  #lineEnds = 0;
  /** Where a record may have started, of which the next range tells. */
  #pending = 0;
  #endsWithCarriageReturn = false;

  constructor(firstRow: number) {
    this.row = firstRow;
    this.lastRecord = fileStart(firstRow);
  }

  follow(scan: RangeScan): void {
    const way = wayFrom(this.state, scan);
    // The two halves of a CRLF end one line.
    if (this.#endsWithCarriageReturn && scan.startsWithLineFeed) this.#lineEnds -= 1;
    const lastRow = this.row + way.starts - 1;
    if (way.first !== null) this.starts.push(this.#place(scan, way.first, this.row));
    if (way.last !== null) this.lastRecord = this.#place(scan, way.last, lastRow);
    this.#pending = this.#byteOf(way.pending, scan);
    this.#lineEnds += scan.lineEnds;
    this.#endsWithCarriageReturn = scan.endsWithCarriageReturn;
    this.row = lastRow + 1;
    this.state = way.state;
  }

  #place(scan: RangeScan, { offset, lineEnds }: Place, row: number): RecordPlace {
    return { byte: this.#byteOf(offset, scan), line: 1 + this.#lineEnds + lineEnds, row };
  }

  #byteOf(offset: number, { firstByte }: RangeScan): number {
    return offset === BEFORE ? this.#pending : firstByte + offset;
  }
}

/** Cuts the file where the ranges' first records start. */
function chunksBetween(
  { starts, row: rowBehind }: Course,
  options: {
    readonly firstRow: number;
    readonly size: number;
  },
): ExactChunk[] {
  const fileEnd = { byte: options.size, row: rowBehind };
  // What is before the first record, as blank lines, belongs to its chunk.
  const cuts = [fileStart(options.firstRow), ...starts.slice(1)];
  return cuts.map(({ byte, line, row }, index) => {
    const next = cuts[index + 1] ?? fileEnd;
    return {
      index,
      firstByte: byte,
      lastByte: next.byte - 1,
      firstRow: row,
      firstLine: line,
      rows: next.row - row,
    };
  });
}

/** Scans that leave bytes out would give every later row a wrong number. */
function requireCover(scans: readonly RangeScan[], size: number): void {
  let covered = 0;
  for (const { firstByte, bytes } of scans) {
    if (firstByte !== covered) throw uncovered(covered);
    covered += bytes;
  }
  if (covered !== size) throw uncovered(Math.min(covered, size));
}

function uncovered(byte: number): PermanentFault {
  const reason = `the scans do not cover the file: there is a gap or too much at byte ${byte}`;
  return new PermanentFault(FaultCode.UNEXPECTED_ERROR, reason);
}

function rejectUnclosedQuote({ row, line, byte }: RecordPlace): never {
  const where = `row ${row} (line ${line}, byte ${byte})`;
  const reason = `a quote opened in ${where} is not closed before the end of the file`;
  throw new FileRejected(FileCode.UNCLOSED_QUOTE, reason);
}
