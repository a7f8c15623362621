import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../../datasets/contract.ts';
import { sourceBytes } from '../encoding.ts';
import type { RowProblem, RowProblems, SourceRecord } from '../formats/source-record.ts';

/** Longest raw text kept with a rejected row, in bytes of UTF-8. */
export const RAW_LIMIT_BYTES = 4096;
/** Most problems stated beside the first: a short row may break every field of a long contract. */
const MOST_FURTHER_PROBLEMS = 20;
/** In bytes of UTF-8. */
const LONGEST_CHARACTER = 4;

/**
 * A rejected row as one line of JSON: where it stands, what is wrong with it, and its raw text.
 *
 * Bytes that are no text in the file's encoding are kept as base64 under `rawBase64`, as the file has
 * them, so that nothing is lost; a row longer than 4 KiB is cut and marked `rawTruncated`. Beside the
 * first problem twenty more are stated; `problemsLeftOut` counts the rest.
 */
export function rejectedRowLine(
  record: SourceRecord<unknown>,
  [first, ...furtherProblems]: RowProblems,
  encoding: Encoding,
): string {
  const { row, line, offset } = record;
  return JSON.stringify({
    row,
    line,
    offset,
    code: first.code,
    column: first.column,
    reason: first.reason,
    ...further(furtherProblems),
    ...rawText(record.raw, encoding),
  });
}

function further(problems: readonly RowProblem[]): object {
  const left = problems.length - MOST_FURTHER_PROBLEMS;
  if (left > 0) {
    return { furtherProblems: problems.slice(0, MOST_FURTHER_PROBLEMS), problemsLeftOut: left };
  }
  return problems.length > 0 ? { furtherProblems: problems } : {};
}

function rawText(
  raw: Buffer,
  encoding: Encoding,
): { raw?: string; rawBase64?: string; rawTruncated: boolean } {
  const rawTruncated = raw.length > RAW_LIMIT_BYTES;
  const kept = rawTruncated ? raw.subarray(0, cutBetweenCharacters(raw)) : raw;
  if (isUtf8(kept)) return { raw: kept.toString('utf8'), rawTruncated };
  return { rawBase64: sourceBytes(encoding, kept).toString('base64'), rawTruncated };
}

/** The last position at or below the limit that splits neither a character nor an escaped byte. */
function cutBetweenCharacters(raw: Buffer): number {
  let cut = RAW_LIMIT_BYTES;
  while (cut > RAW_LIMIT_BYTES - LONGEST_CHARACTER && isContinuation(raw[cut])) cut -= 1;
  return cut;
}

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80;
