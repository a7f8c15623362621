import { parse } from 'csv-parse/sync';
import type { Dialect } from '../../src/pipeline/payload.ts';

/** The cells that csv-parse reads under a dialect, header included. */
export function csvOracle(text: string, dialect: Dialect): string[][] {
  const endsAtCarriageReturn = dialect.lineEnd === 'cr' || dialect.lineEnd === 'mixed';
  return parse(text, {
    delimiter: dialect.delimiter,
    quote: dialect.quote,
    escape: dialect.quote,
    record_delimiter: endsAtCarriageReturn ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'],
    comment: dialect.comment,
    comment_no_infix: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
}
