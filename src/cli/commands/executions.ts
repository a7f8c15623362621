import type { ErrorCode } from '../../shared/error-codes.ts';
import type { FileStatus, LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatDuration, formatStatus, formatTime } from '../output/format.ts';
import { formatTable } from '../output/table.ts';
import { executionOf, keyOf } from './file-rows.ts';
import { latestItems } from './status.ts';

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
}

/**
 * Lists executions, newest first. They are read from the ledger, which knows each of them; Step
 * Functions itself cannot list Express executions.
 */
export async function executions(
  { ledger }: Deployment,
  { since, json = false }: { readonly since: number; readonly json?: boolean },
  console: Console,
): Promise<void> {
  const items = await latestItems(ledger, since);
  const rows = items.flatMap(executionsOf);
  rows.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  if (json) return console.result(JSON.stringify(rows, null, 2));
  console.result(rows.length === 0 ? 'No executions.' : formatExecutions(rows));
}

/** Every attempt at a file, the running one included. */
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
  const { attempt, startedAt, status } = item;
  return [...ended, { execution: executionOf(item), key, fileId, attempt, status, startedAt }];
}

/** The ledger item that an execution's name belongs to, among the files of a time span. */
export function findByExecution(
  items: readonly LedgerItem[],
  name: string,
): { item: LedgerItem; row: ExecutionRow } | undefined {
  for (const item of items) {
    const row = executionsOf(item).find(({ execution }) => execution === name);
    if (row !== undefined) return { item, row };
  }
  return undefined;
}

function formatExecutions(rows: readonly ExecutionRow[]): string {
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
      formatStatus(row.status),
      formatTime(row.startedAt),
      formatDuration(row.startedAt, row.endedAt),
      row.code ?? '',
    ]),
  );
}
