import { InvalidArgumentError } from 'commander';
import { parseSpan } from '../duration.ts';
import { formatTime } from '../output/format.ts';
import { WindowKind } from '../../shared/live-stats/live-stats-item.ts';

const DAY_MILLISECONDS = 86_400_000;
const DEFAULT_SPAN = DAY_MILLISECONDS;
/** A day by the minute is what somebody may still want to read; a table of a month is a mistake. */
const LONGEST_BY_MINUTE = 2 * 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)Z?)?$/;

/** Windows by which time may be divided. */
export type Every = typeof WindowKind.MINUTE | typeof WindowKind.HOUR;

export interface SpanOptions {
  readonly since?: Date;
  readonly until?: Date;
  readonly every?: Every;
}

/** A span of time; `until` is not included. */
export interface Span {
  readonly since: Date;
  readonly until: Date;
}

/**
 * Reads an instant: a span back from now such as `2h`, a UTC day, or a UTC time such as
 * `2026-11-20T16:05`.
 *
 * @throws InvalidArgumentError for anything else, and for a day or time that does not exist
 */
export function parseInstant(text: string, now = new Date()): Date {
  const [, day, time = '00:00'] = INSTANT.exec(text) ?? [];
  if (day !== undefined) return instantOf(`${day}T${time}`);
  if (/^\d+[a-z]$/.test(text)) return new Date(now.getTime() - parseSpan(text));
  throw new InvalidArgumentError(
    'Give a span back from now such as 30m, 2h or 7d, or a UTC time as YYYY-MM-DD or YYYY-MM-DDTHH:MM.',
  );
}

/**
 * Reads an instant at which a span ends; a UTC day is within the span.
 *
 * @throws InvalidArgumentError as `parseInstant`
 */
export function parseEnd(text: string, now = new Date()): Date {
  const instant = parseInstant(text, now);
  return DAY.test(text) ? new Date(instant.getTime() + DAY_MILLISECONDS) : instant;
}

/** @throws InvalidArgumentError when a span ends when it begins, or earlier */
export function refuseEmptySpan(start: Date, end: Date): void {
  if (start < end) return;
  const [begins, ends] = [start, end].map((instant) => formatTime(instant.toISOString()));
  throw new InvalidArgumentError(`The span is empty: it begins at ${begins} and ends at ${ends}.`);
}

/** February 30 would otherwise pass for March 2. */
function instantOf(text: string): Date {
  const milliseconds = Date.parse(`${text}Z`);
  const exists =
    !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
  if (exists) return new Date(milliseconds);
  throw new InvalidArgumentError('There is no such day or time.');
}

/**
 * The span to show: the last 24 hours unless told otherwise.
 *
 * @throws InvalidArgumentError when it is empty, or has more minutes than a table can show
 */
export function chooseSpan({ since, until, every }: SpanOptions, now = new Date()): Span {
  const end = until ?? now;
  const start = since ?? new Date(end.getTime() - DEFAULT_SPAN);
  refuseEmptySpan(start, end);
  const length = end.getTime() - start.getTime();
  if (every === WindowKind.MINUTE && length > LONGEST_BY_MINUTE) {
    throw new InvalidArgumentError('By the minute at most 2 days can be shown: give --every hour.');
  }
  return { since: start, until: end };
}
