import { STREAM_TYPES } from '../../src/report/compose/stream-check.ts';
import {
  WindowKind,
  windowStart,
  type GroupItem,
} from '../../src/shared/live-stats/live-stats-item.ts';
import type { LiveWindow } from '../../src/shared/live-stats/live-stats-reader.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { itemOf, type DayFile } from './day-files.ts';

/** One event of a type at a time, and what else is counted with it. */
export type Counted = readonly [time: string, type: string, parts: Partial<GroupItem>];

/** Windows of minutes by type, of what was counted at which time. */
export function minutesWith(counted: readonly Counted[]): LiveWindow[] {
  return counted.map(([time, value, parts]) => ({
    kind: 'minute',
    by: 'type',
    start: new Date(windowStart(WindowKind.MINUTE, Date.parse(time))),
    groups: [{ value, events: 1, rows: 0, bytes: 0, rejects: 0, ...parts }],
  }));
}

/** What the stream counts of files. */
export const streamMinutesOf = (files: readonly DayFile[]): LiveWindow[] =>
  minutesWith(files.map(itemOf).flatMap(countedOf));

function countedOf({ arrivedAt, endedAt, status, rowsRead, rowsRejected }: LedgerItem): Counted[] {
  const arrived: Counted = [arrivedAt, STREAM_TYPES.arrived, {}];
  if (endedAt === undefined || (status !== 'SUCCEEDED' && status !== 'REJECTED')) return [arrived];
  const [rows, rejects] = [rowsRead ?? 0, rowsRejected ?? 0];
  const type = status === 'SUCCEEDED' ? STREAM_TYPES.succeeded : STREAM_TYPES.rejected;
  return [arrived, [endedAt, type, { rows, rejects }]];
}
