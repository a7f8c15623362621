const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month, 1 to 12, in the Gregorian calendar; 0 for a month that does not exist. */
export function daysOfMonth(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
}

export function daysOfYear(year: number): number {
  return isLeap(year) ? 366 : 365;
}

/** The month and day of a day of the year, 1 being the first of January. */
export function monthAndDay(year: number, dayOfYear: number): { month: number; day: number } {
  let month = 1;
  let day = dayOfYear;
  while (day > daysOfMonth(year, month)) {
    day -= daysOfMonth(year, month);
    month += 1;
  }
  return { month, day };
}

/** Days since the first of January 1970, negative before it. */
export function epochDay(year: number, month: number, day: number): number {
  const past = year - 1;
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  const thisLeapDay = month > 2 && isLeap(year) ? 1 : 0;
  const before = DAYS_BEFORE_MONTH[month - 1] ?? 0;
  return past * 365 + leapDays + before + thisLeapDay + day - DAYS_TO_1970;
}

/** The weekday of a day, 0 for Monday. The first of January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Days from the first of January of the year 1 to that of 1970, both counted as day 1. */
const DAYS_TO_1970 = 719_163;

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
