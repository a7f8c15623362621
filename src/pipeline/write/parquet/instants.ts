import { temporalType, type TemporalType } from '../../../datasets/values/dates.ts';
import { instantOf, type Instant } from '../../../datasets/values/instant.ts';

const SECONDS_PER_DAY = 86_400;
const MICROSECOND_DIGITS = 6;

/** Days from 1970-01-01 to a date; undefined for a text that is no date. */
export const daysOf = reader('date', ({ seconds }) => seconds / SECONDS_PER_DAY);

/** Microseconds since midnight; undefined for a text that is no time, or a finer one. */
export const microsecondsOfDay = reader('time', microsecondsIn);

/**
 * Microseconds from 1970-01-01T00:00Z to an instant; undefined for a text that is none, or a finer one.
 * A text without a zone counts as UTC.
 */
export const microsecondsOf = reader('datetime', microsecondsIn);

/** Takes exactly the texts that the contract's type takes. */
function reader<T>(
  type: TemporalType,
  valueOf: (instant: Instant) => T | undefined,
): (text: string) => T | undefined {
  const values = temporalType(type);
  return (text) => {
    const json = values.read(text);
    return json === null ? undefined : valueOf(instantOf(json));
  };
}

function microsecondsIn({ seconds, fraction }: Instant): bigint | undefined {
  if (fraction.length > MICROSECOND_DIGITS) return undefined;
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(MICROSECOND_DIGITS, '0'));
}
