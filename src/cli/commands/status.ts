import type { FileStatus, LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { takeNewest } from '../newest.ts';
import { withCurrent } from './current-files.ts';
import { formatFiles } from './file-rows.ts';
import { findItems, unknownFile } from './find-items.ts';
import { latestItems } from './latest-items.ts';

export interface StatusOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  /** Most files to show. */
  readonly limit: number;
  readonly status?: FileStatus;
  readonly json?: boolean;
}

/**
 * Shows files from the ledger: the latest, or all versions of one object key or file id, and which of them
 * is current.
 */
export async function status(
  deployment: Deployment,
  file: string | undefined,
  { since, limit, status, json = false }: StatusOptions,
  console: Console,
): Promise<void> {
  const items =
    file === undefined
      ? latestItems(deployment.ledger, since)
      : await findItems(deployment, file, since);
  if (!json && Array.isArray(items) && items.length === 0) {
    throw unknownFile(file ?? '');
  }
  const newest = await takeNewest('files', standingAt(status, items), limit, console);
  const wanted = file === undefined ? newest : await withCurrent(deployment.ledger, newest);
  if (json) return console.result(JSON.stringify(wanted, null, 2));
  console.result(wanted.length === 0 ? 'No files.' : formatFiles(wanted));
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
