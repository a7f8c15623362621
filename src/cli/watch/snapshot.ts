import type { FileStatus } from '../../shared/ledger/ledger-item.ts';
import {
  lengthOf,
  WindowKind,
  windowStart,
  type GroupItem,
} from '../../shared/live-stats/live-stats-item.ts';
import type { LatencyQuantiles, LiveWindow } from '../../shared/live-stats/live-stats-reader.ts';
import { FILE_EVENT_TYPES } from '../../analytics/event-types.ts';
import { figuresByValue, figuresOf, groupsOf } from '../stats/live-figures.ts';

/** Minutes that are watched, the one that has begun included. */
export const WATCHED_MINUTES = 30;

const MINUTE_MILLISECONDS = lengthOf(WindowKind.MINUTE);

/** What came in one minute. */
export interface MinuteCounts {
  readonly events: number;
  /** Files that came to an end. */
  readonly files: number;
  readonly rows: number;
}

/** How often a status or a type occurs. */
export interface ValueCount {
  readonly value: string;
  readonly events: number;
}

/** How many messages a queue holds. */
export interface QueueCounts {
  readonly name: string;
  readonly waiting: number;
  /** Received and not yet done with, or waiting to be tried again. */
  readonly inWork: number;
  /** Whatever lies here was given up. */
  readonly isDeadLetters: boolean;
}

/** A file that did not succeed. */
export interface Failure {
  readonly fileId: string;
  readonly key: string;
  readonly status: FileStatus;
  readonly attempt: number;
  /** ISO 8601. */
  readonly at: string;
  readonly code: string;
  readonly reason: string;
}

/** What a deployment does at an instant. */
export interface Snapshot {
  /** ISO 8601. */
  readonly at: string;
  /** `WATCHED_MINUTES` of them, oldest first; the last has only begun. */
  readonly minutes: readonly MinuteCounts[];
  /** Of all watched minutes, the most frequent first. */
  readonly statuses: readonly ValueCount[];
  readonly types: readonly ValueCount[];
  /** Milliseconds from arrival to end of the files that ended in the watched minutes. */
  readonly latency: LatencyQuantiles | null;
  readonly queues: readonly QueueCounts[];
  /** The latest first. */
  readonly failures: readonly Failure[];
}

/** Start of the first watched minute. */
export const watchedSince = (now: Date): Date =>
  new Date(
    windowStart(WindowKind.MINUTE, now.getTime()) - (WATCHED_MINUTES - 1) * MINUTE_MILLISECONDS,
  );

/** Adds up what the live statistics have of the watched minutes. */
export function liveCounts(
  now: Date,
  byType: readonly LiveWindow[],
  byStatus: readonly LiveWindow[],
): Pick<Snapshot, 'minutes' | 'statuses' | 'types' | 'latency'> {
  const first = watchedSince(now).getTime();
  const windows = new Map(byType.map(({ start, groups }) => [start.getTime(), groups]));
  return {
    minutes: Array.from({ length: WATCHED_MINUTES }, (_, index) =>
      countsOf(windows.get(first + index * MINUTE_MILLISECONDS) ?? []),
    ),
    statuses: valueCounts(byStatus),
    types: valueCounts(byType),
    latency: figuresOf(groupsOf(byType)).latency,
  };
}

function countsOf(groups: readonly GroupItem[]): MinuteCounts {
  const { events, rows } = figuresOf(groups);
  const ends = groups.filter(({ value }) => FILE_EVENT_TYPES.has(value));
  return { events, files: figuresOf(ends).events, rows };
}

const valueCounts = (windows: readonly LiveWindow[]): ValueCount[] =>
  figuresByValue(groupsOf(windows)).map(({ value, events }) => ({ value, events }));

/** How much came of something: now, and lately. */
export interface Rate {
  readonly name: 'Events' | 'Files' | 'Rows';
  readonly thisMinute: number;
  readonly lastMinute: number;
  /** Over about the last 60 seconds: the last minute counts as far as it lies in them. */
  readonly perSecond: number;
  /** Of every watched minute, oldest first. */
  readonly minutes: readonly number[];
}

/** The rates of a snapshot. */
export function ratesOf({ at, minutes }: Pick<Snapshot, 'at' | 'minutes'>): Rate[] {
  const gone = (Date.parse(at) % MINUTE_MILLISECONDS) / MINUTE_MILLISECONDS;
  const rateOf = (name: Rate['name'], values: readonly number[]): Rate => {
    const [thisMinute = 0, lastMinute = 0] = [values.at(-1), values.at(-2)];
    const perSecond = (thisMinute + lastMinute * (1 - gone)) / 60;
    return { name, thisMinute, lastMinute, perSecond, minutes: values };
  };
  return [
    rateOf(
      'Events',
      minutes.map(({ events }) => events),
    ),
    rateOf(
      'Files',
      minutes.map(({ files }) => files),
    ),
    rateOf(
      'Rows',
      minutes.map(({ rows }) => rows),
    ),
  ];
}
