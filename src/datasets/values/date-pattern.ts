import { daysOfMonth, daysOfYear, epochDay, monthAndDay, weekdayOf } from './calendar.ts';
import type { TemporalType } from './dates.ts';
import { escapePattern } from './escape-pattern.ts';

/** A pattern that cannot be read, or that does not say what its type needs. */
export class InvalidPatternError extends Error {
  override readonly name = 'InvalidPatternError';
}

/** What a directive tells. A pattern tells each at most once. */
type Part =
  | 'year'
  | 'month'
  | 'day'
  | 'day of the year'
  | 'weekday'
  | 'hour'
  | 'half of the day'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'zone';

interface Directive {
  readonly part: Part;
  /** What it matches between characters that are no digits. */
  readonly expression: string;
  /** For digits: what it matches next to another digit, where its width has to be certain. */
  readonly fullWidth?: string;
  /** The number that a match stands for; NaN when it stands for none. */
  readonly value: (match: string) => number;
}

const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

/** The directives of strptime that a pattern may have, with POSIX's meaning. */
const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['Y', { part: 'year', expression: '\\d{4}', fullWidth: '\\d{4}', value: Number }],
  ['y', { part: 'year', expression: '\\d\\d', fullWidth: '\\d\\d', value: yearOfCentury }],
  ['m', digits('month', 2)],
  ['d', digits('day', 2)],
  ['e', { part: 'day', expression: ' \\d|\\d{1,2}', fullWidth: '[ \\d]\\d', value: Number }],
  ['j', digits('day of the year', 3)],
  ['H', digits('hour', 2)],
  ['I', { ...digits('hour', 2), value: hourOfHalf }],
  ['M', digits('minute', 2)],
  ['S', digits('second', 2)],
  ['f', { part: 'fraction', expression: '\\d{1,9}', fullWidth: '\\d{6}', value: Number }],
  ['b', named('month', short(MONTHS), 1)],
  ['B', named('month', MONTHS, 1)],
  ['a', named('weekday', short(WEEKDAYS), 0)],
  ['A', named('weekday', WEEKDAYS, 0)],
  ['p', named('half of the day', ['am', 'pm'], 0)],
  ['z', { part: 'zone', expression: 'Z|[+-](?:[01]\\d|2[0-3]):?[0-5]\\d', value: Number }],
  ['Z', { part: 'zone', expression: 'UTC|GMT|Z', value: Number }],
]);

const DATE_PARTS: readonly Part[] = ['year', 'month', 'day', 'day of the year', 'weekday'];
const TIME_PARTS: readonly Part[] = ['hour', 'half of the day', 'minute', 'second', 'fraction'];
const ALLOWED: Readonly<Record<TemporalType, readonly Part[]>> = {
  date: DATE_PARTS,
  time: TIME_PARTS,
  datetime: [...DATE_PARTS, ...TIME_PARTS, 'zone'],
};

/**
 * Compiles a pattern of strptime directives, such as `%d.%m.%Y`, to a reader that gives a date, time
 * or both as JSON text in ISO 8601, or null for a text that the pattern does not match.
 *
 * A directive takes its leading zeros or not, but next to another digit it has its full width. Names
 * are English, in upper or lower case. A weekday has to be that of the date.
 *
 * @throws InvalidPatternError
 */
export function datePattern(pattern: string, type: TemporalType): (text: string) => string | null {
  const tokens = tokensOf(pattern);
  const parts = partsOf(tokens);
  requireParts(parts, tokens, type);
  const expression = new RegExp(`^${tokens.map(expressionOf).join('')}$`);
  return (text) => {
    const match = expression.exec(text);
    return match === null ? null : isoText(new MatchedParts(parts, match), type);
  };
}

/** A directive, or the text between two. */
type Token = Directive | string;

function tokensOf(pattern: string): Token[] {
  return [...pattern.matchAll(/%(.?)|[^%]+/gsu)].map(([text, letter]) => {
    if (letter === undefined) return text;
    if (letter === '%') return '%';
    const directive = DIRECTIVES.get(letter);
    if (directive === undefined) throw unknownDirective(text);
    return directive;
  });
}

function unknownDirective(text: string): InvalidPatternError {
  const known = [...DIRECTIVES.keys(), '%'].map((letter) => `%${letter}`).join(' ');
  return new InvalidPatternError(`has the unknown directive "${text}"; known are ${known}`);
}

/** For each part the group of its match, and what the match stands for. */
type Groups = ReadonlyMap<Part, { readonly group: number; readonly value: Directive['value'] }>;

function partsOf(tokens: readonly Token[]): Groups {
  const groups = new Map<Part, { group: number; value: Directive['value'] }>();
  for (const token of tokens) {
    if (typeof token === 'string') continue;
    const { part, value } = token;
    if (groups.has(part)) throw new InvalidPatternError(`tells the ${part} twice`);
    groups.set(part, { group: groups.size + 1, value });
  }
  return groups;
}

