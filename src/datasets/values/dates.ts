import { daysOfMonth } from './calendar.ts';
import { datePattern } from './date-pattern.ts';
import { INSTANTS } from './instant.ts';
import { NO_JSON, SAME_TEXT, type ValueType } from './value-type.ts';

/** The types whose values are dates, times or both. */
export type TemporalType = 'date' | 'time' | 'datetime';

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?$/;
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/;

const IS_ISO: Readonly<Record<TemporalType, (text: string) => boolean>> = {
  date: (text) => isDay(DATE.exec(text)),
  time: (text) => TIME.test(text),
  datetime: (text) => isDay(DATE_TIME.exec(text)),
};

/**
 * Dates and times: in ISO 8601, kept as they are written; or in a pattern of strptime directives,
 * which are brought into ISO 8601.
 *
 * @throws InvalidPatternError
 */
export function temporalType(type: TemporalType, format = 'default'): ValueType {
  const read = format === 'default' ? isoReader(type) : datePattern(format, type);
  return { read, readJson: NO_JSON, ...(type === 'date' ? DAYS : INSTANTS) };
}

/** Dates in ISO 8601 are in the order of their texts. */
const DAYS: Pick<ValueType, 'key' | 'compareWith'> = {
  key: SAME_TEXT,
  compareWith: (bound) => (json) => {
    if (json === bound) return 0;
    return json < bound ? -1 : 1;
  },
};

function isoReader(type: TemporalType): (text: string) => string | null {
  const isIso = IS_ISO[type];
  return (text) => (isIso(text) ? `"${text}"` : null);
}

/** Whether the first three groups of a match are a day of the calendar. */
function isDay(match: RegExpExecArray | null): boolean {
  if (match === null) return false;
  const day = Number(match[3]);
  return day >= 1 && day <= daysOfMonth(Number(match[1]), Number(match[2]));
}
