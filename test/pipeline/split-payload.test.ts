import { LARGEST_FILE_BYTES } from '../../infra/config.ts';
import { CONTENT_HASH_BLOCK_BYTES } from '../../src/pipeline/content-hash.ts';
import type { PipelineInput, Plan, RowCounts } from '../../src/pipeline/payload.ts';
import type { RangeScan } from '../../src/pipeline/scan/range-scan.ts';
import { RangeScanner } from '../../src/pipeline/scan/range-scanner.ts';
import type {
  PartResult,
  ResolvedSplit,
  WriteSplitInput,
} from '../../src/pipeline/split-payload.ts';
import {
  DEFAULT_SPLITTING,
  MAX_RANGES,
  planPieces,
} from '../../src/pipeline/validate/split-plan.ts';
import { NoticeCode, RowCode } from '../../src/shared/error-codes.ts';
import { fileVersion } from '../support/files.ts';
import { splitPlan } from './split-file.ts';

/** Half of what Step Functions takes as a state's input or output. */
const LARGEST_PAYLOAD_BYTES = 128 * 1024;

const { ranges } = planPieces(LARGEST_FILE_BYTES, true, DEFAULT_SPLITTING);
const RANGE_BYTES = LARGEST_FILE_BYTES / MAX_RANGES;
/** No range has as many rows or lines: each takes a byte. */
const ROWS = RANGE_BYTES;
const FILE_ROWS = LARGEST_FILE_BYTES;

const INPUT: PipelineInput = {
  // The longest key; a character of it may take six bytes of JSON.
  file: fileVersion({ key: '\u0001'.repeat(1_024), size: LARGEST_FILE_BYTES }),
  arrivedAt: '2026-11-20T16:05:09.000Z',
  startedAt: '2026-11-20T16:05:10.000Z',
  attempt: 100,
};

const LONGEST_NAME = 'x'.repeat(63);
const PLAN: Plan = {
  ...splitPlan(LONGEST_NAME),
  encoding: 'windows-1252',
  detection: {
    confidence: 0.123_456_789_012,
    sampleRecords: 10_000,
    stated: Array<string>(10).fill(LONGEST_NAME),
  },
  isSplit: true,
  isArchived: false,
  chunks: [],
  ranges,
  concurrency: 40,
};

/** The scan of a range, with every number as long as it can be. */
function longestScan(firstByte: number): RangeScan {
  const scanner = new RangeScanner(
    { type: 'csv', dialect: { ...dialectOf(PLAN), lineEnd: 'mixed', comment: '#' } },
    { firstByte },
  );
  scanner.write(Buffer.alloc(1_000, 'a,"\n'));
  const scan = scanner.end();
  const long = (values: readonly unknown[]): number[] => values.map(() => ROWS);
  return {
    ...scan,
    bytes: RANGE_BYTES,
    starts: long(scan.starts),
    first: long(scan.first),
    firstLine: long(scan.firstLine),
    last: long(scan.last),
    lastLine: long(scan.lastLine),
    pending: long(scan.pending),
    lineEnds: ROWS,
    blocks: Array<string>(RANGE_BYTES / CONTENT_HASH_BLOCK_BYTES).fill(scan.blocks[0]!),
  };
}

function dialectOf({ format }: Plan) {
  if (format.type !== 'csv') throw new Error('not CSV');
  return format.dialect;
}

/** Codes that no row of a file that is split can have: it is not JSON, not Parquet, nothing is unique. */
const OTHER_CODES = new Set<string>([
  RowCode.INVALID_JSON,
  RowCode.NOT_AN_OBJECT,
  RowCode.DUPLICATE_PROPERTY,
  RowCode.NOT_UNIQUE,
  RowCode.NOT_REPRESENTABLE,
]);

const COUNTS: RowCounts = {
  rowsRead: ROWS,
  rowsWritten: ROWS,
  rowsRejected: ROWS,
  rejectsByCode: Object.fromEntries(
    Object.values(RowCode)
      .filter((code) => !OTHER_CODES.has(code))
      .map((code) => [code, ROWS / 100]),
  ),
  noticesByCode: Object.fromEntries(
    [NoticeCode.QUOTE_IN_UNQUOTED_FIELD, NoticeCode.VALUES_RESCUED].map((code) => [code, ROWS]),
  ),
};

const DIGEST = 'f'.repeat(64);
/** Four are aimed at; the records of a chunk hardly compress to more than they were read from. */
const PARTS = 4;

const longestResult = (index: number): PartResult => ({
  index,
  pipelineVersion: 'f'.repeat(12),
  counts: COUNTS,
  bytesRead: RANGE_BYTES,
  recordsDigest: DIGEST,
  rejectsDigest: DIGEST,
  parts: Array.from({ length: PARTS }, () => ({
    number: 10_000,
    etag: `"${'f'.repeat(32)}"`,
    bytes: RANGE_BYTES,
  })),
  stagedRejectsBytes: RANGE_BYTES,
  stagedSummaryBytes: RANGE_BYTES,
});

const SPLIT: ResolvedSplit = {
  chunks: ranges.map((range, index) => ({
    index,
    ...range,
    firstRow: FILE_ROWS,
    firstLine: FILE_ROWS,
    rows: ROWS,
  })),
  rows: FILE_ROWS,
  contentHash: `blocks-sha256:${DIGEST}`,
  upload: { key: 'x'.repeat(300), uploadId: 'x'.repeat(130) },
};

const bytesOf = (payload: object): number => Buffer.byteLength(JSON.stringify(payload));

it('the largest file has the most ranges', () => {
  expect(ranges).toHaveLength(MAX_RANGES);
});

it.each<[string, object]>([
  ['the scans of all ranges', { split: ranges.map(({ firstByte }) => longestScan(firstByte)) }],
  ['all chunks', { split: SPLIT }],
  [
    'the results of all chunks',
    { split: { ...SPLIT, results: ranges.map((_, index) => longestResult(index)) } } satisfies {
      split: WriteSplitInput['split'];
    },
  ],
])('%s take half of what Step Functions allows at most, whatever the file is', (_, added) => {
  expect(bytesOf({ ...INPUT, plan: PLAN, ...added })).toBeLessThan(LARGEST_PAYLOAD_BYTES);
});
