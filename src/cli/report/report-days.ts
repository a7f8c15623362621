import { InvalidArgumentError } from 'commander';
import { addDays, isDay, utcDay } from '../../report/resolve-day/resolve-day.ts';

/** Most days of one range: a year. */
export const MOST_DAYS = 366;

/** Which days are meant: one, or a range with both its ends. */
export interface DayOptions {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads a UTC day: `YYYY-MM-DD`, `today` or `yesterday`.
 *
 * @throws InvalidArgumentError for anything else, and for a day that has not begun
 */
export function parseDay(text: string, now = new Date()): string {
  const today = utcDay(now);
  if (text === 'today') return today;
  if (text === 'yesterday') return addDays(today, -1);
  if (!isDay(text)) {
    throw new InvalidArgumentError('Give a day as YYYY-MM-DD, "today" or "yesterday".');
  }
  if (text > today) throw new InvalidArgumentError(`It has not begun: in UTC it is ${today}.`);
  return text;
}

/**
 * The days that are meant, oldest first; today when none is named.
 *
 * @throws InvalidArgumentError for half a range, or one that is empty or too long
 */
export function chooseDays({ date, from, to }: DayOptions, now = new Date()): string[] {
  if (from === undefined && to === undefined) return [date ?? utcDay(now)];
  if (from === undefined || to === undefined) {
    throw new InvalidArgumentError('Give both ends of the range, --from and --to.');
  }
  if (from > to)
    throw new InvalidArgumentError(`The range ends before it begins: ${from} to ${to}.`);
  const last = addDays(from, MOST_DAYS - 1);
  if (to > last) throw new InvalidArgumentError(`A range has at most ${MOST_DAYS} days.`);
  return daysBetween(from, to);
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}
