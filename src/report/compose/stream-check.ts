import {
  lengthOf,
  OTHER_VALUES,
  WindowKind,
  type GroupItem,
} from '../../shared/live-stats/live-stats-item.ts';
import type { LiveWindow } from '../../shared/live-stats/live-stats-reader.ts';
import { formatCount } from '../render/format.ts';

/** Types of the events that tell of files (a test holds them to those that publish them). */
export const STREAM_TYPES = {
  arrived: 'io.millrace.object.created',
  succeeded: 'io.millrace.file.succeeded',
  rejected: 'io.millrace.file.rejected',
} as const;

const MINUTE_MILLISECONDS = lengthOf(WindowKind.MINUTE);
const HOUR_MILLISECONDS = lengthOf(WindowKind.HOUR);
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/** Clocks differ: a file may end a little before it has arrived. */
const CLOCK_SKEW = MINUTE_MILLISECONDS;
/** How long the files of the day before took at most, where no report tells. */
const LATENCY_IF_UNKNOWN = HOUR_MILLISECONDS;
/** Where files took longer, what ended on which day tells nothing about the files of the day. */
const LONGEST_LATENCY = DAY_MILLISECONDS;

/** What the stream has counted of a day. */
export type StreamReading =
  /** The windows of all minutes of its span, by type, and how long files take at most. */
  | { readonly state: 'read'; readonly minutes: readonly LiveWindow[]; readonly latency: number }
  | { readonly state: 'unknown'; readonly reason: string }
  /** The last events of the day may not be counted yet, or what was counted of it has expired. */
  | { readonly state: 'unchecked' };

/** What the report says of the day. */
export interface CheckedTotals {
  readonly arrived: number;
  readonly succeeded: number;
  readonly rejected: number;
  /** The events of their ends do not go away with their outputs. */
  readonly forgotten: number;
  readonly rowsRead: number;
  readonly rowsRejected: number;
}

/** The least and the most that a figure may be, by the stream. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * How long a file may take from its arrival on the day, or the day before, to its end, in milliseconds:
 * the longest that is known, in whole minutes.
 *
 * @param seconds the longest of the day and that of the day before; null where none is known
 */
export function slowestLatency(seconds: {
  readonly day: number | null;
  readonly dayBefore: number | null;
}): number {
  const before = seconds.dayBefore === null ? LATENCY_IF_UNKNOWN : seconds.dayBefore * 1_000;
  const longest = Math.max((seconds.day ?? 0) * 1_000, before);
  return Math.ceil(longest / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS;
}

/** The time whose minutes tell what the stream has counted of a day's files. */
export function streamSpan(day: string, latency: number): { from: Date; to: Date } {
  const start = Date.parse(day);
  const to = start + DAY_MILLISECONDS + Math.min(latency, LONGEST_LATENCY);
  return { from: new Date(start - CLOCK_SKEW), to: new Date(to) };
}

/**
 * Holds the report against the stream; one line, with both numbers, for each figure that differs.
 *
 * Arrivals are counted in the minute of their arrival on both sides, and have to be equal. The stream
 * counts the end of a file when it ends, the report when the file arrived: for so long as files take,
 * the ends of both days' files lie side by side after midnight. So at least what ended later on the day
 * has to be in the report, and at most that and what ended in those times. Types beyond those that a window
 * tells apart may be any.
 */
export function streamDifferences(
  totals: CheckedTotals,
  day: string,
  { minutes, latency }: Extract<StreamReading, { state: 'read' }>,
): string[] {
  const start = Date.parse(day);
  const end = start + DAY_MILLISECONDS;
  const exact = { core: [start, end], whole: [start, end] } as const;
  const blurred = {
    core: [start + latency, end - CLOCK_SKEW],
    whole: [start - CLOCK_SKEW, end + latency],
  } as const;
  const { arrived, succeeded, rejected } = STREAM_TYPES;
  const compared: [name: string, value: number, bounds: Bounds][] = [
    ['files arrived', totals.arrived, boundsOf(minutes, exact, arrived, 'events')],
  ];
  if (latency <= LONGEST_LATENCY && totals.forgotten === 0) {
    const boundsBy = (type: string, figure: Figure) => boundsOf(minutes, blurred, type, figure);
    compared.push(
      ['files succeeded', totals.succeeded, boundsBy(succeeded, 'events')],
      ['files rejected', totals.rejected, boundsBy(rejected, 'events')],
      ['rows read', totals.rowsRead, boundsBy(succeeded, 'rows')],
      ['rows rejected', totals.rowsRejected, boundsBy(succeeded, 'rejects')],
    );
  }
  return compared
    .filter(([, value, { least, most }]) => value < least || value > most)
    .map(
      ([name, value, bounds]) =>
        `${name}: ${formatCount(value)} by the report, ${formatBounds(bounds)} by the stream`,
    );
}

type Figure = 'events' | 'rows' | 'rejects';
type Times = readonly [from: number, to: number];

function boundsOf(
  minutes: readonly LiveWindow[],
  { core, whole }: { readonly core: Times; readonly whole: Times },
  type: string,
  figure: Figure,
): Bounds {
  const sum = ([from, to]: Times, isCounted: (group: GroupItem) => boolean): number =>
    minutes
      .filter(({ start }) => start.getTime() >= from && start.getTime() < to)
      .flatMap(({ groups }) => groups.filter(isCounted))
      .reduce((total, group) => total + group[figure], 0);
  return {
    least: sum(core, ({ value }) => value === type),
    most: sum(whole, ({ value }) => value === type || value === OTHER_VALUES),
  };
}

const formatBounds = ({ least, most }: Bounds): string =>
  least === most ? formatCount(least) : `${formatCount(least)} to ${formatCount(most)}`;
