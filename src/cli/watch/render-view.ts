import { formatCount } from '../../report/render/format.ts';
import { formatTime } from '../output/format.ts';
import { formatLatency } from '../stats/format-stats.ts';
import { beside, GAP, styled, widthLeft, type Block, type Style } from './block.ts';
import { fit } from './fit.ts';
import type { Size } from './screen.ts';
import { SEARCHED_FILES } from './snapshot-reader.ts';
import {
  ratesOf,
  type Failure,
  type QueueCounts,
  type Rate,
  type Snapshot,
  type ValueCount,
} from './snapshot.ts';
import { sparkline } from './sparkline.ts';

/** From this width on there is room for three blocks next to each other. */
const WIDE = 124;
const NAME_COLUMNS = 8;
const NUMBER_COLUMNS = 13;
const COUNT_COLUMNS = 9;
const TIME_COLUMNS = 'HH:MM:SS'.length;
/** As many as there are queues, which stand beside. */
const MOST_STATUSES = 5;
const FEWEST_TYPES = 3;
const MOST_TYPES = 8;
/** Lines of what does not grow with the terminal. */
const FIXED_LINES = 16;
const STATUS_STYLES: Readonly<Record<string, Style>> = {
  SUCCEEDED: 'green',
  REJECTED: 'yellow',
  FAILED: 'red',
};

export interface ViewOptions extends Size {
  /** What is watched. */
  readonly title: string;
  /** What the view has to tell of itself, such as that it is out of date. */
  readonly notice?: string;
}

/**
 * A snapshot as lines that fill a terminal and do not go beyond it; one of less than 60 columns has to
 * cut them.
 */
export function renderView(snapshot: Snapshot, options: ViewOptions): string[] {
  const { width, height } = options;
  const above = [
    ...headOf(snapshot, options),
    ...rates(snapshot, width),
    '',
    ...(width >= WIDE ? threeBlocks(snapshot, width) : twoBlocks(snapshot, options)),
    '',
  ];
  const below = failures(snapshot.failures, width, height - above.length);
  return [...above, ...below].slice(0, height);
}

function headOf({ at }: Snapshot, { title, notice = '', width }: ViewOptions): string[] {
  const time = formatTime(at);
  const head = fit(widthLeft(width, time.length), title) + GAP + time;
  return [styled('bold', fit(width, head)), styled('yellow', fit(width, notice))];
}

function rates(snapshot: Snapshot, width: number): string[] {
  const isWide = width >= WIDE;
  const [p50 = '', p95 = '', p99 = ''] = quantilesOf(snapshot);
  const titles = ['THIS MINUTE', 'LAST MINUTE', 'PER SECOND', ...(isWide ? ['HIGHEST'] : [])];
  return [
    heading(width, `${' '.repeat(NAME_COLUMNS)}${numbers(titles)}${GAP}LAST 30 MINUTES`),
    ...ratesOf(snapshot).map((rate) => fit(width, rateLine(rate, isWide))),
    fit(width, `Latency of files: p50 ${p50}, p95 ${p95}, p99 ${p99}`),
  ];
}

function rateLine({ name, thisMinute, lastMinute, perSecond, minutes }: Rate, isWide: boolean) {
  const counts = [thisMinute, lastMinute].map(formatCount);
  const highest = isWide ? [formatCount(Math.max(...minutes))] : [];
  const figures = numbers([...counts, formatPerSecond(perSecond), ...highest]);
  return fit(NAME_COLUMNS, name) + figures + GAP + sparkline(minutes, isWide ? 2 : 1);
}

const numbers = (cells: readonly string[]): string =>
  cells.map((cell) => fit(NUMBER_COLUMNS, cell, 'right')).join('');

const quantilesOf = ({ latency }: Snapshot): string[] =>
  [latency?.p50, latency?.p95, latency?.p99].map(formatLatency);

/** What comes less than once a second is told to the hundredth. */
export const formatPerSecond = (rate: number): string =>
  rate > 0 && rate < 1 ? rate.toFixed(2) : formatCount(rate);

function twoBlocks({ statuses, types, queues }: Snapshot, { width, height }: Size): string[] {
  const half = Math.floor(widthLeft(width, 0) / 2);
  const typeRows = Math.min(
    MOST_TYPES,
    Math.max(FEWEST_TYPES, Math.floor((height - FIXED_LINES) / 2)),
  );
  return [
    ...beside([
      values('STATUS', statuses, { width: half, rows: MOST_STATUSES }),
      backlog(queues, widthLeft(width, half)),
    ]),
    '',
    ...values('TYPE', types, { width, rows: typeRows }).lines,
  ];
}

function threeBlocks({ statuses, types, queues }: Snapshot, width: number): string[] {
  const side = Math.floor(widthLeft(width, 0, 0) / 3.5);
  const centre = widthLeft(width, side, side);
  return beside([
    values('STATUS', statuses, { width: side, rows: MOST_TYPES }),
    values('TYPE', types, { width: centre, rows: MOST_TYPES }),
    backlog(queues, side),
  ]);
}

interface Table {
  readonly width: number;
  /** Most lines below the title. */
  readonly rows: number;
}

/** Values and how often they occur; what does not fit is counted in the last line. */
function values(title: string, counts: readonly ValueCount[], { width, rows }: Table): Block {
  const shown = counts.length <= rows ? counts : counts.slice(0, rows - 1);
  const left = counts.slice(shown.length);
  const events = left.reduce((sum, count) => sum + count.events, 0);
  const line = (name: string, count: string): string =>
    fit(width - COUNT_COLUMNS, name) + fit(COUNT_COLUMNS, count, 'right');
  const lines = shown.map(({ value, events }) =>
    styled(STATUS_STYLES[value], line(value, formatCount(events))),
  );
  const rest = left.length === 0 ? [] : [line(`${left.length} more`, formatCount(events))];
  const none = counts.length === 0 ? [fit(width, 'none')] : [];
  return { width, lines: [heading(width, line(title, 'EVENTS')), ...lines, ...rest, ...none] };
}

function backlog(queues: readonly QueueCounts[], width: number): Block {
  const line = (name: string, waiting: string, inWork: string): string =>
    fit(width - 2 * COUNT_COLUMNS, name) +
    fit(COUNT_COLUMNS, waiting, 'right') +
    fit(COUNT_COLUMNS, inWork, 'right');
  const lines = queues.map(({ name, waiting, inWork, isDeadLetters }) =>
    styled(
      isDeadLetters && waiting + inWork > 0 ? 'red' : undefined,
      line(name, formatCount(waiting), formatCount(inWork)),
    ),
  );
  return { width, lines: [heading(width, line('BACKLOG', 'WAITING', 'IN WORK')), ...lines] };
}

function failures(latest: readonly Failure[], width: number, height: number): string[] {
  const title = heading(width, `LATEST FAILURES of the newest ${SEARCHED_FILES} files of a day`);
  if (latest.length === 0) return [title, fit(width, 'none')];
  return [title, ...latest.slice(0, Math.max(0, height - 1)).map((one) => failureLine(one, width))];
}

/** The reason says most, and the name which file: both get what room there is. */
function failureLine({ at, status, key, code, reason }: Failure, width: number): string {
  const start = `${at.slice(11, 11 + TIME_COLUMNS)}  ${fit('SUCCEEDED'.length, status)}`;
  return styled(
    STATUS_STYLES[status],
    start + GAP + fit(widthLeft(width, start.length), `${key}: ${code}: ${reason}`),
  );
}

const heading = (width: number, text: string): string => styled('dim', fit(width, text));
