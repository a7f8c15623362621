import { ContractField } from '../../datasets/contract-field.ts';
import { isScalar, valueTypeOf } from '../../datasets/field-type.ts';
import { DATE_PATTERNS, DATE_TIME_PATTERNS, TIME_PATTERNS } from './time-patterns.ts';

/** What a contract states of a field beside its name and its constraints. */
export interface FieldType {
  readonly type: ContractField['type'];
  readonly format?: string;
  readonly decimalChar?: string;
  readonly groupChar?: string;
  readonly trueValues?: readonly string[];
  readonly falseValues?: readonly string[];
}

/** One way to read all texts of a column. */
export interface Candidate {
  readonly type: FieldType;
  readonly takes: (text: string) => boolean;
  /** A narrower candidate, all of whose texts this one takes. */
  readonly includes?: Candidate;
  /** Whether a column of that name may be read so, whose texts are all taken. */
  readonly suits?: (name: string, distinctTexts: number) => boolean;
}

/** Longer texts are no number, date or time that a person or a program writes. */
const LONGEST_SCALAR = 64;
/** Keys and account numbers start with zeros that a number would lose, telephone numbers with a plus. */
const IDENTIFIER = /^[+-]?0\d|^\+\d{7}/;
const LARGEST_INT64 = 2n ** 63n - 1n;
/** A double holds as many significant digits of any number. */
const SAFE_DIGITS = 15;
/** So many different texts of eight digits are hardly days of the calendar by chance. */
const ENOUGH_DAYS = 3;
/** Years that the first of eight digits are taken for. */
const NEAR_YEARS = /^(?:19|20)\d\d/;
/** Thousands are parted by a space, which may be one that does not break, or an apostrophe. */
const NEUTRAL_GROUP_CHARS = [' ', '\u00a0', '\u202f', "'", '\u2019'] as const;

/**
 * Every way to read texts that are not words, narrowest first. The types of the pipeline itself say
 * what a text is; what is refused beyond that would lose something, or is more likely something else.
 */
export const textCandidates = once(() => [
  ...digitDates(),
  candidate({ type: 'year' }, (text) => /^\d{4}$/.test(text), isYearName),
  ...numbers(),
  ...temporalCandidates(),
  ...jsonTexts(),
]);

/** Every way to read strings of a JSON file, where numbers and booleans are typed already. */
export const temporalCandidates = once(() => [
  candidate({ type: 'date' }),
  ...DATE_PATTERNS.map((format) => candidate({ type: 'date', format }, isNoVersion)),
  candidate({ type: 'time' }, hasMinutes),
  ...TIME_PATTERNS.map((format) => candidate({ type: 'time', format }, hasMinutes)),
  candidate({ type: 'datetime' }),
  ...DATE_TIME_PATTERNS.map((format) => candidate({ type: 'datetime', format }, hasMinutes)),
]);

/** Compiling hundreds of candidates takes a while: only who needs them waits for it. */
function once<T>(create: () => T): () => T {
  let created: T | undefined;
  return () => (created ??= create());
}

/** Numbers as programs write them, then as people do: `1,234.5`, `1.234,5`, `1 234,5`, `1'234.5`. */
function numbers(): Candidate[] {
  const integer = candidate({ type: 'integer' }, isInteger);
  const point = candidate({ type: 'number' }, isDecimal('.'));
  const comma = candidate({ type: 'number', decimalChar: ',' }, isDecimal(','));
  const grouped = (narrower: Candidate, groupChar: string, fits: Fits): Candidate => ({
    ...candidate({ ...narrower.type, groupChar }, fits),
    includes: narrower,
  });
  const integers = [',', '.', ...NEUTRAL_GROUP_CHARS].map((groupChar) =>
    grouped(integer, groupChar, isInteger),
  );
  const neutral = NEUTRAL_GROUP_CHARS.flatMap((groupChar) => [
    grouped(point, groupChar, isDecimal('.')),
    grouped(comma, groupChar, isDecimal(',')),
  ]);
  return [
    integer,
    point,
    ...integers,
    comma,
    grouped(point, ',', isDecimal('.')),
    grouped(comma, '.', isDecimal(',')),
    ...neutral,
  ];
}

/** Dates without separators, told from numbers by being days of the calendar every time. */
function digitDates(): Candidate[] {
  const isOften = (_: string, distinctTexts: number): boolean => distinctTexts >= ENOUGH_DAYS;
  const isNear = (text: string): boolean => NEAR_YEARS.test(text);
  return [
    candidate({ type: 'date', format: '%Y%m%d' }, isNear, isOften),
    candidate({ type: 'datetime', format: '%Y%m%d%H%M%S' }, isNear, isOften),
  ];
}

function jsonTexts(): Candidate[] {
  return (['object', 'array'] as const).map((type) => ({
    type: { type },
    takes: (text) => kindOfJson(text) === type,
  }));
}

/** What a candidate asks of a text beyond being of the type. */
type Fits = (text: string) => boolean;

function candidate(
  type: FieldType,
  fits: Fits = () => true,
  suits?: Candidate['suits'],
): Candidate {
  const field = ContractField.parse({ name: 'value', ...type });
  if (!isScalar(field)) throw new TypeError(`${type.type} is no scalar`);
  const value = valueTypeOf(field);
  const takes = (text: string): boolean =>
    text.length <= LONGEST_SCALAR && fits(text) && value.read(text) !== null;
  return { type, takes, ...(suits !== undefined && { suits }) };
}

const isYearName = (name: string): boolean =>
  /(?:^|[^a-z])year$/i.test(name) || name.endsWith('Year');

/** Whether a text, read as an integer, is no identifier and fits 64 bits. */
function isInteger(text: string): boolean {
  if (IDENTIFIER.test(text)) return false;
  if (text.length < 19) return true;
  return BigInt(text.replace(/\D/g, '')) <= LARGEST_INT64;
}

/** Whether a text, read as a number, is no identifier and keeps its digits as a double. */
function isDecimal(decimalChar: string): Fits {
  return (text) => {
    if (IDENTIFIER.test(text)) return false;
    if (text.length <= SAFE_DIGITS && !/e/i.test(text)) return true;
    const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
    const [whole = '', fraction = ''] = mantissa.split(decimalChar);
    return survivesDouble(whole.replace(/\D/g, ''), fraction.replace(/\D/g, ''), power);
  };
}

function survivesDouble(whole: string, fraction: string, power: string): boolean {
  const digits = significantDigits(whole + fraction);
  if (digits === '') return true;
  const value = Number(`${whole}.${fraction}e${power}`);
  if (value === 0 || !Number.isFinite(value)) return false;
  const [shortest = ''] = value.toExponential().split('e');
  return digits.length <= SAFE_DIGITS || significantDigits(shortest.replace('.', '')) === digits;
}

const significantDigits = (digits: string): string => digits.replace(/^0+|0+$/g, '');

/** A clock has two digits of minutes; `16:9` is a proportion. */
const hasMinutes = (text: string): boolean => /\d:\d\d/.test(text);

/** `1.2.10` is rather a version than a day. */
const isNoVersion = (text: string): boolean =>
  !/^\d+\.\d+\.\d{1,2}$/.test(text) || /^\d\d\.\d\d\.\d\d$/.test(text);

function kindOfJson(text: string): 'object' | 'array' | null {
  if (!/^\s*[{[]/.test(text)) return null;
  try {
    return Array.isArray(JSON.parse(text)) ? 'array' : 'object';
  } catch {
    return null;
  }
}
