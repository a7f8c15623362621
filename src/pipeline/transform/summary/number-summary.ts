import { SHORT_DIGITS } from '../../../shared/aggregates/exact-sum.ts';
import {
  MeasureSummary,
  type MeasureSummaryJson,
} from '../../../shared/aggregates/measure-summary.ts';
import type { FieldSummary } from './field-summary.ts';

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const LETTER_N = 0x6e;
const POWERS_OF_TEN = Array.from({ length: SHORT_DIGITS + 1 }, (_, power) => 10 ** power);

/** What the numbers of a field add up to; of most numbers no text is made. */
export class NumberSummary implements FieldSummary {
  readonly #measure = new MeasureSummary();

  add(bytes: Buffer, _: DataView, start: number, end: number): void {
    if (bytes[start] === LETTER_N) return;
    if (!addShortNumber(this.#measure, bytes, start, end)) {
      this.#measure.add(bytes.toString('latin1', start, end));
    }
  }

  toJson(): MeasureSummaryJson {
    return this.#measure.toJson();
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
