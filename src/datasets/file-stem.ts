const TRAILING_DATE_OR_NUMBER = /([-_. ]*)(\d[\d\-_.: tz]*)$/i;
/** A few digits right behind a word are part of it, unless they are a year or count with zeros. */
const OWN_DIGITS = /^(?!0|(?:19|20)\d\d)\d{1,5}(?=$|[-_.: ])/;

/**
 * A file's name, given without its extension, up to a date or number at its end, by which files of one
 * dataset differ. Digits that belong to the name stay.
 *
 * @example stemOf('orders-2026-11-20') // 'orders'
 * @example stemOf('sp500-2026') // 'sp500'
 */
export function stemOf(name: string): string {
  const match = TRAILING_DATE_OR_NUMBER.exec(name);
  if (match === null) return name;
  const [, separators, digits = ''] = match;
  const stem = name.slice(0, match.index);
  if (stem === '' || separators !== '') return stem;
  return stem + (OWN_DIGITS.exec(digits)?.[0] ?? '');
}
