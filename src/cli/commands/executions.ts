import type { ErrorCode } from '../../shared/error-codes.ts';
import type { FileStatus, LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { executionOf, keyOf } from '../files/file-rows.ts';
import { latest, latestItems } from '../files/latest-items.ts';
import { takeNewest } from '../newest.ts';
import { formatDuration, formatStanding, formatTime } from '../output/format.ts';
import { formatTable } from '../output/table.ts';

/** One execution of the file pipeline. */
export interface ExecutionRow {
  readonly execution: string;
  readonly key: string;
  readonly fileId: string;
  readonly attempt: number;
  readonly status: FileStatus;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly code?: ErrorCode;
  /** When the claim of a running attempt lapses, in milliseconds since 1970. */
  readonly leaseUntil?: number;
}

export interface ExecutionsOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  /** Most executions to list. */
  readonly limit: number;
  readonly json?: boolean;
}

/**
 * Lists executions, newest first. They are read from the ledger, which knows each of them; Step
 * Functions itself cannot list Express executions. The ledger is in order of arrival, so the limit
 * keeps those of the files that arrived last.
 */
export async function executions(
  { ledger }: Deployment,
  { since, limit, json = false }: ExecutionsOptions,
  console: Console,
): Promise<void> {
  const rows = await takeNewest('executions', latestExecutions(ledger, since), limit, console);
  rows.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  if (json) return console.result(JSON.stringify(rows, null, 2));
  console.result(rows.length === 0 ? 'No executions.' : formatExecutions(rows));
}

async function* latestExecutions(
  ledger: Deployment['ledger'],
  since: number,
): AsyncGenerator<ExecutionRow> {
  for await (const item of latestItems(ledger, since)) yield* executionsOf(item).toReversed();
}

/** Every attempt at a file, oldest first, the running one included. */
export function executionsOf(item: LedgerItem): ExecutionRow[] {
  const key = keyOf(item);
  const { fileId } = item;
  const ended = (item.history ?? []).map(
    ({ attempt, execution, status, startedAt, endedAt, code }): ExecutionRow => ({
      execution,
      key,
      fileId,
      attempt,
      status,
      startedAt,
      endedAt,
      ...(code !== undefined && { code }),
    }),
  );
  if (item.status !== 'RUNNING') return ended;
  const { attempt, startedAt, status, leaseUntil } = item;
  const running = { execution: executionOf(item), key, fileId, attempt, status, startedAt };
  return [...ended, { ...running, ...(leaseUntil !== undefined && { leaseUntil }) }];
}

/** The file id within an execution's name; undefined when the name is not one of an execution. */
export const fileIdOfExecution = (name: string): string | undefined =>
  /-([0-9a-f]{20})-\d+$/.exec(name)?.[1];

/** An execution by its name, if its file arrived in the last `since` milliseconds. */
export async function findExecution(
  ledger: Deployment['ledger'],
  name: string,
  since: number,
): Promise<ExecutionRow | undefined> {
  const fileId = fileIdOfExecution(name);
  if (fileId === undefined) return undefined;
  const item = await ledger.findArrived(fileId, ...latest(since));
  return item && executionsOf(item).find(({ execution }) => execution === name);
}

/** Executions as a table. */
export function formatExecutions(rows: readonly ExecutionRow[], now = Date.now()): string {
  return formatTable(
    [
      { title: 'EXECUTION' },
      { title: 'STATUS' },
      { title: 'STARTED' },
      { title: 'TIME', align: 'right' },
      { title: 'CODE' },
    ],
    rows.map((row) => [
      row.execution,
      formatStanding(row, now),
      formatTime(row.startedAt),
      formatDuration(row.startedAt, row.endedAt),
      row.code ?? '',
    ]),
  );
}
