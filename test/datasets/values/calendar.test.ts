import {
  daysOfMonth,
  daysOfYear,
  epochDay,
  monthAndDay,
  weekdayOf,
} from '../../../src/datasets/values/calendar.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

const MILLISECONDS_OF_DAY = 86_400_000;
/** Any day from the year 0 to 9999. */
const day = fc.date({
  min: new Date('0000-01-01'),
  max: new Date('9999-12-31'),
  noInvalidDate: true,
});

describe('the calendar', () => {
  it('agrees with JavaScript on every day', () => {
    fc.assert(
      fc.property(day, (date) => {
        const [year, month, dayOfMonth] = [
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ];
        const epoch = Math.floor(date.getTime() / MILLISECONDS_OF_DAY);
        expectSame(epochDay(year, month, dayOfMonth), epoch);
        expectSame(weekdayOf(epoch), (date.getUTCDay() + 6) % 7);
        expect(dayOfMonth).toBeLessThanOrEqual(daysOfMonth(year, month));
        const dayOfYear = epoch - epochDay(year, 1, 1) + 1;
        expect(dayOfYear).toBeLessThanOrEqual(daysOfYear(year));
        expect(monthAndDay(year, dayOfYear)).toEqual({ month, day: dayOfMonth });
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([0, 13, NaN])('knows no month %s', (month) => {
    expect(daysOfMonth(2024, month)).toBe(0);
  });
});
