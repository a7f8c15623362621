import * as z from 'zod/mini';
import { epochDay } from '../../datasets/values/calendar.ts';

const Count = z.number().check(z.int(), z.nonnegative());
/** A day, or a moment as records have it: in ISO 8601, where it has no zone in UTC. */
const MOMENT =
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,30})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const MomentText = z.string().check(z.regex(MOMENT, 'must be a day or a moment'));

/** When events happened, as it lies in manifests. */
export const EventTimesJson = z.object({
  /** Rows with an event time. */
  rows: Count,
  /** Those of them whose event lies on an earlier UTC day than their file's arrival. */
  lateRows: Count,
  /** As the record has it; null where there is none. */
  earliest: z.nullable(MomentText),
  latest: z.nullable(MomentText),
});
export type EventTimesJson = z.infer<typeof EventTimesJson>;

const SECONDS_OF_DAY = 86_400;
const DATE_LENGTH = 10;
/** Where the parts of a moment start. */
const MONTH = 5;
const DAY = 8;
const HOURS = 11;
const MINUTES = 14;
const SECONDS = 17;
const DECIMALS = 20;
/** Decimals of a second that are compared as a number. */
const FIRST_DECIMALS = 9;
const POWERS_OF_TEN = Array.from({ length: FIRST_DECIMALS + 1 }, (_, power) => 10 ** power);
/** Further decimals of a second are cut off: moments of such records are kept, and bounded. */
const MOST_DECIMALS = 30;
const FURTHER_DECIMALS = new RegExp(`([.,]\\d{${MOST_DECIMALS}})\\d+`);
const LONGEST_MOMENT = DECIMALS + MOST_DECIMALS + '+00:00'.length;
const NO_BYTES = Buffer.alloc(0);
const ZERO = 0x30;
const COLON = 0x3a;
const POINT = 0x2e;
const COMMA = 0x2c;
const MINUS = 0x2d;
const LETTER_Z = 0x5a;

/**
 * When events happened: the first and the last of them, and how many came late. Merging is a fold, in
 * any order; of equal moments that are written differently, the smaller text is kept.
 */
export class EventTimes {
  readonly #moment = new Moment();
  readonly #earliest = new Outermost(-1);
  readonly #latest = new Outermost(1);
  #rows = 0;
  #lateRows = 0;

  /**
   * Adds the time of an event: a day or a moment in ISO 8601, in ASCII, as a contract's fields have
   * checked it.
   *
   * @param arrivalDay day on which its file arrived, in days since 1970
   */
  add(bytes: Buffer, start: number, end: number, arrivalDay: number): void {
    const moment = this.#moment;
    moment.read(bytes, start, end);
    this.#rows += 1;
    if (moment.seconds < arrivalDay * SECONDS_OF_DAY) this.#lateRows += 1;
    this.#earliest.take(moment);
    this.#latest.take(moment);
  }

  merge({ rows, lateRows, earliest, latest }: EventTimesJson): void {
    this.#rows += rows;
    this.#lateRows += lateRows;
    if (earliest !== null) this.#earliest.take(momentOf(earliest));
    if (latest !== null) this.#latest.take(momentOf(latest));
  }

  toJson(): EventTimesJson {
    return {
      rows: this.#rows,
      lateRows: this.#lateRows,
      earliest: this.#earliest.toText(),
      latest: this.#latest.toText(),
    };
  }
}

/** A moment as it stands in some bytes; read again and again, for it is made of every row. */
class Moment {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  /** Whole seconds since 1970. */
  seconds = 0;
  /** The first decimals of the second, as a whole number. */
  decimals = 0;
  #lastDate = NaN;
  #lastDay = 0;

  read(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.decimals = 0;
    const day = this.#day() * SECONDS_OF_DAY;
    this.seconds = end - start === DATE_LENGTH ? day : day + this.#secondsOfDay();
  }

  /** The moment as text, of its decimals only the first `MOST_DECIMALS`. */
  toText(): string {
    const text = this.bytes.toString('latin1', this.start, this.end);
    return text.replace(FURTHER_DECIMALS, '$1');
  }

