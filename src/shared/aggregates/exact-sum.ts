import { parseDecimal, type Decimal } from '../../datasets/values/decimal.ts';

/** Most digits of a number that a sum takes, before the decimal point as behind it. */
export const MOST_DIGITS = 1_000;
/** Most digits of a number that `addDigits` takes. */
export const SHORT_DIGITS = 15;
/** Sums up to here can take another short number and stay exact. */
const SAFE_SUM = Number.MAX_SAFE_INTEGER - 10 ** SHORT_DIGITS;

/** Whether a number has few enough digits for a sum, and to be written without an exponent. */
export function isOfFewDigits({ exponent, digits }: Decimal): boolean {
  return exponent <= MOST_DIGITS && digits.length - exponent <= MOST_DIGITS;
}

/** A number in plain digits: equal numbers have equal texts. It has to be of few digits. */
export function plainText({ sign, exponent, digits }: Decimal): string {
  if (sign === 0) return '0';
  const whole = digits.slice(0, Math.max(0, exponent)).padEnd(exponent, '0') || '0';
  const fraction = digits.slice(Math.max(0, exponent));
  const zeros = '0'.repeat(Math.max(0, -exponent));
  return `${sign < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${zeros}${fraction}`}`;
}

/** The sum of decimal numbers, without rounding: the same whatever their order. */
export class ExactSum {
  /** Sums of short numbers, by how many decimals they have. */
  readonly #shortSums = new Float64Array(SHORT_DIGITS + 1);
  /** The sum of everything else, times ten to the power of `#scale`. */
  #rest = 0n;
  #scale = 0;

  /** Adds a number of few digits, see `isOfFewDigits`. */
  add({ sign, exponent, digits }: Decimal): void {
    if (sign === 0) return;
    const scale = digits.length - exponent;
    const mantissa = BigInt(digits) * BigInt(sign);
    if (scale >= 0) this.#addScaled(mantissa, scale);
    else this.#addScaled(mantissa * 10n ** BigInt(-scale), 0);
  }

  /** Adds a whole number of at most `SHORT_DIGITS` digits, of which so many are decimals. */
  addDigits(digits: number, decimals: number): void {
    const sum = (this.#shortSums[decimals] ?? 0) + digits;
    this.#shortSums[decimals] = sum;
    if (sum > SAFE_SUM || sum < -SAFE_SUM) this.#flush(decimals);
  }

  /** In plain digits. */
  toText(): string {
    this.#shortSums.forEach((_, decimals) => this.#flush(decimals));
    const isNegative = this.#rest < 0n;
    const digits = String(isNegative ? -this.#rest : this.#rest).padStart(this.#scale + 1, '0');
    const point = digits.length - this.#scale;
    return plainText(
      parseDecimal(`${isNegative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`),
    );
  }

  #flush(decimals: number): void {
    const sum = this.#shortSums[decimals] ?? 0;
    if (sum !== 0) this.#addScaled(BigInt(sum), decimals);
    this.#shortSums[decimals] = 0;
  }

  #addScaled(mantissa: bigint, scale: number): void {
    if (scale > this.#scale) {
      this.#rest *= 10n ** BigInt(scale - this.#scale);
      this.#scale = scale;
    }
    this.#rest += mantissa * 10n ** BigInt(this.#scale - scale);
  }
}
