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

/** Whether a parsed value is a number that was kept as text. */
export const isExactNumber = (value: unknown): value is ExactNumber => json.isRawJSON(value);

/**
 * Parses one JSON object without losing a digit of any number.
 *
 * @returns the object, or an empty one with the problem that makes the row unreadable.
 */
export function parseJsonObject(raw: Buffer): { value: JsonRecord; problem: RowProblem | null } {
  const text = raw.toString('utf8');
  let value: unknown;
  try {
    value = MAY_LOSE_DIGITS.test(text) ? json.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    return { value: {}, problem: problem(RowCode.INVALID_JSON, syntaxReason(error)) };
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { value: value as JsonRecord, problem: null };
  }
  const kind = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
  return { value: {}, problem: problem(RowCode.NOT_AN_OBJECT, `the record is ${kind}`) };
}

function keepDigits(_key: string, value: unknown, { source }: Source): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return isExact(value, source) ? value : json.rawJSON(source);
}

function isExact(value: number, source: string): boolean {
  const [mantissa = ''] = source.toLowerCase().split('e');
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  if (!Number.isFinite(value) || (value === 0 && digits !== '')) return false;
  return digits.length <= EXACT_DIGITS || Number.isSafeInteger(value);
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
