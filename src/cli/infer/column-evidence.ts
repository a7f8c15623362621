import { isExactNumber } from '../../pipeline/formats/json-record.ts';
import { booleanOf } from './boolean-words.ts';
import {
  temporalCandidates,
  textCandidates,
  type Candidate,
  type FieldType,
} from './candidates.ts';
import { MISSING_TEXTS } from './missing-texts.ts';
import { dateOrder } from './time-patterns.ts';

/** Text as it is: what every column of a CSV file can be read as. */
export const STRING: FieldType = { type: 'string' };
/** Any JSON value. */
export const ANY: FieldType = { type: 'any' };

const NUMBER: FieldType = { type: 'number' };

/** What is in doubt of numbers such as `1.234`, which have three digits behind every dot. */
export const GROUP_LIKE_DOTS = 'its "." may part thousands (groupChar)';

/** What is in doubt of numbers such as `3E5`. Programs sign the exponent, as in `3e+05`. */
export const CODE_LIKE_EXPONENTS = 'values such as 3E5 may be codes rather than numbers';
const CODE_LIKE = /^[+-]?\d+[eE]\d+$/;

/** How a column is best read. */
export interface ColumnReading {
  readonly type: FieldType;
  /** Why the type may not be what is meant; null where nothing is in doubt. */
  readonly doubt: string | null;
}

/** What the values of one column show, in memory that does not grow with their number. */
export interface ColumnEvidence {
  /** Values that are neither missing nor one of the `missingTexts`. */
  readonly values: number;
  /** Texts of the column that often mean no value, and how often they occur. */
  readonly missingTexts: ReadonlyMap<string, number>;
  /** The narrowest type that all values fit. */
  read(name: string): ColumnReading;
  /** The type that keeps every value as it is, the `missingTexts` too. */
  asItIs(): FieldType;
}

/** More different texts than this are no words, nor are longer ones. */
const MOST_WORDS = 8;
const LONGEST_WORD = 64;

/** Evidence of a column of texts: candidates live until a text refutes them. */
export class TextEvidence implements ColumnEvidence {
  readonly missingTexts = new Map<string, number>();
  #values = 0;
  #candidates: readonly Candidate[];
  /** Those of the candidates that have to be asked about a text. */
  #judges: readonly Candidate[];
  /** The first few texts, so that memory stays bounded. */
  readonly #words = new Set<string>();
  #hasOtherTexts = false;
  #hasCodes = false;
  readonly #ofWords: typeof booleanOf;

  /**
   * @param candidates what the texts may be, narrowest first
   * @param ofWords what a few different words may be
   */
  constructor(candidates: readonly Candidate[] = textCandidates(), ofWords = booleanOf) {
    this.#candidates = candidates;
    this.#judges = judgesOf(candidates);
    this.#ofWords = ofWords;
  }

  get values(): number {
    return this.#values;
  }

