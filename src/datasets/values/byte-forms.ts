import { daysOfMonth } from './calendar.ts';

/**
 * The usual forms of values, told from their bytes without a string. What a test takes, the type of
 * that name takes too and keeps as it is written; what it does not take the type may take all the
 * same, in another form.
 */
export type ByteForm = (bytes: Uint8Array, start: number, end: number) => boolean;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COMMA = 0x2c;
const COLON = 0x3a;
const BLANK = 0x20;
const PLUS = 0x2b;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;

const DATE_LENGTH = 10;
const UUID_LENGTH = 36;
/** A double holds every number of so many digits. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/** Integers as JSON has them: `0`, `-7`. */
export const isPlainInteger: ByteForm = (bytes, start, end) =>
  endOfInteger(bytes, start, end) === end;

/** Numbers as JSON has them, without an exponent: `0.50`, `-7`. */
export const isPlainNumber: ByteForm = (bytes, start, end) => {
  const point = endOfInteger(bytes, start, end);
  if (point === end) return true;
  if (point === -1 || point + 1 >= end || bytes[point] !== POINT) return false;
  return endOfDigits(bytes, point + 1, end) === end;
};

/**
 * The double next to a plain number; NaN for one with more digits than a double holds. Of two numbers
 * the larger one is never next to the smaller double.
 */
export function plainNumber(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (end - first > EXACT_DIGITS) return NaN;
  let digits = 0;
  let decimals = 0;
  for (let at = first; at < end; at += 1) {
    if (bytes[at] === POINT) decimals = end - at - 1;
    else digits = digits * 10 + (bytes[at] ?? 0) - ZERO;
  }
  // Both are exact, so that the quotient is the double next to the number.
  const value = digits / (POWERS_OF_TEN[decimals] ?? NaN);
  return first === start ? value : -value;
}

/** Days of the calendar: `2026-11-20`. */
export const isIsoDate: ByteForm = (bytes, start, end) =>
  end - start === DATE_LENGTH && isDay(bytes, start);

/** The day with which a text starts as a number in the order of days: 20261120. */
export function dayNumber(bytes: Uint8Array, start: number): number {
  return year(bytes, start) * 10_000 + pair(bytes, start + 5) * 100 + pair(bytes, start + 8);
}

/** `12:30`, `12:30:59`, `12:30:59.5`. */
export const isIsoTime: ByteForm = (bytes, start, end) => endOfTime(bytes, start, end) === end;

/** A date and a time, with a zone or without: `2026-11-20T12:30Z`. */
export const isIsoDateTime: ByteForm = (bytes, start, end) => {
  const time = start + DATE_LENGTH + 1;
  const separator = bytes[time - 1];
  if (time >= end || (separator !== LETTER_T && separator !== BLANK)) return false;
  const zone = endOfTime(bytes, time, end);
  return zone !== -1 && isZone(bytes, zone, end) && isDay(bytes, start);
};

/** `123e4567-e89b-12d3-a456-426614174000`, in upper or lower case. */
export const isUuid: ByteForm = (bytes, start, end) => {
  if (end - start !== UUID_LENGTH) return false;
  for (let index = 0; index < UUID_LENGTH; index += 1) {
    const byte = bytes[start + index] ?? 0;
    const isDash = index === 8 || index === 13 || index === 18 || index === 23;
    if (isDash ? byte !== MINUS : !isHexadecimal(byte)) return false;
  }
  return true;
};

function isHexadecimal(byte: number): boolean {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** Index behind the digits that start here. */
function endOfDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at] ?? 0)) at += 1;
  return at;
}

/** Index behind the integer that starts here; -1 where none does. */
function endOfInteger(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (first < end && bytes[first] === ZERO) return first + 1;
  const behind = endOfDigits(bytes, first, end);
  return behind <= first ? -1 : behind;
}

/** Two digits as a number; NaN where there are none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] ?? 0;
  const ones = bytes[at + 1] ?? 0;
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : NaN;
}

function year(bytes: Uint8Array, at: number): number {
  return pair(bytes, at) * 100 + pair(bytes, at + 2);
}

function isDay(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return false;
  const ofYear = year(bytes, start);
  const day = pair(bytes, start + 8);
  return ofYear >= 0 && day >= 1 && day <= daysOfMonth(ofYear, pair(bytes, start + 5));
}

/** Index behind the time that starts here; -1 where none does. */
function endOfTime(bytes: Uint8Array, start: number, end: number): number {
  const isMinute =
    pair(bytes, start) <= 23 && bytes[start + 2] === COLON && pair(bytes, start + 3) <= 59;
  const minuteEnd = start + 5;
  if (!isMinute || minuteEnd > end) return -1;
  if (minuteEnd === end || bytes[minuteEnd] !== COLON) return minuteEnd;
  const secondEnd = minuteEnd + 3;
  if (secondEnd > end || !(pair(bytes, minuteEnd + 1) <= 59)) return -1;
  const mark = bytes[secondEnd];
  if (secondEnd === end || (mark !== POINT && mark !== COMMA)) return secondEnd;
  const fractionEnd = endOfDigits(bytes, secondEnd + 1, end);
  return fractionEnd > secondEnd + 1 ? fractionEnd : -1;
}

/** Nothing, `Z`, `+01:00` or `+0100`. */
function isZone(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true;
  const sign = bytes[start];
  if (sign === LETTER_Z) return start + 1 === end;
  const minutes = bytes[start + 3] === COLON ? start + 4 : start + 3;
  const isOffset = (sign === PLUS || sign === MINUS) && minutes + 2 === end;
  return isOffset && pair(bytes, start + 1) <= 23 && pair(bytes, minutes) <= 59;
}
