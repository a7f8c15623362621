import { RowCode } from '../../shared/error-codes.ts';
import type { RowProblem } from './source-record.ts';

/** A parsed JSON object. Numbers that a double cannot hold exactly are `ExactNumber`s. */
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

/** More digits than this in a row may not survive a double. */
const MAY_LOSE_DIGITS = /[\d.]{16}|\d[eE]/;
const EXACT_DIGITS = 15;
/** Below this a double holds ever fewer digits. */
const SMALLEST_NORMAL = 2 ** -1022;
/**
 * Deepest nesting of objects and arrays. JSON.stringify recurses: without a limit a few kilobytes of
 * brackets would end the whole file with a stack overflow.
 */
const DEEPEST_NESTING = 500;

/** Whether a parsed value is a number that was kept as text. */
export const isExactNumber = (value: unknown): value is ExactNumber => json.isRawJSON(value);

/**
 * Parses one JSON object without losing a digit of any number.
 *
 * @returns the object, or an empty one with the problem that makes the row unreadable.
 */
export function parseJsonObject(raw: Buffer): { value: JsonRecord; problem: RowProblem | null } {
  const text = raw.toString('utf8');
  if (isTooDeep(text)) return { value: {}, problem: TOO_DEEP };
  let value: unknown;
  try {
    value = MAY_LOSE_DIGITS.test(text) ? json.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    return { value: {}, problem: problem(RowCode.INVALID_JSON, syntaxReason(error)) };
  }
  const kind = kindOf(value);
  if (kind === 'an object') return { value: value as JsonRecord, problem: null };
  return { value: {}, problem: problem(RowCode.NOT_AN_OBJECT, `the record is ${kind}`) };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (isExactNumber(value)) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function keepDigits(_key: string, value: unknown, { source }: Source): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return isExact(value, source) ? value : json.rawJSON(source);
}

function isExact(value: number, source: string): boolean {
  if (/^-?\d+$/.test(source) && Number.isSafeInteger(value)) return true;
  const [mantissa = ''] = source.toLowerCase().split('e');
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '');
  if (digits === '') return true;
  const isNormal = Number.isFinite(value) && Math.abs(value) >= SMALLEST_NORMAL;
  return isNormal && digits.length <= EXACT_DIGITS;
}

function isTooDeep(text: string): boolean {
  if (text.length <= 2 * DEEPEST_NESTING) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > DEEPEST_NESTING) return true;
  }
  return false;
}

/** Where the string that opens at `start` closes; the text's end when it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
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
