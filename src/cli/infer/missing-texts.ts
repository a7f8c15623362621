/**
 * Texts by which programs and people say that there is no value. They are taken so only in columns
 * whose other values are of a type that they are not; in a column of text they are text.
 */
export const MISSING_TEXTS: ReadonlySet<string> = new Set([
  'NA',
  'N/A',
  'n/a',
  'na',
  'n.a.',
  '#N/A',
  '#NV',
  'NaN',
  'nan',
  'NAN',
  'null',
  'NULL',
  'Null',
  '(null)',
  'None',
  'none',
  'nil',
  '\\N',
  '-',
  '--',
  '?',
  '.',
]);
