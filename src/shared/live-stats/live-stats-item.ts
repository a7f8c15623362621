/** What the windows of the live stats are divided by. */
export const Dimension = {
  TYPE: 'type',
  DATASET: 'dataset',
  STATUS: 'status',
  SOURCE: 'source',
} as const;
export type Dimension = (typeof Dimension)[keyof typeof Dimension];

/**
 * Kinds of windows. Minutes and hours are those of the event's own time. An event that came too late or
 * from the future is counted in the hour in which it came, under a kind of its own.
 */
export const WindowKind = {
  MINUTE: 'minute',
  HOUR: 'hour',
  LATE: 'late',
  FUTURE: 'future',
} as const;
export type WindowKind = (typeof WindowKind)[keyof typeof WindowKind];

const MINUTE_MILLISECONDS = 60_000;
const HOUR_MILLISECONDS = 3_600_000;
/** Length of an ISO 8601 time that is cut after its minutes or hours. */
const MINUTE_LENGTH = 16;
const HOUR_LENGTH = 13;

/** What the events of one group add up to. */
export interface GroupTotals {
  readonly events: number;
  readonly rows: number;
  readonly bytes: number;
  readonly rejects: number;
  /** Milliseconds from a file's arrival to its end, as `QuantileSketch` packs them; where there are any. */
  readonly latency?: string;
}

/** Totals of one value of a dimension. */
export interface GroupItem extends GroupTotals {
  readonly value: string;
}

/**
 * A window by one dimension: partition key `window`, sort key `group`. Only the analysis writes it,
 * each time under the condition that `version` is the one it has read.
 */
export interface WindowItem {
  /** See `windowKey`. */
  readonly window: string;
  readonly group: Dimension;
  readonly version: number;
  /** In the order of their values. A list, because a value may be any text, `__proto__` too. */
  readonly groups: readonly GroupItem[];
  /** When the item may be deleted, in seconds since 1970. */
  readonly expiresAt: number;
}

/**
 * The events of one minute that have been counted, in the table's items `ids#MINUTE`: one item for each
 * time some were counted, numbered from 1 in the sort key `group`.
 */
export interface CountedItem {
  readonly window: string;
  /** The number, padded so that it sorts. */
  readonly group: string;
  /** The identities of the events, one after the other. */
  readonly ids: Uint8Array;
  readonly expiresAt: number;
}

/** Value of a group for all values beyond those that a window holds. */
export const OTHER_VALUES = '(other)';

/** The key of the window that a time falls into: `minute#2026-11-20T16:05`, `hour#2026-11-20T16`. */
export function windowKey(kind: WindowKind, time: number): string {
  return `${kind}#${kind === WindowKind.MINUTE ? minuteOf(time) : hourOf(time)}`;
}

/** Start of the window that a time falls into, in milliseconds since 1970. */
export function windowStart(kind: WindowKind, time: number): number {
  return time - (((time % lengthOf(kind)) + lengthOf(kind)) % lengthOf(kind));
}

/** Length of a window in milliseconds. */
export const lengthOf = (kind: WindowKind): number =>
  kind === WindowKind.MINUTE ? MINUTE_MILLISECONDS : HOUR_MILLISECONDS;

/** The partition that holds which events of a minute have been counted. */
export const countedKey = (time: number): string => `ids#${minuteOf(time)}`;

const minuteOf = (time: number): string => new Date(time).toISOString().slice(0, MINUTE_LENGTH);
const hourOf = (time: number): string => new Date(time).toISOString().slice(0, HOUR_LENGTH);