  /** Days since 1970. Most rows of a file are of few days, one after the other. */
  #day(): number {
    const { bytes, start } = this;
    const year = pair(bytes, start) * 100 + pair(bytes, start + 2);
    const month = pair(bytes, start + MONTH);
    const day = pair(bytes, start + DAY);
    const date = year * 10_000 + month * 100 + day;
    if (date !== this.#lastDate) {
      this.#lastDate = date;
      this.#lastDay = epochDay(year, month, day);
    }
    return this.#lastDay;
  }

  /** Of UTC; below zero, or above a day's, where the zone leads to another day. */
  #secondsOfDay(): number {
    const { bytes, start, end } = this;
    let at = start + SECONDS - 1;
    let seconds = pair(bytes, start + HOURS) * 3600 + pair(bytes, start + MINUTES) * 60;
    if (at < end && bytes[at] === COLON) {
      seconds += pair(bytes, start + SECONDS);
      at = this.#readDecimals();
    }
    return at === end ? seconds : seconds - this.#offset(at);
  }

  /** Gives the index behind the seconds. */
  #readDecimals(): number {
    const { bytes, start, end } = this;
    const mark = bytes[start + DECIMALS - 1];
    if (mark !== POINT && mark !== COMMA) return start + DECIMALS - 1;
    let at = start + DECIMALS;
    let decimals = 0;
    const behindFirst = Math.min(end, at + FIRST_DECIMALS);
    for (; at < behindFirst && isDigit(bytes[at]); at += 1) {
      decimals = decimals * 10 + (bytes[at] ?? 0) - ZERO;
    }
    this.decimals = decimals * (POWERS_OF_TEN[FIRST_DECIMALS - (at - start - DECIMALS)] ?? 1);
    while (at < end && isDigit(bytes[at])) at += 1;
    return at;
  }

  /** Seconds by which the zone is ahead of UTC. */
  #offset(at: number): number {
    const { bytes, end } = this;
    if (bytes[at] === LETTER_Z) return 0;
    const seconds = pair(bytes, at + 1) * 3600 + pair(bytes, end - 2) * 60;
    return bytes[at] === MINUS ? -seconds : seconds;
  }
}

/** The first or the last of some moments. */
class Outermost {
  readonly #direction: -1 | 1;
  readonly #held = new Moment();
  readonly #bytes = Buffer.alloc(LONGEST_MOMENT);
  #isEmpty = true;

  /** @param direction -1 for the first, 1 for the last */
  constructor(direction: -1 | 1) {
    this.#direction = direction;
  }

  take(moment: Moment): void {
    const held = this.#held;
    const ahead = moment.seconds - held.seconds || moment.decimals - held.decimals;
    if (!this.#isEmpty) {
      if (ahead * this.#direction < 0) return;
      if (ahead === 0 && !this.#isFurtherOut(moment)) return;
    }
    this.#isEmpty = false;
    this.#hold(moment);
  }

  toText(): string | null {
    return this.#isEmpty ? null : this.#held.toText();
  }

  #hold(moment: Moment): void {
    const { bytes, start, end } = moment;
    if (end - start > LONGEST_MOMENT) return this.#hold(momentOf(moment.toText()));
    const held = this.#held;
    // A loop, because calls that copy take longer, and in a file in order each row is the latest.
    for (let at = start; at < end; at += 1) this.#bytes[at - start] = bytes[at] ?? 0;
    held.bytes = this.#bytes;
    held.end = end - start;
    held.seconds = moment.seconds;
    held.decimals = moment.decimals;
  }

  /** Of moments with the same first decimals: by the further ones, then by their texts. */
  #isFurtherOut(moment: Moment): boolean {
    if (isSame(moment, this.#held)) return false;
    const [text, held] = [moment.toText(), this.#held.toText()];
    const [further, heldFurther] = [furtherDecimals(text), furtherDecimals(held)];
    if (further === heldFurther) return text < held;
    return further > heldFurther === (this.#direction === 1);
  }
}

function momentOf(text: string): Moment {
  const moment = new Moment();
  const bytes = Buffer.from(text);
  moment.read(bytes, 0, bytes.length);
  return moment;
}

function isSame(a: Moment, b: Moment): boolean {
  const length = a.end - a.start;
  if (b.end - b.start !== length) return false;
  for (let at = 0; at < length; at += 1) {
    if (a.bytes[a.start + at] !== b.bytes[b.start + at]) return false;
  }
  return true;
}

/** The decimals that are not compared as a number, without zeros at the end: in the order of texts. */
function furtherDecimals(text: string): string {
  const [, decimals = ''] = /[.,]\d{9}(\d*)/.exec(text) ?? [];
  return decimals.replace(/0+$/, '');
}

function isDigit(byte = 0): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** Two digits as a number. */
function pair(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) - ZERO) * 10 + (bytes[at + 1] ?? 0) - ZERO;
}
