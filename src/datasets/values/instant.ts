import { epochDay } from './calendar.ts';
import type { Comparison, ValueType } from './value-type.ts';

const SECONDS_OF_DAY = 86_400;
/** The parts of an ISO 8601 date or time as JSON text; the value's form has been checked before. */
const PARTS =
  /^"(?:(\d{4})-(\d\d)-(\d\d)[T ]?)?(?:(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(Z|[+-]\d\d:?\d\d)?"$/;

/** A moment, exact to any fraction of a second. */
export interface Instant {
  /** Whole seconds since 1970, or since midnight for a time without a date. */
  readonly seconds: number;
  /** Digits behind the decimal point, without zeros at the end. */
  readonly fraction: string;
}

/** How dates and times compare: as moments; what has no zone counts as UTC. */
export const INSTANTS: Pick<ValueType, 'key' | 'compareWith'> = {
  key: (json) => {
    const { seconds, fraction } = instantOf(json);
    return `${seconds}.${fraction}`;
  },
  compareWith: (bound): Comparison => {
    const limit = instantOf(bound);
    return (json) => compareInstants(instantOf(json), limit);
  },
};

/** Digits of a second's fraction that a date or time, given as JSON text, really has. */
export function fractionDigits(json: string): number {
  return instantOf(json).fraction.length;
}

function compareInstants(a: Instant, b: Instant): number {
  if (a.seconds !== b.seconds) return a.seconds - b.seconds;
  if (a.fraction === b.fraction) return 0;
  return a.fraction < b.fraction ? -1 : 1;
}

/** The moment that a date or time, given as JSON text, stands for; its form has been checked before. */
export function instantOf(json: string): Instant {
  const [, year, month, day, hours = 0, minutes = 0, seconds = 0, fraction = '', zone = 'Z'] =
    PARTS.exec(json) ?? [];
  const days = year === undefined ? 0 : epochDay(Number(year), Number(month), Number(day));
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return {
    seconds: days * SECONDS_OF_DAY + time - offsetOf(zone),
    fraction: withoutZeros(fraction),
  };
}

/** Seconds by which a zone is ahead of UTC. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

function withoutZeros(fraction: string): string {
  let end = fraction.length;
  while (fraction[end - 1] === '0') end -= 1;
  return fraction.slice(0, end);
}
