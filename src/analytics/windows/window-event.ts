import {
  countedKey,
  windowKey,
  WindowKind,
  type Dimension,
} from '../../shared/live-stats/live-stats-item.ts';
import type { EventEnvelope } from '../event-envelope.ts';
import { identityOf } from '../event-key.ts';
import { figuresOf, type EventFigures } from './event-figures.ts';

const HOUR_MILLISECONDS = 3_600_000;
const DAY_SECONDS = 86_400;
/** Clocks of publishers may be ahead by this much. */
const LARGEST_SKEW_MILLISECONDS = 5 * 60_000;

export interface WindowSettings {
  /** An event that arrives later than this after its time is counted as late, in hours. */
  readonly maxLatenessHours: number;
  /** How long windows, and the knowledge of what is counted in them, are kept. */
  readonly retentionDays: number;
}

/** Whether an event arrived in time for the windows of its own time. */
export type Punctuality = 'inTime' | 'late' | 'future';

/** An event with the places where it is counted. */
export interface WindowEvent {
  /** See `identityOf`. */
  readonly identity: string;
  /** Partition of the live-stats table that knows whether the event has been counted. */
  readonly counted: string;
  /** Keys of the windows in which it counts. */
  readonly windows: readonly string[];
  readonly punctuality: Punctuality;
  readonly figures: EventFigures;
  /** In seconds since 1970. */
  readonly expiresAt: number;
}

/** A place in the live-stats table that an event touches. */
export interface WindowPlace {
  readonly window: string;
  readonly group: Dimension;
}

/**
 * Finds the windows of an event: minute and hour of its time, or, when it came too late or from the
 * future, the hour of its arrival under a kind of its own.
 *
 * Late is measured from the time at which Kinesis took the record and not from now, so that a replay
 * comes to the same result.
 *
 * @param arrivedAt in milliseconds since 1970
 */
export function windowEvent(
  event: EventEnvelope,
  arrivedAt: number,
  { maxLatenessHours, retentionDays }: WindowSettings,
): WindowEvent {
  const figures = figuresOf(event);
  const time = Date.parse(event.time);
  const punctuality = punctualityOf(arrivedAt - time, maxLatenessHours * HOUR_MILLISECONDS);
  return {
    identity: identityOf(event),
    counted: countedKey(figures.anchor),
    windows: windowsOf(punctuality, time, arrivedAt),
    punctuality,
    figures,
    expiresAt: Math.ceil(arrivedAt / 1_000) + retentionDays * DAY_SECONDS,
  };
}

/** The items of the live-stats table that an event adds to. */
export function placesOf({ windows, figures }: WindowEvent): WindowPlace[] {
  const groups = [...figures.values.keys()];
  return windows.flatMap((window) => groups.map((group) => ({ window, group })));
}

function punctualityOf(delay: number, longestDelay: number): Punctuality {
  if (delay > longestDelay) return 'late';
  return delay < -LARGEST_SKEW_MILLISECONDS ? 'future' : 'inTime';
}

function windowsOf(punctuality: Punctuality, time: number, arrivedAt: number): string[] {
  switch (punctuality) {
    case 'inTime':
      return [windowKey(WindowKind.MINUTE, time), windowKey(WindowKind.HOUR, time)];
    case 'late':
      return [windowKey(WindowKind.LATE, arrivedAt)];
    case 'future':
      return [windowKey(WindowKind.FUTURE, arrivedAt)];
  }
}
