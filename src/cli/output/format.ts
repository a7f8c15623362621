import { styleText } from 'node:util';
import type { FileStatus, LedgerItem } from '../../shared/ledger/ledger-item.ts';

const STATUS_COLOURS = {
  RUNNING: 'cyan',
  SUCCEEDED: 'green',
  REJECTED: 'yellow',
  FAILED: 'red',
  SKIPPED: 'yellow',
  SOURCE_DELETED: 'gray',
  FORGOTTEN: 'gray',
} as const satisfies Record<FileStatus, string>;

/** A status in its colour, where the terminal shows colours. */
export const formatStatus = (status: FileStatus): string =>
  styleText(STATUS_COLOURS[status], status);

/**
 * Where a file stands at an instant, in milliseconds since 1970. A running attempt whose lease has
 * lapsed is marked: its worker is gone, and nobody is at the file until it is delivered again.
 */
export function formatStanding(
  item: Pick<LedgerItem, 'status' | 'leaseUntil'>,
  now: number,
): string {
  return isLapsed(item, now) ? styleText('red', 'RUNNING (lapsed)') : formatStatus(item.status);
}

/** Whether the claim of a running attempt has lapsed at an instant, in milliseconds since 1970. */
export const isLapsed = (
  { status, leaseUntil }: Pick<LedgerItem, 'status' | 'leaseUntil'>,
  now: number,
): boolean => status === 'RUNNING' && leaseUntil !== undefined && leaseUntil <= now;

/** A count with thousands separators; a dash where there is none. */
export const formatCount = (count: number | undefined): string =>
  count === undefined ? '-' : count.toLocaleString('en-US');

/** Time between two ISO 8601 instants for a reader: `240 ms`, `3.2 s`; a dash while it is open. */
export function formatDuration(startedAt: string, endedAt: string | undefined): string {
  if (endedAt === undefined) return '-';
  const milliseconds = Date.parse(endedAt) - Date.parse(startedAt);
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

/** An instant to the second, in UTC. */
export const formatTime = (instant: string): string => `${instant.slice(0, 19).replace('T', ' ')}Z`;
