import { SHORT_DIGITS } from '../../../shared/aggregates/exact-sum.ts';
import type { MeasureSummary } from '../../../shared/aggregates/measure-summary.ts';

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const LETTER_N = 0x6e;
const POWERS_OF_TEN = Array.from({ length: SHORT_DIGITS + 1 }, (_, power) => 10 ** power);

/** Adds the number that a field's JSON is, if there is one: of most numbers no text is made. */
export function addNumber(
  measure: MeasureSummary,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  if (bytes[start] === LETTER_N) return;
  if (!addShortNumber(measure, bytes, start, end)) {
    measure.add(bytes.toString('latin1', start, end));
  }
}

/** False, and nothing is added, for a number with an exponent or of more digits than are exact. */
function addShortNumber(
  measure: MeasureSummary,
  bytes: Buffer,
  start: number,
  end: number,
): boolean {
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  if (end - first > SHORT_DIGITS + 1) return false;
  let digits = 0;
  let point = end - 1;
  for (let at = first; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (bytes[at] === POINT) point = at;
    else return false;
  }
  const decimals = end - 1 - point;
  if (end - first - (decimals > 0 ? 1 : 0) > SHORT_DIGITS) return false;
  const signed = isNegative ? -digits : digits;
  measure.addDigits(signed, decimals, signed / (POWERS_OF_TEN[decimals] ?? NaN));
  return true;
}
