import { parse, type Options } from 'csv-parse/sync';
import type { Contract } from '../../datasets/contract.ts';
import type { Dialect } from '../payload.ts';
import { hasHeader } from './detect-header.ts';

const DELIMITERS = [',', '\t', ';', '|'] as const;
const SAMPLE_RECORDS = 500;

/**
 * Finds the dialect of a CSV file by evidence: every candidate reads the sample, and the one under
 * which most records have the same number of fields wins; of equals the one with more fields.
 *
 * @param sample the file's beginning as text, without byte order mark, ending on a whole line
 * @param contract what a row looks like, where a contract states it
 */
export function detectDialect(sample: string, contract: Contract | null = null): Dialect {
  const lineEnd = detectLineEnd(sample);
  const quote = detectQuote(sample);
  const candidates = DELIMITERS.map((delimiter) => {
    const records = readSample(sample, { delimiter, quote, lineEnd });
    return { delimiter, records, ...fieldCounts(records) };
  });
  const best = candidates.reduce((a, b) => (score(b) > score(a) ? b : a));
  const header = hasHeader(best.records, contract);
  return {
    delimiter: best.delimiter,
    quote,
    lineEnd,
    header,
    comment: null,
    trailingDelimiter: false,
  };
}

/** The records of a sample as far as they can be read. */
export function readSample(
  sample: string,
  dialect: Pick<Dialect, 'delimiter' | 'quote' | 'lineEnd'>,
): string[][] {
  const records: string[][] = [];
  const options: Options = {
    delimiter: dialect.delimiter,
    quote: dialect.quote,
    escape: dialect.quote,
    record_delimiter: dialect.lineEnd === 'cr' ? '\r' : ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    to: SAMPLE_RECORDS,
    max_record_size: 0,
    on_record: (record: string[]) => {
      records.push(record);
      return null;
    },
  };
  try {
    parse(sample, options);
  } catch {
    // A quote left open by the sample's end: what was read before it is evidence enough.
  }
  return records;
}

function detectLineEnd(sample: string): Dialect['lineEnd'] {
  if (!sample.includes('\n')) return sample.includes('\r') ? 'cr' : 'lf';
  return sample.includes('\r\n') ? 'crlf' : 'lf';
}

/** Double quotes, unless fields are wrapped in single quotes and none in double quotes. */
function detectQuote(sample: string): string {
  const wrapped = (quote: string): number =>
    sample.match(new RegExp(`(^|[,;|\t])${quote}[^${quote}\r\n]*${quote}(?=[,;|\t\r\n]|$)`, 'gm'))
      ?.length ?? 0;
  return wrapped('"') === 0 && wrapped("'") > 1 ? "'" : '"';
}

/** The most frequent number of fields, and the share of records that have it. */
function fieldCounts(records: readonly string[][]): { fields: number; share: number } {
  const frequency = new Map<number, number>();
  for (const { length } of records) frequency.set(length, (frequency.get(length) ?? 0) + 1);
  const [fields, count] = [...frequency].reduce(
    (most, next) => (next[1] > most[1] ? next : most),
    [1, 0],
  );
  return { fields, share: records.length === 0 ? 0 : count / records.length };
}

/** One field tells nothing for a delimiter; beyond that agreement counts first, then the fields. */
function score({ fields, share }: { fields: number; share: number }): number {
  return fields < 2 ? 0 : share + (1 - 1 / fields) / 10;
}
