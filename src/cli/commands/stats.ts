import {
  Dimension,
  lengthOf,
  WindowKind,
  windowStart,
} from '../../shared/live-stats/live-stats-item.ts';
import type { LiveWindow } from '../../shared/live-stats/live-stats-reader.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatStats } from '../stats/format-stats.ts';
import { figuresByValue, figuresOf, groupsOf, type LiveFigures } from '../stats/live-figures.ts';
import type { Every, Span } from '../stats/stats-span.ts';
import { UserError } from '../user-error.ts';

const DAY_MILLISECONDS = 86_400_000;
const HOUR_MILLISECONDS = 3_600_000;
/** Longer spans are read by the hour: 60 times less, and nobody misses the minutes. */
const LONGEST_IN_MINUTES = 3 * HOUR_MILLISECONDS;

export interface StatsOptions {
  readonly by?: Dimension;
  readonly every?: Every;
  readonly json?: boolean;
}

/** A line of the statistics: a window, a value, or a value in a window. */
export interface StatsRow extends LiveFigures {
  /** Start of the window, ISO 8601. */
  readonly window?: string;
  readonly value?: string;
}

/** What `stats --json` answers. */
export interface StatsAnswer {
  /** Start of the first window that was read, ISO 8601. */
  readonly since: string;
  /** End of the last one. */
  readonly until: string;
  readonly by: Dimension | null;
  readonly every: Every | null;
  readonly rows: readonly StatsRow[];
  /** Of all rows; with `--by dataset` or `--by status` of the events that name one. */
  readonly total: LiveFigures;
  /** Events that arrived in these hours, but too late to be counted in the windows of their time. */
  readonly late: number;
  /** Events that arrived in these hours with a time in the future. */
  readonly future: number;
}

type Counting = Pick<Deployment, 'liveStats' | 'outputs'>;

/**
 * Shows what the live statistics have counted: by window, by value, or both.
 *
 * @throws UserError when the span is older than what the statistics are kept for
 */
export async function stats(
  deployment: Counting,
  span: Span,
  options: StatsOptions,
  console: Console,
  now = new Date(),
): Promise<void> {
  const answer = await readStats(deployment, keptPart(deployment, span, now, console), options);
  if (options.json === true) return console.result(JSON.stringify(answer, null, 2));
  console.result(answer.rows.length > 0 ? formatStats(answer) : nothingFound(answer));
  for (const note of notesOn(answer)) console.note(note);
}

/** The part of a span that the statistics are kept for; a note says what is cut off. */
function keptPart(
  { outputs }: Counting,
  { since, until }: Span,
  now: Date,
  console: Console,
): Span {
  const days = Number(outputs.LiveStatsRetentionDays);
  const oldest = new Date(now.getTime() - days * DAY_MILLISECONDS);
  if (until <= oldest) {
    throw new UserError(
      `The live statistics are kept for ${days} days: nothing is left of before ${momentOf(oldest)}.`,
      'See the daily reports for older days: "npx millrace report --show --date YYYY-MM-DD".',
    );
  }
  if (since >= oldest) return { since, until };
  console.note(`The live statistics are kept for ${days} days: older events are not shown.`);
  return { since: oldest, until };
}

async function readStats(
  { liveStats }: Counting,
  { since, until }: Span,
  { by, every }: StatsOptions,
): Promise<StatsAnswer> {
  const length = until.getTime() - since.getTime();
  const shortest = length <= LONGEST_IN_MINUTES ? WindowKind.MINUTE : WindowKind.HOUR;
  const kind = every ?? shortest;
  const divided = by === undefined ? kind : (every ?? null);
  // Every event has a type, so that all types together are all events.
  const windows = await liveStats.windows(since, until, { kind, by: by ?? Dimension.TYPE });
  const [late, future] = await Promise.all(
    [WindowKind.LATE, WindowKind.FUTURE].map(async (kind) => {
      const unpunctual = await liveStats.windows(since, until, { kind, by: Dimension.TYPE });
      return figuresOf(groupsOf(unpunctual)).events;
    }),
  );
  return {
    since: new Date(windowStart(kind, since.getTime())).toISOString(),
    until: new Date(windowStart(kind, until.getTime() - 1) + lengthOf(kind)).toISOString(),
    by: by ?? null,
    every: divided,
    rows: divided === null ? figuresByValue(groupsOf(windows)) : windows.flatMap(rowsOf(by)),
    total: figuresOf(groupsOf(windows)),
    late: late ?? 0,
    future: future ?? 0,
  };
}

/** A window's rows: one for each value, or one for all where it is not divided. */
const rowsOf =
  (by: Dimension | undefined) =>
  ({ start, groups }: LiveWindow): StatsRow[] => {
    const window = start.toISOString();
    if (by === undefined) return [{ window, ...figuresOf(groups) }];
    return figuresByValue(groups).map((figures) => ({ window, ...figures }));
  };

function nothingFound({ by, since, until }: StatsAnswer): string {
  const named =
    by === null || by === Dimension.TYPE || by === Dimension.SOURCE ? '' : ` with a ${by}`;
  return `No events${named} are counted from ${momentOf(since)} to ${momentOf(until)}.`;
}

function* notesOn({ rows, late, future }: StatsAnswer): Generator<string> {
  if (rows.length === 0) {
    yield 'Events are counted seconds after they happen. Look further back with --since.';
  }
  if (late > 0)
    yield `Left out: ${eventsOf(late)} that came too late for the window of their time.`;
  if (future > 0) yield `Left out: ${eventsOf(future)} with a time in the future.`;
}

const eventsOf = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'event' : 'events'}`;

function momentOf(instant: Date | string): string {
  const text = typeof instant === 'string' ? instant : instant.toISOString();
  return `${text.slice(0, 16).replace('T', ' ')}Z`;
}
