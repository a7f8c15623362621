import { RowCode } from '../../shared/error-codes.ts';
import { endOfString, readNames } from '../../shared/json-names.ts';
import type { RowProblem } from './source-record.ts';

/**
 * A parsed JSON object. Numbers that a double cannot hold exactly are `ExactNumber`s, and so are those
 * with an exponent and `-0`, which JavaScript would write in another way.
 */
export type JsonRecord = Record<string, unknown>;

/** A number kept as its source text; serialised by JSON.stringify as exactly that text. */
export interface ExactNumber {
  readonly rawJSON: string;
}

interface JsonWithSource {
  parse(text: string, reviver: (key: string, value: unknown, context: Source) => unknown): unknown;
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
}
interface Source {
  readonly source?: string;
}

// The proposal "JSON.parse source text access" is in Node 22 and later; its types are not yet.
const json = JSON as unknown as JsonWithSource;

/** More digits than this in a row may not survive a double; nor does the sign of `-0` or an exponent. */
const MAY_CHANGE = /[\d.]{16}|\d[eE]|-0(?:\.0*)?(?![\d.])/;
const EXACT_DIGITS = 15;
/** Below this a double holds ever fewer digits. */
const SMALLEST_NORMAL = 2 ** -1022;
/**
 * Deepest nesting of objects and arrays. JSON.stringify recurses: without a limit a few kilobytes of
 * brackets would end the whole file with a stack overflow.
 */
const DEEPEST_NESTING = 500;
const SHOWN_CHARACTERS = 80;
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;
/** JSON.stringify escapes a surrogate only where it is none of a pair. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whether a parsed value is a number that was kept as text. */
export const isExactNumber = (value: unknown): value is ExactNumber => json.isRawJSON(value);

/**
 * Parses one JSON object without losing a digit of any number.
 *
 * @returns the object, or an empty one with the problem that makes the row unreadable.
 */
export function parseJsonObject(raw: Buffer): { value: JsonRecord; problem: RowProblem | null } {
  const text = raw.toString('utf8');
  const { depth, members, hasEscapedName } = structureOf(text);
  if (depth > DEEPEST_NESTING) return { value: {}, problem: TOO_DEEP };
  let value: unknown;
  try {
    value = MAY_CHANGE.test(text) ? json.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    return { value: {}, problem: problem(RowCode.INVALID_JSON, syntaxReason(error)) };
  }
  const kind = kindOf(value);
  if (kind !== 'an object') {
    return { value: {}, problem: problem(RowCode.NOT_AN_OBJECT, `the record is ${kind}`) };
  }
  if (SURROGATE_ESCAPE.test(text) && LONE_SURROGATE.test(JSON.stringify(value))) {
    return { value: {}, problem: HALF_CHARACTER };
  }
  if (countProperties(value) === members && !hasEscapedName) {
    return { value: value as JsonRecord, problem: null };
  }
  return readByName(text);
}

function readByName(text: string): { value: JsonRecord; problem: RowProblem | null } {
  const { value, duplicate } = readNames(text, toExactNumber);
  if (duplicate === null) return { value: value as JsonRecord, problem: null };
  const isLong = duplicate.length > SHOWN_CHARACTERS;
  const shown = isLong ? `${duplicate.slice(0, SHOWN_CHARACTERS)}…` : duplicate;
  const reason = `an object has the property ${JSON.stringify(shown)} more than once`;
  return { value: {}, problem: problem(RowCode.DUPLICATE_PROPERTY, reason) };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (isExactNumber(value)) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function keepDigits(_key: string, value: unknown, { source }: Source): unknown {
  return typeof value === 'number' && source !== undefined ? toExactNumber(source) : value;
}

/** A number that a double holds exactly and JavaScript writes as it was, or else its text. */
function toExactNumber(source: string): number | ExactNumber {
  const value = Number(source);
  return isExact(value, source) ? value : json.rawJSON(source);
}

function isExact(value: number, source: string): boolean {
  if (/^-?\d+$/.test(source) && Number.isSafeInteger(value)) return !Object.is(value, -0);
  if (/[eE]/.test(source)) return String(value) === source;
  const digits = source.replace(/[-.]/g, '').replace(/^0+/, '');
  if (digits === '') return !Object.is(value, -0);
  const isNormal = Number.isFinite(value) && Math.abs(value) >= SMALLEST_NORMAL;
  return isNormal && digits.length <= EXACT_DIGITS;
}

interface Structure {
  /** How deep brackets are nested; counted no further than one level beyond the limit. */
  readonly depth: number;
  /** Members of all objects. */
  readonly members: number;
  readonly hasEscapedName: boolean;
}

/** In valid JSON every colon outside a string belongs to a member, and a name stands before it. */
function structureOf(text: string): Structure {
  const mayEscape = text.includes('\\');
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let stringStart = 0;
  let hasEscapedName = false;
  for (let at = 0; at < text.length && deepest <= DEEPEST_NESTING; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      stringStart = at;
      at = endOfString(text, at);
    } else if (code === COLON) {
      members += 1;
      if (mayEscape) hasEscapedName ||= text.slice(stringStart, at).includes('\\');
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) deepest = Math.max(deepest, ++depth);
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1;
  }
  return { depth: deepest, members, hasEscapedName };
}

/** Properties of all objects in a parsed value. JSON.parse keeps the last of those of one name. */
function countProperties(value: unknown): number {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += countProperties(element);
  } else {
    for (const name in value) count += 1 + countProperties((value as JsonRecord)[name]);
  }
  return count;
}

function problem(code: RowCode, reason: string): RowProblem {
  return { code, column: null, reason };
}

/** V8's message quotes the text at fault; row data must not reach logs, so only its head is kept. */
function syntaxReason(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position \d+/.exec(message)?.[0];
  return `not valid JSON${position === undefined ? '' : ` ${position}`}`;
}

const TOO_DEEP = problem(RowCode.INVALID_JSON, `nested more than ${DEEPEST_NESTING} levels deep`);

/** No UTF-8 holds it, so that readers would refuse the whole output for it. */
const HALF_CHARACTER = problem(
  RowCode.INVALID_ENCODING,
  'an escape stands for half of a surrogate pair, which is no character',
);
