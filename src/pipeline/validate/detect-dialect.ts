import type { Contract, DialectHints } from '../../datasets/contract.ts';
import type { SourceRecord } from '../formats/source-record.ts';
import type { Detection, Dialect } from '../payload.ts';
import { FieldNames } from '../transform/field-names.ts';
import { describeReading, type Description } from './description-length.ts';
import { hasHeader } from './detect-header.ts';
import { bearsOutQuote, dialectCandidates, type DialectCandidate } from './dialect-candidates.ts';
import { readSample, type SampleReading, type Separators } from './read-sample.ts';
import { hasTrailingDelimiter, withoutEmptyEnd } from './trailing-delimiter.ts';

/** How much of the sample every candidate reads. */
const COMPARED_BYTES = 32 * 1024;
/** How many records the chosen dialect reads. */
const SAMPLE_RECORDS = 500;
/** A name of the contract among the first record's cells outweighs much else. */
const KNOWN_NAME_BITS = 50;
/** With this margin over the runner-up, confidence is halfway to what agreement allows. */
const HALF_MARGIN_BITS = 4;

/** The dialect of a CSV file, and how sure it is. */
export interface DetectedDialect extends Detection {
  readonly dialect: Dialect;
  /** Cells of the first record, empty where the sample has none that can be read. */
  readonly firstRecord: readonly string[];
}

/**
 * Finds the dialect of a CSV file by evidence. What the contract states is taken. For the rest, each
 * combination of delimiter, quote and line end reads the sample, and the one that explains it best
 * wins, see `describeReading`; one column without any delimiter is a candidate too. A quote is
 * never guessed away, and comments are never guessed.
 *
 * Confidence is agreement × margin × size, each from 0 to 1 and growing with its evidence: the share
 * of records with the most frequent number of fields; 1 − 2^(−bits/4) for the winner's lead in bits
 * over the best other reading of the same text, 1 where there is none; n / (n + 1) for n records.
 * It is 1 where delimiter, quote and header are stated.
 *
 * @param sample the file's beginning as text, without byte order mark, ending on a whole line
 * @param contract what a row looks like, and what it states of the dialect
 */
export function detectDialect(sample: string, contract: Contract | null): DetectedDialect {
  const hints = contract?.millrace.dialect ?? {};
  const bytes = Buffer.from(sample);
  const explanations = rankedExplanations(sample, bytes, contract);
  const [{ separators }] = explanations;
  const { records } = readSample(bytes, separators, SAMPLE_RECORDS);
  const rows = records.map(({ value }) => value);
  const header = hasHeader(withoutEmptyEnd(rows, contract), contract);
  return {
    dialect: {
      ...separators,
      lineEnd: lineEndOf(records, bytes, separators),
      header,
      trailingDelimiter: hasTrailingDelimiter(rows, header, contract),
    },
    confidence: isAllStated(hints) ? 1 : confidenceOf(explanations, records.length),
    sampleRecords: records.length,
    stated: STATEABLE.filter((name) => hints[name] !== undefined),
    firstRecord: rows[0] ?? [],
  };
}

const STATEABLE = ['delimiter', 'quoteChar', 'header', 'commentChar'] as const;

const isAllStated = ({ delimiter, quoteChar, header }: DialectHints): boolean =>
  delimiter !== undefined && quoteChar !== undefined && header !== undefined;

/** What a dialect makes of the sample's beginning. */
interface Explanation extends Description {
  readonly separators: Separators;
  readonly reading: SampleReading;
}

type Ranked = readonly [Explanation, ...Explanation[]];

/** Every candidate's explanation, the best one first. */
function rankedExplanations(sample: string, bytes: Buffer, contract: Contract | null): Ranked {
  const compared = beginningOf(bytes);
  const names = contract === null ? null : new FieldNames(contract);
  const hints = contract?.millrace.dialect ?? {};
  const [likeliest, ...others] = dialectCandidates(sample, compared.toString(), hints);
  const first = explain(likeliest, compared, names);
  const borneOut = others
    .map((candidate) => explain(candidate, compared, names))
    .filter(({ separators, reading }) => bearsOutQuote(separators, reading));
  // Sorting is stable: of equals the first, likelier one wins.
  const [best = first, ...rest] = [first, ...borneOut].sort((a, b) => a.bits - b.bits);
  return [best, ...rest];
}

function explain(
  { separators, priorBits }: DialectCandidate,
  compared: Buffer,
  names: FieldNames | null,
): Explanation {
  const reading = readSample(compared, separators);
  const { bits, agreement } = describeReading(reading, compared);
  const first = reading.records[0]?.value ?? [];
  const known = first.filter((cell) => names?.indexOf(cell) !== undefined).length;
  return { separators, reading, agreement, bits: bits + priorBits - known * KNOWN_NAME_BITS };
}

/** The part of a sample that all candidates read: whole lines, unless the first one is longer. */
function beginningOf(bytes: Buffer): Buffer {
  if (bytes.length <= COMPARED_BYTES) return bytes;
  const beginning = bytes.subarray(0, COMPARED_BYTES);
  const end = Math.max(beginning.lastIndexOf('\n'), beginning.lastIndexOf('\r'));
  return end === -1 ? beginning : beginning.subarray(0, end + 1);
}

function confidenceOf([winner, ...others]: Ranked, records: number): number {
  const runnerUp = others.find(({ reading }) => !isSameReading(reading, winner.reading));
  const lead = runnerUp === undefined ? Infinity : runnerUp.bits - winner.bits;
  const margin = 1 - 2 ** (-lead / HALF_MARGIN_BITS);
  return winner.agreement * margin * (records / (records + 1));
}

/** Whether two dialects read the same, so that it does not matter which of them wins. */
function isSameReading(a: SampleReading, b: SampleReading): boolean {
  return (
    a.records.length === b.records.length &&
    a.records.every(({ value }, index) => isSameRecord(value, b.records[index]?.value ?? []))
  );
}

const isSameRecord = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((cell, index) => cell === b[index]);

/** How the records really end; LF and CRLF are read alike, so that the more frequent one is named. */
function lineEndOf(
  records: readonly SourceRecord<string[]>[],
  sample: Buffer,
  { lineEnd }: Separators,
): Dialect['lineEnd'] {
  const counts = { lf: 0, crlf: 0, cr: 0 };
  for (const { offset, raw } of records) {
    const end = lineEndAt(sample, offset + raw.length);
    if (end !== null) counts[end] += 1;
  }
  if (lineEnd === 'mixed') return counts.lf + counts.crlf === 0 ? 'cr' : 'mixed';
  return counts.crlf > counts.lf ? 'crlf' : 'lf';
}

function lineEndAt(sample: Buffer, at: number): 'lf' | 'crlf' | 'cr' | null {
  if (sample[at] === 0x0a) return 'lf';
  if (sample[at] !== 0x0d) return null;
  return sample[at + 1] === 0x0a ? 'crlf' : 'cr';
}
