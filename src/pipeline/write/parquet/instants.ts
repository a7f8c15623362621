const MILLISECONDS_PER_DAY = 86_400_000;
const MICROSECONDS_PER_MINUTE = 60_000_000n;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[T ]([\d:.,]+)(?:Z|([+-]\d{2}):?(\d{2}))?$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,6})0*)?)?$/;

/** Days from 1970-01-01 to a date; undefined for a text that is no date. */
export function daysOf(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const date = new Date(text);
  // Date takes February 30 for March 2.
  const isReal = date.getUTCDate() === Number(text.slice(8));
  return isReal ? date.getTime() / MILLISECONDS_PER_DAY : undefined;
}

/** Microseconds since midnight; undefined for a text that is no time, or a finer one. */
export function microsecondsOfDay(text: string): bigint | undefined {
  const [, hour, minute, second = '0', fraction = ''] = TIME.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

/**
 * Microseconds from 1970-01-01T00:00Z to an instant; undefined for a text that is none, or a finer one.
 * A text without a zone counts as UTC.
 */
export function microsecondsOf(text: string): bigint | undefined {
  const [, date = '', time = '', hours = '+00', minutes = '00'] = DATE_TIME.exec(text) ?? [];
  const days = daysOf(date);
  const ofDay = microsecondsOfDay(time);
  if (days === undefined || ofDay === undefined) return undefined;
  const offset = Number(hours) * 60 + Number(`${hours[0] ?? ''}${minutes}`);
  const midnight = BigInt(days * MILLISECONDS_PER_DAY) * 1_000n;
  return midnight + ofDay - BigInt(offset) * MICROSECONDS_PER_MINUTE;
}
