import { compareDecimals, decimalKey, parseDecimal } from './decimal.ts';
import { escapePattern } from './escape-pattern.ts';
import type { ValueType } from './value-type.ts';

/** How numbers are written, in the words of Frictionless Table Schema. */
export interface NumberFormat {
  /** Decimal separator; a dot unless stated. */
  readonly decimalChar?: string | undefined;
  /** Separator of groups of digits; none unless stated. */
  readonly groupChar?: string | undefined;
  /** False: other characters may stand before and behind the number. */
  readonly bareNumber?: boolean | undefined;
}

// After the leading zeros a group starts with another digit: were both free to take a zero, a field of
// many zeros would take quadratic time.
const INTEGER = /^([+-]?)0*(0|[1-9]\d*)$/;
/** A few bytes of exponent must not become gigabytes of zeros. */
const MOST_DIGITS = 400;
const JSON_INTEGER = /^-?(?:0|[1-9]\d*)$/;
// Longer exponents are no number: as doubles they could not be compared exactly.
const EXPONENT = '(?:[eE]([+-]?0*\\d{1,15}))?';
const JSON_NUMBER = new RegExp(`^-?(?:0|[1-9]\\d*)(?:\\.\\d+)?${EXPONENT}$`);
const YEAR = /^-?(?:0\d{3}|[1-9]\d{3,8})$/;
const ENDS_IN_LETTER = /\p{L}$/u;
/** What may turn the sign of a number around, or may be an operator, does not count as decoration. */
const SIGN_BEFORE = /[+()\p{Pd}\u2212]/u;
const SIGN_BEHIND = /[-+()\u2212]/;

const NUMERIC: Pick<ValueType, 'key' | 'compareWith'> = {
  key: decimalKey,
  compareWith: (bound) => {
    const limit = parseDecimal(bound);
    return (json) => compareDecimals(parseDecimal(json), limit);
  },
};

/** Integers of any length. */
export function integerType(format: NumberFormat): ValueType {
  const bodyOf = bodyReader({ ...format, decimalChar: undefined });
  return {
    ...NUMERIC,
    read: (text) => {
      const match = INTEGER.exec(bodyOf(text));
      return match === null ? null : `${minus(match[1])}${match[2] ?? ''}`;
    },
    readJson: (json) => (JSON_INTEGER.test(json) ? json : wholeNumber(json)),
  };
}

/** A JSON number such as `1e21` and `7.0` in plain digits; null for one that is not whole, or too long. */
function wholeNumber(json: string): string | null {
  if (!JSON_NUMBER.test(json)) return null;
  const { sign, exponent, digits } = parseDecimal(json);
  if (sign === 0) return `${minus(json[0])}0`;
  if (digits.length > exponent || exponent > MOST_DIGITS) return null;
  return `${minus(json[0])}${digits.padEnd(exponent, '0')}`;
}

/** Decimal numbers of any length; `NaN` and `INF` are none, because JSON cannot hold them. */
export function numberType(format: NumberFormat): ValueType {
  const { decimalChar = '.' } = format;
  const bodyOf = bodyReader({ ...format, decimalChar });
  const point = escapePattern(decimalChar);
  const NUMBER = new RegExp(`^([+-]?)(0*)((?:[1-9]\\d*)?)(?:${point}(\\d*))?${EXPONENT}$`);
  return {
    ...NUMERIC,
    read: (text) => {
      const match = NUMBER.exec(bodyOf(text));
      if (match === null) return null;
      const [, sign, zeros = '', whole = '', fraction = '', exponent] = match;
      if (zeros === '' && whole === '' && fraction === '') return null;
      const decimals = fraction === '' ? '' : `.${fraction}`;
      const power = exponent === undefined ? '' : `e${exponent}`;
      return `${minus(sign)}${whole === '' ? '0' : whole}${decimals}${power}`;
    },
    readJson: (json) => (JSON_NUMBER.test(json) ? json : null),
  };
}

/** Years as XML Schema's gYear has them, of four to nine digits. */
export function yearType(): ValueType {
  const read = (text: string): string | null =>
    YEAR.test(text) ? (INTEGER.exec(text)?.slice(1, 3).join('') ?? null) : null;
  return { ...NUMERIC, read, readJson: read };
}

const minus = (sign: string | undefined): string => (sign === '-' ? '-' : '');

/**
 * Takes from a text what the format lets stand around and inside a number. What is left of a text
 * that breaks the format is no number.
 */
function bodyReader({
  decimalChar,
  groupChar,
  bareNumber,
}: NumberFormat): (text: string) => string {
  const ungroup = groupChar === undefined ? SAME : ungrouper(groupChar);
  if (bareNumber !== false) return ungroup;
  return (text) => ungroup(withoutDecoration(text, decimalChar) ?? '');
}

const SAME = (text: string): string => text;

/**
 * Groups have three digits, those before the last may have two (1,00,000). A group of another length
 * is more likely another separator: under `groupChar` "." `1.5` is not 15, nor is `0.125` 125.
 */
function ungrouper(groupChar: string): (text: string) => string {
  const group = escapePattern(groupChar);
  const GROUPED = new RegExp(
    `^[+-]?[1-9]\\d{0,2}(?:${group}\\d{2,3})*${group}\\d{3}(?!\\d)[^${group}]*$`,
    'u',
  );
  return (text) => {
    if (!text.includes(groupChar)) return text;
    return GROUPED.test(text) ? text.replaceAll(groupChar, '') : '';
  };
}

/** Null for a text whose sign or decimal point cannot be told, such as `(95)` and `Fr.95`. */
function withoutDecoration(text: string, decimalChar: string | undefined): string | null {
  const first = text.search(/\d/);
  if (first === -1) return null;
  const point = decimalChar ?? '';
  const start = text.slice(0, first).endsWith(point) ? first - point.length : first;
  let end = text.length;
  while (!isDigit(text, end - 1)) end -= 1;
  const before = text.slice(0, start);
  if ((start < first && ENDS_IN_LETTER.test(before)) || /[.,]$/.test(before)) return null;
  const sign = signOf(before);
  if (SIGN_BEFORE.test(before.replace(sign, '')) || SIGN_BEHIND.test(text.slice(end))) return null;
  return sign + text.slice(start, end);
}

/** A sign right before the number, or before all else: `€ -95`, `-€ 95`. */
function signOf(before: string): string {
  return /[+-]$/.exec(before)?.[0] ?? /^[+-]/.exec(before)?.[0] ?? '';
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
