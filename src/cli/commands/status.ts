import type { FileStatus, LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { withCurrent } from '../files/current-files.ts';
import { formatFiles } from '../files/file-rows.ts';
import { findItems, unknownFile } from '../files/find-items.ts';
import { latestItems } from '../files/latest-items.ts';
import { takeNewest } from '../newest.ts';
import { isPaused, waitingMessages } from '../operate/intake.ts';
import { executionsOf, formatExecutions } from './executions.ts';
import { formatOperations } from './operations.ts';

export interface StatusOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  /** Most files to show. */
  readonly limit: number;
  readonly status?: FileStatus;
  /** Files of this replay, instead of those that the source bucket brought. */
  readonly replay?: string;
  readonly json?: boolean;
}

/**
 * Shows files from the ledger: the latest, or all versions of one object key or file id, and which of them
 * is current. Of a single file it shows the attempts too, and what operators did to it.
 */
export async function status(
  deployment: Deployment,
  file: string | undefined,
  { since, limit, status, replay, json = false }: StatusOptions,
  console: Console,
): Promise<void> {
  const items =
    file === undefined
      ? latestItems(deployment.ledger, since, replay)
      : await findItems(deployment, file, since, replay);
  if (!json && Array.isArray(items) && items.length === 0) {
    throw unknownFile(file ?? '');
  }
  const newest = await takeNewest('files', standingAt(status, items), limit, console);
  const wanted = file === undefined ? newest : await withCurrent(deployment.ledger, newest);
  if (json) return console.result(JSON.stringify(wanted, null, 2));
  console.result(wanted.length === 0 ? 'No files.' : formatFiles(wanted));
  const [only, ...others] = wanted;
  if (file === undefined) await tellPause(deployment, console);
  else if (only !== undefined && others.length === 0) await showCourse(deployment, only, console);
}

/** Shows every attempt at a file, and what operators did to it. */
async function showCourse(
  { operationLog }: Deployment,
  item: LedgerItem,
  console: Console,
): Promise<void> {
  const attempts = executionsOf(item);
  if (attempts.length > 0) console.result(`\nAttempts:\n${formatExecutions(attempts)}`);
  const ids = item.operations ?? [];
  const found = await Promise.all(ids.map((operationId) => operationLog.get(operationId)));
  const operations = found.filter((operation) => operation !== undefined);
  if (operations.length > 0) console.result(`\nOperations:\n${formatOperations(operations)}`);
}

/** Why nothing happens, where an operator wants it so. */
async function tellPause(deployment: Deployment, console: Console): Promise<void> {
  if (!(await isPaused(deployment))) return;
  const { waiting } = await waitingMessages(deployment);
  console.note(`The pipeline is paused, and ${waiting} messages wait: see "npx millrace resume".`);
}

/** The items that have a status; all of them when none is asked for. */
async function* standingAt(
  status: FileStatus | undefined,
  items: AsyncIterable<LedgerItem> | Iterable<LedgerItem>,
): AsyncGenerator<LedgerItem> {
  for await (const item of items) {
    if (status === undefined || item.status === status) yield item;
  }
}
