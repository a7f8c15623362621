import type { Figure, Report } from '../report.ts';

/** Days that a day is compared with. */
export const COMPARED_DAYS = 7;

const DAY_MILLISECONDS = 86_400_000;

/** The days that a day is compared with, the latest first. */
export function daysBefore(day: string): string[] {
  const start = Date.parse(day);
  return Array.from({ length: COMPARED_DAYS }, (_, index) =>
    new Date(start - (index + 1) * DAY_MILLISECONDS).toISOString().slice(0, 10),
  );
}

/**
 * The reports of the seven days before. Those made before their day was over, or without some of its
 * hours, tell too little to compare with.
 */
export class EarlierReports {
  readonly #whole: readonly Report[];
  readonly #dayBefore: Report | null;

  /** @param reports those that there are, in any order */
  constructor(day: string, reports: readonly Report[]) {
    const days = daysBefore(day);
    this.#whole = reports.filter((report) => days.includes(report.day) && isWhole(report));
    this.#dayBefore = this.#whole.find((report) => report.day === days[0]) ?? null;
  }

  /** How many there are to compare with. */
  get count(): number {
    return this.#whole.length;
  }

  /** Sets a value of the day beside those that a figure of the earlier reports had. */
  compare(value: number | null, figureOf: (report: Report) => Figure): Figure {
    return {
      value,
      dayBefore: this.#dayBefore && figureOf(this.#dayBefore).value,
      weekMean: this.mean((report) => figureOf(report).value),
    };
  }

  /** Mean of a value over the days that have it; null where none has. */
  mean(valueOf: (report: Report) => number | null): number | null {
    const values = this.#whole.map(valueOf).filter((value) => value !== null);
    if (values.length === 0) return null;
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  /** Whether something is true of each; not, where there is none. */
  every(isTrue: (report: Report) => boolean): boolean {
    return this.#whole.length > 0 && this.#whole.every(isTrue);
  }
}

const isWhole = ({ isDayOver, hours }: Report): boolean =>
  isDayOver && hours.every(({ isCounted }) => isCounted);
