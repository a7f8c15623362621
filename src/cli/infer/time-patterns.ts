/**
 * How dates and times are written beside ISO 8601, as strptime patterns. Patterns of one list that
 * may take the same text put day, month and year in different orders.
 */
const SEPARATORS = ['/', '.', '-'] as const;

const NUMERIC_DATES = SEPARATORS.flatMap((separator) =>
  ['%d %m %Y', '%m %d %Y', '%Y %m %d', '%d %m %y', '%m %d %y', '%y %m %d'].map((order) =>
    order.replaceAll(' ', separator),
  ),
).filter((pattern) => pattern !== '%Y-%m-%d');

const NAMED_DATES = [
  '%d %b %Y',
  '%d-%b-%Y',
  '%d-%b-%y',
  '%d/%b/%Y',
  '%d %B %Y',
  '%d. %B %Y',
  '%b %d %Y',
  '%b %d, %Y',
  '%B %d %Y',
  '%B %d, %Y',
  '%a %b %d %Y',
  '%a, %d %b %Y',
  '%A, %B %d, %Y',
] as const;

export const DATE_PATTERNS: readonly string[] = [...NUMERIC_DATES, ...NAMED_DATES];

export const TIME_PATTERNS: readonly string[] = ['%H:%M', '%I:%M %p', '%I:%M:%S %p', '%I:%M%p'];

const CLOCKS = ['%H:%M:%S', '%H:%M:%S.%f', '%H:%M', '%I:%M:%S %p', '%I:%M %p', '%I:%M%p'] as const;

export const DATE_TIME_PATTERNS: readonly string[] = [
  ...[...NUMERIC_DATES, ...NAMED_DATES, '%Y-%m-%d'].flatMap((date) =>
    [' ', ', '].flatMap((joint) => CLOCKS.map((clock) => `${date}${joint}${clock}`)),
  ),
  '%d/%b/%Y:%H:%M:%S %z',
  '%a, %d %b %Y %H:%M:%S %Z',
  '%a, %d %b %Y %H:%M:%S %z',
  '%a %b %d %H:%M:%S %Y',
  '%a %b %d %H:%M:%S %z %Y',
  '%Y-%m-%d %H:%M:%S %Z',
  '%Y-%m-%d %H:%M:%S %z',
];

/**
 * The order in which a pattern has the numbers of day, month and year, such as `dmY`. Where two
 * patterns of different orders take a text, the text alone does not say which day it is.
 */
export const dateOrder = (pattern: string): string =>
  [...pattern.matchAll(/%([dmyY])/g)].map(([, directive]) => directive?.toLowerCase()).join('');
