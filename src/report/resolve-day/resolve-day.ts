import * as z from 'zod/mini';

const DAY_MILLISECONDS = 86_400_000;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** The report was asked for a day that does not exist, has not come yet, or cannot be made out. */
export class InvalidDay extends Error {
  override readonly name = 'InvalidDay';

  constructor(reason: string) {
    super(`INVALID_DAY: ${reason}`);
  }
}

/** What starts an execution: the schedule with its time, or a person with a day. */
const ReportRequest = z.union([
  z.strictObject({ scheduledTime: z.iso.datetime({ offset: true }) }),
  z.strictObject({ day: z.string() }),
]);

/** The whole day to report, and how its hours are to be counted. */
export interface ResolvedDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly execution: string;
  /** Where the hours' sums are kept in the reports bucket. */
  readonly workPrefix: string;
  readonly hours: readonly number[];
  /** Hours that are counted at once. */
  readonly concurrency: number;
}

/** The day as UTC has it at an instant. */
export const utcDay = (instant: Date): string => instant.toISOString().slice(0, 10);

/** The day so many days later, or earlier. */
export const addDays = (day: string, days: number): string =>
  utcDay(new Date(Date.parse(day) + days * DAY_MILLISECONDS));

/**
 * The UTC day that an execution reports: with `{ scheduledTime }` the last that was over by then, with
 * `{ day }` that day. It follows from the input alone, so that a retry or a late start reports the same.
 *
 * @throws InvalidDay for anything else, and for a day that has not begun
 */
export function requestedDay(input: unknown, now: Date): string {
  const { success, data } = ReportRequest.safeParse(input);
  if (!success) {
    throw new InvalidDay(
      `the input must be {"day": "YYYY-MM-DD"} or {"scheduledTime": "YYYY-MM-DDThh:mm:ssZ"}, got ${shown(input)}`,
    );
  }
  if ('day' in data) return begunDay(data.day, now);
  return begunDay(addDays(utcDay(new Date(data.scheduledTime)), -1), now);
}

function begunDay(day: string, now: Date): string {
  if (!isDay(day)) throw new InvalidDay(`${shown(day)} is no day as YYYY-MM-DD`);
  if (day > utcDay(now)) {
    throw new InvalidDay(`${day} has not begun: in UTC it is ${utcDay(now)}`);
  }
  return day;
}

/** Whether a text is a day of the calendar as `YYYY-MM-DD`. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && z.iso.date().safeParse(text).success;

/** An input in a message: short, whatever it is. */
const shown = (value: unknown): string => JSON.stringify(value).slice(0, 200);

/**
 * What an execution has to do.
 *
 * @throws InvalidDay as `requestedDay` does
 */
export function resolveDay(
  request: { readonly input: unknown; readonly execution: string },
  { now, concurrency }: { readonly now: Date; readonly concurrency: number },
): ResolvedDay {
  const { input, execution } = request;
  return {
    day: requestedDay(input, now),
    execution,
    workPrefix: `work/${execution}/`,
    hours: HOURS,
    concurrency,
  };
}