  add(text: string): void {
    if (MISSING_TEXTS.has(text)) {
      this.missingTexts.set(text, (this.missingTexts.get(text) ?? 0) + 1);
      return;
    }
    this.#values += 1;
    if (this.#words.has(text)) return;
    this.#hasCodes ||= CODE_LIKE.test(text);
    if (this.#words.size < MOST_WORDS && text.length <= LONGEST_WORD) this.#words.add(text);
    else this.#hasOtherTexts = true;
    if (this.#judges.every(({ takes }) => takes(text))) return;
    this.#candidates = this.#candidates.filter(({ takes }) => takes(text));
    this.#judges = judgesOf(this.#candidates);
  }

  read(name: string): ColumnReading {
    if (this.#values === 0) return { type: STRING, doubt: null };
    const words = this.#hasOtherTexts ? null : this.#ofWords(this.#words);
    if (words !== null) return { type: words, doubt: null };
    const possible = this.#candidates.filter(
      ({ suits }) => suits?.(name, this.#words.size) ?? true,
    );
    const types = possible.map(({ type }) => type);
    const doubt = doubtOf(types);
    if (doubt !== null) return { type: STRING, doubt };
    if (this.#hasCodes && types[0]?.type === 'number') {
      return { type: STRING, doubt: CODE_LIKE_EXPONENTS };
    }
    if (hasGroupLikeDots(types)) return { type: NUMBER, doubt: GROUP_LIKE_DOTS };
    return { type: types[0] ?? STRING, doubt: null };
  }

  asItIs(): FieldType {
    return STRING;
  }
}

/** A candidate that includes another takes whatever that one takes. */
const judgesOf = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(({ includes }) => includes === undefined || !candidates.includes(includes));

type JsonKind = 'number' | 'boolean' | 'object' | 'array';

/** Evidence of a property of JSON objects. Its values are typed, but for dates and times. */
export class JsonEvidence implements ColumnEvidence {
  readonly #strings = new TextEvidence(temporalCandidates(), () => null);
  readonly #kinds = new Set<JsonKind>();
  #others = 0;
  #allIntegers = true;

  get values(): number {
    return this.#strings.values + this.#others;
  }

  get missingTexts(): ReadonlyMap<string, number> {
    return this.#strings.missingTexts;
  }

  add(value: unknown): void {
    if (typeof value === 'string') {
      this.#strings.add(value);
      return;
    }
    const kind = kindOf(value);
    this.#others += 1;
    this.#kinds.add(kind);
    if (kind === 'number') this.#allIntegers &&= /^-?\d+$/.test(JSON.stringify(value));
  }

  read(name: string): ColumnReading {
    const [kind] = this.#kinds;
    if (kind === undefined) return this.#strings.read(name);
    const kinds = [...this.#kinds, ...(this.#strings.values > 0 ? ['string'] : [])];
    if (kinds.length > 1) {
      return { type: ANY, doubt: `its values are of several kinds: ${kinds.join(', ')}` };
    }
    const isInteger = kind === 'number' && this.#allIntegers;
    return { type: { type: isInteger ? 'integer' : kind }, doubt: null };
  }

  asItIs(): FieldType {
    return this.#kinds.size === 0 ? STRING : ANY;
  }
}

function kindOf(value: unknown): JsonKind {
  if (typeof value === 'number' || isExactNumber(value)) return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return Array.isArray(value) ? 'array' : 'object';
}

/** What the texts of a column leave open, so that the column stays text; null when they decide. */
function doubtOf(types: readonly FieldType[]): string | null {
  const [first] = types;
  if (first === undefined) return null;
  return doubtOfDates(types.filter(({ type }) => type === first.type)) ?? doubtOfCommas(types);
}

function doubtOfDates(types: readonly FieldType[]): string | null {
  const formats = new Map<string, string>();
  for (const { format } of types) {
    const order = format === undefined ? '' : dateOrder(format);
    if (format !== undefined && !formats.has(order)) formats.set(order, format);
  }
  if (formats.size < 2) return null;
  const readings = [...formats].map(([order, format]) => `${orderName(order)} (${format})`);
  return `its dates may be read as ${readings.join(' or ')}`;
}

function doubtOfCommas(types: readonly FieldType[]): string | null {
  const [first] = types;
  const isPlain = first?.decimalChar === undefined && first?.groupChar === undefined;
  const groupChars = new Set(types.map(({ groupChar }) => groupChar));
  const contested = types.find(({ decimalChar }) => decimalChar && groupChars.has(decimalChar));
  if (isPlain || contested === undefined) return null;
  return `its "${contested.decimalChar ?? ''}" may part thousands (groupChar) or decimals (decimalChar)`;
}

/** Whether every decimal dot of a number may as well part thousands. */
const hasGroupLikeDots = (types: readonly FieldType[]): boolean =>
  types[0]?.type === 'number' &&
  types[0].groupChar === undefined &&
  types.some(({ type, groupChar }) => type === 'integer' && groupChar === '.');

const ORDER_NAMES: Readonly<Record<string, string>> = { d: 'day', m: 'month', y: 'year' };

const orderName = (order: string): string =>
  Array.from(order, (part) => ORDER_NAMES[part] ?? part).join('-');
