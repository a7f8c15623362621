import { epochDay } from '../../../datasets/values/calendar.ts';
import { EventTimes, type EventTimesJson } from '../../../shared/aggregates/event-times.ts';
import type { FieldSummary } from './field-summary.ts';

const LETTER_N = 0x6e;

/** When the events of a file happened. */
export class EventTimeSummary implements FieldSummary {
  readonly #times = new EventTimes();
  readonly #arrivalDay: number;

  /** @param arrivedAt when the file arrived, in ISO 8601 and UTC */
  constructor(arrivedAt: string) {
    this.#arrivalDay = dayOf(arrivedAt);
  }

  add(bytes: Buffer, _: DataView, start: number, end: number): void {
    // A moment stands in quotes.
    if (bytes[start] !== LETTER_N) this.#times.add(bytes, start + 1, end - 1, this.#arrivalDay);
  }

  toJson(): EventTimesJson {
    return this.#times.toJson();
  }
}

function dayOf(moment: string): number {
  const [year = 0, month = 0, day = 0] = moment.slice(0, 10).split('-').map(Number);
  return epochDay(year, month, day);
}
