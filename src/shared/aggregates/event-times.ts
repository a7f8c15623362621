import * as z from 'zod/mini';
import { epochDay } from '../../datasets/values/calendar.ts';
import { commonBytes, viewOf } from './words.ts';

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
/** Of moments that are not longer no decimals are cut off. */
const LONGEST_PLAIN_MOMENT = DECIMALS + MOST_DECIMALS;
/** That bytes alone do not tell which of two moments lies further out. */
const UNCERTAIN = -2;
const NO_BYTES = Buffer.alloc(0);
const ZERO = 0x30;
const COLON = 0x3a;
const POINT = 0x2e;
const COMMA = 0x2c;
const MINUS = 0x2d;
const PLUS = 0x2b;
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
  /** The bytes of the last moment, and a view of them. */
  #bytes: Buffer = NO_BYTES;
  #view = viewOf(NO_BYTES);

  /**
   * Adds the time of an event: a day or a moment in ISO 8601, in ASCII, as a contract's fields have
   * checked it.
   *
   * @param arrivalDay day on which its file arrived, in days since 1970
   */
  add(bytes: Buffer, start: number, end: number, arrivalDay: number): void {
    this.#rows += 1;
    if (!isPlain(bytes, start, end) || !this.#addPlain(bytes, start, end, arrivalDay)) {
      this.#addAny(bytes, start, end, arrivalDay);
    }
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

  #addAny(bytes: Buffer, start: number, end: number, arrivalDay: number): void {
    const moment = this.#moment;
    moment.read(bytes, start, end);
    if (moment.seconds < arrivalDay * SECONDS_OF_DAY) this.#lateRows += 1;
    this.#earliest.take(moment);
    this.#latest.take(moment);
  }

  /**
   * Adds a plain moment by its bytes, mostly without reading it: it is of the day of the latest one, or
   * not far from it. False, and nothing is added, where they do not tell whether it is the latest.
   */
  #addPlain(bytes: Buffer, start: number, end: number, arrivalDay: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    const view = this.#view;
    const latest = this.#latest;
    const common = latest.commonBytes(view, start, end);
    const ahead = latest.aheadAt(common, bytes, start, end);
    if (ahead === UNCERTAIN) return false;
    const day = common < DATE_LENGTH ? this.#moment.readDay(bytes, start) : latest.day;
    if (day < arrivalDay) this.#lateRows += 1;
    if (ahead === 1) latest.holdPlain(bytes, start, end, common, day);
    else if (ahead === -1) this.#addEarlier(bytes, start, end, day);
    return true;
  }

  /** Adds a plain moment before the latest one to the earliest. */
  #addEarlier(bytes: Buffer, start: number, end: number, day: number): void {
    const earliest = this.#earliest;
    const common = earliest.commonBytes(this.#view, start, end);
    const ahead = earliest.aheadAt(common, bytes, start, end);
    if (ahead === 1) earliest.holdPlain(bytes, start, end, common, day);
    else if (ahead === UNCERTAIN) {
      this.#moment.read(bytes, start, end);
      earliest.take(this.#moment);
    }
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
    const day = this.readDay(bytes, start) * SECONDS_OF_DAY;
    this.seconds = end - start === DATE_LENGTH ? day : day + this.#secondsOfDay();
  }

  /** Only the date with which a moment starts, in days since 1970; most are that of the last one. */
  readDay(bytes: Buffer, start: number): number {
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

  /** The moment as text, of its decimals only the first `MOST_DECIMALS`. */
  toText(): string {
    const text = this.bytes.toString('latin1', this.start, this.end);
    return text.replace(FURTHER_DECIMALS, '$1');
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
    let at = start + DECIMALS - 1;
    if (at === end || (bytes[at] !== POINT && bytes[at] !== COMMA)) return at;
    at += 1;
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
  readonly #bytes = Buffer.alloc(LONGEST_MOMENT);
  readonly #view = viewOf(this.#bytes);
  /** Stands in those bytes; what it was read as is out of date after `holdPlain`. */
  readonly #held = new Moment();
  #isRead = true;
  #isEmpty = true;
  #isPlain = false;
  /** The day of a plain moment, in days since 1970. */
  day = 0;

  /** @param direction -1 for the first, 1 for the last */
  constructor(direction: -1 | 1) {
    this.#direction = direction;
  }

  take(moment: Moment): void {
    const held = this.#readHeld();
    const ahead = moment.seconds - held.seconds || moment.decimals - held.decimals;
    if (!this.#isEmpty) {
      if (ahead * this.#direction < 0) return;
      if (ahead === 0 && !this.#isFurtherOut(moment)) return;
    }
    this.#isEmpty = false;
    this.#hold(moment);
  }

  /** How many bytes a plain moment has in common with the one that is held. */
  commonBytes(view: DataView, start: number, end: number): number {
    return commonBytes(view, start, this.#view, 0, Math.min(end - start, this.#held.end));
  }

  /**
   * Whether a plain moment lies further out than the one that is held: 1 if it does, 0 if it is the
   * same, -1 if not, told from the first byte in which they differ. Digits at the same place
   * are of the same part of a moment; `UNCERTAIN` where something else than digits differs.
   */
  aheadAt(common: number, bytes: Buffer, start: number, end: number): number {
    const length = this.#held.end;
    if (!this.#isPlain) return UNCERTAIN;
    if (common === end - start || common === length) {
      return end - start === length ? 0 : UNCERTAIN;
    }
    const byte = bytes[start + common];
    const held = this.#bytes[common];
    if (!isDigit(byte) || !isDigit(held)) return UNCERTAIN;
    return byte > held ? this.#direction : -this.#direction;
  }

  /**
   * Holds a plain moment instead of a plain one with which it has some bytes in common.
   *
   * @param day its own
   */
  holdPlain(bytes: Buffer, start: number, end: number, common: number, day: number): void {
    this.#copy(bytes, start, end, common);
    this.day = day;
    this.#isRead = false;
  }

  toText(): string | null {
    return this.#isEmpty ? null : this.#held.toText();
  }

  #readHeld(): Moment {
    if (!this.#isRead) this.#held.read(this.#bytes, 0, this.#held.end);
    this.#isRead = true;
    return this.#held;
  }

  #hold(moment: Moment): void {
    const { bytes, start, end, seconds, decimals } = moment;
    if (end - start > LONGEST_MOMENT) return this.#hold(momentOf(moment.toText()));
    this.#copy(bytes, start, end, 0);
    this.#held.seconds = seconds;
    this.#held.decimals = decimals;
    this.#isPlain = isPlain(bytes, start, end);
    this.day = Math.floor(seconds / SECONDS_OF_DAY);
  }

  /** A loop, because a call takes longer: in a file in order each row is the latest. */
  #copy(bytes: Buffer, start: number, end: number, first: number): void {
    const held = this.#held;
    for (let at = first; at < end - start; at += 1) this.#bytes[at] = bytes[start + at] ?? 0;
    held.bytes = this.#bytes;
    held.end = end - start;
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

/** Whether a moment is of UTC and not unusually long: plain moments are in the order of their digits. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length > LONGEST_PLAIN_MOMENT) return false;
  if (bytes[end - 1] === LETTER_Z || length === DATE_LENGTH) return true;
  return !isSign(bytes[end - '+00:00'.length]) && !isSign(bytes[end - '+0000'.length]);
}

function isSign(byte = 0): boolean {
  return byte === PLUS || byte === MINUS;
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

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** Two digits as a number. */
function pair(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) - ZERO) * 10 + (bytes[at + 1] ?? 0) - ZERO;
}
