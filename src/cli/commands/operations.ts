import { printable } from '../../shared/printable.ts';
import type { Operation } from '../../shared/ledger/operation-log.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { takeNewest } from '../newest.ts';
import { formatCount, formatTime } from '../output/format.ts';
import { formatTable } from '../output/table.ts';

export interface OperationsOptions {
  /** Most operations to list. */
  readonly limit: number;
  readonly json?: boolean;
}

/** Lists what operators did, newest first. */
export async function operations(
  { operationLog }: Pick<Deployment, 'operationLog'>,
  { limit, json = false }: OperationsOptions,
  console: Console,
): Promise<void> {
  const newest = await takeNewest('operations', operationLog.newestFirst(), limit, console);
  if (json) return console.result(JSON.stringify(newest, null, 2));
  console.result(newest.length === 0 ? 'No operations.' : formatOperations(newest));
}

/** Operations as a table. */
export function formatOperations(list: readonly Operation[]): string {
  return formatTable(
    [
      { title: 'WHEN' },
      { title: 'WHAT' },
      { title: 'FILES', align: 'right' },
      { title: 'BY' },
      { title: 'TO WHAT' },
      { title: 'REASON' },
      { title: 'OPERATION' },
    ],
    list.map(({ at, action, files, by, filter = {}, reason = '', operationId }) => [
      formatTime(at),
      action,
      formatCount(files),
      printable(by),
      Object.entries(filter)
        .map(([name, value]) => `${name}=${printable(String(value))}`)
        .join(' '),
      printable(reason),
      operationId,
    ]),
  );
}
