/** What a cell looks like, as far as its characters tell. */
export type CellKind =
  | 'empty'
  | 'missing'
  | 'number'
  | 'date'
  | 'time'
  | 'boolean'
  | 'email'
  | 'url'
  | 'identifier'
  | 'address'
  | 'text';

/** How files write that there is no value. */
const MISSING = /^(?:null|none|nil|nan|n\/?a|n\.a\.|#n\/a|-+|\\n|\?|\.)$/i;
const BOOLEAN = /^(?:true|false|yes|no)$/i;

const CURRENCY = String.raw`(?:[$€£¥₹]|[A-Z]{3}\b|kr\.?)`;
const DIGITS = String.raw`(?:\d{1,3}(?:([,. '’\u00a0\u202f])\d{3})(?:\1\d{3})*|\d+)`;
const AMOUNT = String.raw`(?:${DIGITS}(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?`;
const NUMBER = new RegExp(
  String.raw`^[(]?(?:${CURRENCY}\s?)?[-+−]?\s?(?:${CURRENCY}\s?)?${AMOUNT}-?[)]?(?:\s?(?:%|‰|°|${CURRENCY}))?$`,
);

const CLOCK = String.raw`\d{1,2}[:.]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?`;
const ZONE = String.raw`(?:\s?(?:Z|UTC|GMT|CES?T|[ECMP][SD]T|[+-]\d{2}(?::?\d{2})?))?`;
const MONTH = String.raw`[A-Za-zäéû]{3,9}\.?`;
const DAY = [
  String.raw`\d{4}([-/.])\d{1,2}\1\d{1,2}`,
  String.raw`\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})`,
  String.raw`\d{1,2}(?:[- ]|\. )${MONTH}[- ,]{1,2}(?:\d{4}|\d{2})`,
  String.raw`${MONTH} \d{1,2},? \d{4}`,
  String.raw`${MONTH}[ -]\d{4}`,
  String.raw`\d{4}-(?:\d{2}|Q\d|W\d{2})`,
].join('|');
const DATE = new RegExp(String.raw`^(?:${DAY})(?:[T ,]\s?(?:${CLOCK})${ZONE})?$`);
const TIME = new RegExp(
  String.raw`^(?:\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:\s?[ap]m)?)${ZONE}$`,
  'i',
);

const EMAIL = /^[^\s@,;|]+@[^\s@,;|]+\.[a-z]{2,}$/i;
const URL = /^(?:https?|ftp|s3|mailto|file):\S+$/i;
const IDENTIFIER =
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^[0-9a-f]{32,128}$|^#[0-9a-f]{6}$/i;
/** An IP address, a telephone number, or the like: digits in groups. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d+|\/\d+)?|\+?[\d(][\d ()/-]{5,}\d)$/;

/** Longer cells are text; a URL may be longer. */
const LONGEST_VALUE = 48;

/** Tells a cell's kind; blanks around it do not count. */
export function cellKind(cell: string): CellKind {
  const text = cell.trim();
  if (text === '') return 'empty';
  if (URL.test(text)) return 'url';
  if (text.length > LONGEST_VALUE) return IDENTIFIER.test(text) ? 'identifier' : 'text';
  if (MISSING.test(text)) return 'missing';
  return /\d/.test(text) ? kindWithDigits(text) : kindWithoutDigits(text);
}

function kindWithDigits(text: string): CellKind {
  if (NUMBER.test(text)) return 'number';
  if (DATE.test(text)) return 'date';
  if (TIME.test(text)) return 'time';
  if (IDENTIFIER.test(text)) return 'identifier';
  if (ADDRESS.test(text)) return 'address';
  return EMAIL.test(text) ? 'email' : 'text';
}

function kindWithoutDigits(text: string): CellKind {
  if (BOOLEAN.test(text)) return 'boolean';
  return EMAIL.test(text) ? 'email' : 'text';
}

/** Kinds that a column's name does not have. */
export const isValueKind = (kind: CellKind): boolean =>
  kind !== 'text' && kind !== 'empty' && kind !== 'missing';
