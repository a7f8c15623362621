import type { Figure } from '../report.ts';

/** Shown where a figure is not known. */
export const UNKNOWN = '-';

const COUNTS_IN_FULL = 10_000_000_000;
const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/**
 * A count with thousands separators; from ten billion on, three digits of billions or trillions. A mean
 * below a thousand has a digit after the point.
 */
export function formatCount(count: number | null): string {
  if (count === null) return UNKNOWN;
  const size = Math.abs(count);
  if (size < COUNTS_IN_FULL) {
    return count.toLocaleString('en-US', { maximumFractionDigits: size < 1_000 ? 1 : 0 });
  }
  if (size < 1e12) return `${threeDigits(count / 1e9)} bn`;
  return size < 1e16 ? `${threeDigits(count / 1e12)} tn` : count.toExponential(2);
}

/** `1 file`, `2 files`, `no files`. */
export function formatCounted(count: number | null, one: string, many = `${one}s`): string {
  if (count === 0) return `no ${many}`;
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A part of a whole in percent: `0 %` and `100 %` are said only of nothing and everything. */
export function formatShare(part: number | null, whole: number | null): string {
  if (part === null || whole === null || whole === 0) return UNKNOWN;
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  if (percent > 99.9 && percent < 100) return '>99.9 %';
  return `${Number(percent.toFixed(1))} %`;
}

/** A size in decimal units: `512 bytes`, `1.2 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${threeDigits(size)} ${BYTE_UNITS[unit]}`;
}

/** A time in its two greatest units: `240 ms`, `3.2 s`, `4 min 12 s`, `3 h 5 min`, `2 d 4 h`. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  if (seconds < 0.9995) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 3_599.5) return twoUnits(Math.round(seconds), 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(seconds / 3_600), 24, 'd', 'h');
}

/** A price: to the cent from one dollar on, to a hundredth of a cent below. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return UNKNOWN;
  if (usd > 0 && usd < 0.00005) return '<$0.0001';
  if (Math.abs(usd) >= COUNTS_IN_FULL) return `$${formatCount(usd)}`;
  const size = Math.abs(usd);
  const digits = size >= 1_000_000 ? 0 : size >= 1 || size === 0 ? 2 : 4;
  const amount = Math.abs(usd).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${usd < 0 ? '-' : ''}$${amount}`;
}

/** A measured number, to at most five digits after the point and never longer than 20 characters. */
export function formatNumber(value: number | null): string {
  if (value === null) return UNKNOWN;
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e12)) return value.toExponential(3);
  const maximumFractionDigits = size >= 1_000 ? 1 : size >= 1 ? 3 : 5;
  return value.toLocaleString('en-US', { maximumFractionDigits });
}

/** Decimal text, exact where it has at most 20 characters; anything else is returned as it is. */
export function formatDecimal(text: string | null): string {
  if (text === null) return UNKNOWN;
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  if (sign === undefined || whole === undefined) return text;
  if (text.length > 20) return formatNumber(Number(text));
  return `${sign}${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}${fraction}`;
}

/** An instant to the minute, in UTC: `2026-11-20 08:00 UTC`. */
export const formatMoment = (moment: string): string =>
  `${moment.slice(0, 16).replace('T', ' ')} UTC`;

/** The day of the week of `YYYY-MM-DD`. */
export const weekdayOf = (day: string): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });

/** An hour of the day as it is labelled: `07:00`. */
export const formatHour = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** How a figure stands to an earlier one. */
export interface Change {
  readonly direction: 'up' | 'down' | 'same';
  /** How much: `2.8 %`, `12 times`, `from 0`, `0 %`. */
  readonly size: string;
}

/** The change from an earlier value to a figure's; null where one of them is not known. */
export function changeFrom(earlier: number | null, { value }: Figure): Change | null {
  if (value === null || earlier === null) return null;
  const percent = (100 * Math.abs(value - earlier)) / Math.abs(earlier);
  if (value === earlier || percent < 0.05) return { direction: 'same', size: '0 %' };
  const direction = value > earlier ? 'up' : 'down';
  if (earlier === 0) return { direction, size: 'from 0' };
  if (value / earlier >= 10) return { direction, size: formatTimes(value / earlier) };
  return {
    direction,
    size: `${percent < 10 ? Number(percent.toFixed(1)) : Math.floor(percent)} %`,
  };
}

const formatTimes = (times: number): string =>
  times < 1_000 ? `${Math.floor(times)} times` : '1,000+ times';

const threeDigits = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: value >= 1_000 ? 4 : 3 });

function twoUnits(count: number, perUnit: number, unit: string, lesserUnit: string): string {
  const rest = count % perUnit;
  const whole = `${formatCount(Math.floor(count / perUnit))} ${unit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${lesserUnit}`;
}
