import { formatBytes, formatCount, formatSeconds } from '../../report/render/format.ts';
import { printable } from '../../shared/printable.ts';
import type { StatsAnswer, StatsRow } from '../commands/stats.ts';
import { formatTable, type Column } from '../output/table.ts';
import type { LiveFigures } from './live-figures.ts';

const FIGURES = ['EVENTS', 'ROWS', 'REJECTS', 'BYTES', 'P50', 'P95'].map((title): Column => ({
  title,
  align: 'right',
}));

/** The statistics as a table, the total in its last line. */
export function formatStats({ by, every, rows, total }: StatsAnswer): string {
  const columns = [
    ...(every === null ? [] : [{ title: every.toUpperCase() }]),
    ...(by === null ? [] : [{ title: by.toUpperCase() }]),
  ];
  const labels = columns.map((_, index) => (index === 0 ? 'total' : ''));
  return formatTable(
    [...columns, ...FIGURES],
    [...rows.map((row) => [...labelsOf(row), ...cellsOf(row)]), [...labels, ...cellsOf(total)]],
  );
}

function labelsOf({ window, value }: StatsRow): string[] {
  return [
    ...(window === undefined ? [] : [`${window.slice(0, 16).replace('T', ' ')}Z`]),
    ...(value === undefined ? [] : [printable(value)]),
  ];
}

function cellsOf({ events, rows, rejects, bytes, latency }: LiveFigures): string[] {
  return [
    ...[events, rows, rejects].map(formatCount),
    formatBytes(bytes),
    ...[latency?.p50, latency?.p95].map(formatLatency),
  ];
}

/** Milliseconds for a reader; a dash where no file ended. */
export const formatLatency = (milliseconds: number | undefined): string =>
  formatSeconds(milliseconds === undefined ? null : milliseconds / 1_000);
