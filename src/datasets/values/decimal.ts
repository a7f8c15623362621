/**
 * A decimal number of any length: 0.`digits` times ten to the power of `exponent`, with a sign.
 * `digits` starts and ends with a digit other than zero; zero has none.
 */
export interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly exponent: number;
  readonly digits: string;
}

const ZERO: Decimal = { sign: 0, exponent: 0, digits: '' };
const PARTS = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a number's text as JSON has it. Nothing is rounded, and memory grows with the text, never
 * with the exponent.
 *
 * @throws RangeError for a text that is no number
 */
export function parseDecimal(text: string): Decimal {
  const match = PARTS.exec(text);
  if (match === null) throw new RangeError('not a decimal number');
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const all = whole + fraction;
  const start = firstNonZero(all);
  if (start === all.length) return ZERO;
  return {
    sign: sign === '-' ? -1 : 1,
    exponent: whole.length - start + Number(power),
    digits: all.slice(start, endOfDigits(all)),
  };
}

/** Below zero when the first number is smaller, above when it is larger, 0 when they are equal. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.exponent !== b.exponent) return (a.exponent - b.exponent) * a.sign;
  if (a.digits === b.digits) return 0;
  // Both start at the same decimal place, so that the order of the texts is that of the numbers.
  return a.digits < b.digits ? -a.sign : a.sign;
}

/** A text that equal numbers share and different numbers do not: `7`, `7.0` and `70e-1` are one. */
export function decimalKey(text: string): string {
  const { sign, exponent, digits } = parseDecimal(text);
  return sign === 0 ? '0' : `${sign === -1 ? '-' : ''}${digits}e${exponent}`;
}

/** Digits that a double always holds. */
const EXACT_DIGITS = 15;

/** Whether a double holds a number exactly: it does when what is printed of it is the same number. */
export function isExactDouble(text: string): boolean {
  if (text.length <= EXACT_DIGITS && !/[eE]/.test(text)) return true;
  const double = Number(text);
  return Number.isFinite(double) && decimalKey(String(double)) === decimalKey(text);
}

function firstNonZero(digits: string): number {
  let at = 0;
  while (digits[at] === '0') at += 1;
  return at;
}

/** A loop, because a search for `0+$` would take quadratic time on many zeros. */
function endOfDigits(digits: string): number {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return end;
}
