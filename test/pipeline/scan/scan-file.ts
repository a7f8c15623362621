import * as z from 'zod/mini';
import { CsvReader } from '../../../src/pipeline/formats/csv-reader.ts';
import { JsonLinesReader } from '../../../src/pipeline/formats/json-lines-reader.ts';
import type {
  ReaderOptions,
  RecordReader,
  SourceRecord,
} from '../../../src/pipeline/formats/source-record.ts';
import { planRanges } from '../../../src/pipeline/scan/plan-ranges.ts';
import { RangeScan } from '../../../src/pipeline/scan/range-scan.ts';
import { RangeScanner } from '../../../src/pipeline/scan/range-scanner.ts';
import {
  resolveChunks,
  type ExactChunk,
  type ResolvedFile,
} from '../../../src/pipeline/scan/resolve-chunks.ts';
import type { SplittableFormat } from '../../../src/pipeline/splittable.ts';
import { readRecords } from '../../support/read-records.ts';
import { splitBy } from '../../support/splits.ts';

/** How a file is cut for the scan. */
export interface Cutting {
  readonly rangeBytes: number;
  readonly blockBytes: number;
  /** Lengths of the pieces that ranges are written in. */
  readonly pieceLengths: readonly number[];
  /** Length of the byte order mark. */
  readonly textStart: number;
}

/** Scans each range on its own, and sends what is found through JSON as the state machine does. */
export function scanFile(
  bytes: Buffer,
  format: SplittableFormat,
  { rangeBytes, blockBytes, pieceLengths, textStart }: Cutting,
): RangeScan[] {
  return planRanges(bytes.length, { rangeBytes, blockBytes }).map(({ firstByte, lastByte }) => {
    const scanner = new RangeScanner(format, { firstByte, textStart, blockBytes });
    const range = bytes.subarray(firstByte, lastByte + 1);
    for (const piece of splitBy(range, pieceLengths)) scanner.write(piece);
    return z.parse(RangeScan, JSON.parse(JSON.stringify(scanner.end())));
  });
}

export function resolveFile(
  bytes: Buffer,
  format: SplittableFormat,
  cutting: Cutting,
): ResolvedFile {
  return resolveChunks(scanFile(bytes, format, cutting), { format, size: bytes.length });
}

/** Each record as JSON that is quick to compare: value, problem, notice, position and bytes. */
export type Reading = readonly string[];

/** What a reader finds in the whole file. */
export function readWhole(bytes: Buffer, format: SplittableFormat, textStart: number): Reading {
  const records = readRecords(open(format, textStart), [bytes.subarray(textStart)]);
  return records.map(asText);
}

/** What a fresh reader finds in a chunk, at the positions that the chunk gives it. */
export function readChunk(
  bytes: Buffer,
  format: SplittableFormat,
  chunk: ExactChunk,
  textStart: number,
): Reading {
  const start = chunk.firstByte === 0 ? textStart : chunk.firstByte;
  const reader = open(withoutHeader(format), start);
  const records = readRecords(reader, [bytes.subarray(start, chunk.lastByte + 1)]);
  return records.map(({ row, line, ...record }) =>
    asText({ ...record, row: row - 1 + chunk.firstRow, line: line - 1 + chunk.firstLine }),
  );
}

function withoutHeader(format: SplittableFormat): SplittableFormat {
  if (format.type !== 'csv') return format;
  return { ...format, dialect: { ...format.dialect, header: false } };
}

function open(format: SplittableFormat, firstOffset: number): RecordReader<unknown> {
  const options: ReaderOptions = { maxRecordBytes: 1 << 26, encoding: 'utf-8', firstOffset };
  return format.type === 'csv'
    ? new CsvReader(format.dialect, options)
    : new JsonLinesReader(options);
}

const asText = ({
  row,
  line,
  offset,
  value,
  problem,
  notice,
  raw,
}: SourceRecord<unknown>): string =>
  JSON.stringify([row, line, offset, value, problem, notice, raw.toString('latin1')]);
