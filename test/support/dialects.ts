import type { Dialect, FileFormat } from '../../src/pipeline/payload.ts';

/** CSV as most programs write it. */
export const PLAIN_DIALECT: Dialect = {
  delimiter: ',',
  quote: '"',
  lineEnd: 'lf',
  header: true,
  comment: null,
  trailingDelimiter: false,
};

export const PLAIN_CSV = {
  type: 'csv',
  dialect: PLAIN_DIALECT,
} as const satisfies FileFormat;

/** How a plain CSV file in UTF-8 without a byte order mark is read. */
export const PLAIN_CSV_PLAN = {
  compression: 'none',
  encoding: 'utf-8',
  byteOrderMark: false,
  format: PLAIN_CSV,
} as const;