function requireParts(parts: Groups, tokens: readonly Token[], type: TemporalType): void {
  for (const part of parts.keys()) {
    if (!ALLOWED[type].includes(part))
      throw new InvalidPatternError(`tells a ${part}: a ${type} has none`);
  }
  const require = (part: Part): void => {
    if (!parts.has(part)) throw new InvalidPatternError(`does not tell the ${part}`);
  };
  if (type !== 'time') requireDay(parts, require);
  if (type !== 'date') require('hour');
  if (parts.has('second')) require('minute');
  if (parts.has('fraction')) require('second');
  const isHalf = tokens.includes(DIRECTIVES.get('I') ?? '');
  if (isHalf) require('half of the day');
  if (parts.has('half of the day') && !isHalf) {
    throw new InvalidPatternError('tells the half of the day without %I');
  }
}

function requireDay(parts: Groups, require: (part: Part) => void): void {
  require('year');
  if (!parts.has('day of the year')) {
    require('month');
    require('day');
  } else if (parts.has('month') || parts.has('day')) {
    throw new InvalidPatternError('tells the day of the year and the day of the month');
  }
}

function expressionOf(token: Token, index: number, tokens: readonly Token[]): string {
  if (typeof token === 'string') return escapePattern(token);
  const { expression, fullWidth = expression } = token;
  const isCrowded = endsInDigit(tokens[index - 1]) || startsWithDigit(tokens[index + 1]);
  return `(${isCrowded ? fullWidth : expression})`;
}

function startsWithDigit(token: Token = ''): boolean {
  return typeof token === 'string' ? /^\d/.test(token) : token.fullWidth !== undefined;
}

function endsInDigit(token: Token = ''): boolean {
  return typeof token === 'string' ? /\d$/.test(token) : token.fullWidth !== undefined;
}

/** The parts that a pattern found in a text. */
class MatchedParts {
  readonly #groups: Groups;
  readonly #match: RegExpExecArray;

  constructor(groups: Groups, match: RegExpExecArray) {
    this.#groups = groups;
    this.#match = match;
  }

  text(part: Part): string | undefined {
    const group = this.#groups.get(part)?.group;
    return group === undefined ? undefined : this.#match[group];
  }

  number(part: Part): number | undefined {
    const text = this.text(part);
    return text === undefined ? undefined : this.#groups.get(part)?.value(text);
  }
}

function isoText(parts: MatchedParts, type: TemporalType): string | null {
  const date = type === 'time' ? '' : isoDate(parts);
  const time = type === 'date' ? '' : isoTime(parts);
  if (date === null || time === null) return null;
  return `"${date}${type === 'datetime' ? 'T' : ''}${time}"`;
}

function isoDate(parts: MatchedParts): string | null {
  const year = parts.number('year') ?? NaN;
  const { month, day } = dayOf(parts, year);
  const exists = day >= 1 && day <= daysOfMonth(year, month);
  if (!exists) return null;
  const weekday = parts.number('weekday');
  if (weekday !== undefined && weekday !== weekdayOf(epochDay(year, month, day))) return null;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function dayOf(parts: MatchedParts, year: number): { month: number; day: number } {
  const dayOfYear = parts.number('day of the year');
  if (dayOfYear === undefined) {
    return { month: parts.number('month') ?? NaN, day: parts.number('day') ?? NaN };
  }
  return dayOfYear <= daysOfYear(year) ? monthAndDay(year, dayOfYear) : { month: NaN, day: NaN };
}

function isoTime(parts: MatchedParts): string | null {
  const hour = (parts.number('hour') ?? NaN) + 12 * (parts.number('half of the day') ?? 0);
  const minute = parts.number('minute') ?? 0;
  const second = parts.number('second') ?? 0;
  const exists = hour <= 23 && minute <= 59 && second <= 59;
  if (!exists) return null;
  const fraction = parts.text('fraction');
  const time = [hour, minute, second].map((part) => padded(part, 2)).join(':');
  return `${time}${fraction === undefined ? '' : `.${fraction}`}${isoZone(parts.text('zone'))}`;
}

function isoZone(zone = ''): string {
  if (!/^[+-]/.test(zone)) return zone === '' ? '' : 'Z';
  return `${zone.slice(0, 3)}:${zone.slice(-2)}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function digits(part: Part, width: number): Directive {
  return { part, expression: `\\d{1,${width}}`, fullWidth: `\\d{${width}}`, value: Number };
}

function named(part: Part, names: readonly string[], first: number): Directive {
  const numbers = new Map(names.map((name, index) => [name, index + first]));
  const expression = names.map(inAnyCase).join('|');
  return { part, expression, value: (name) => numbers.get(name.toLowerCase()) ?? NaN };
}

function inAnyCase(name: string): string {
  return name.replace(/./g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** POSIX: 69 to 99 are of the twentieth century, 00 to 68 of the twenty-first. */
function yearOfCentury(text: string): number {
  const year = Number(text);
  return year >= 69 ? 1900 + year : 2000 + year;
}

/** Hours of the clock face: 12 is the first one of its half. */
function hourOfHalf(text: string): number {
  const hour = Number(text);
  return hour >= 1 && hour <= 12 ? hour % 12 : NaN;
}
