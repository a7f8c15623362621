import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Deployment } from '../deployment.ts';
import { keyOf } from '../files/file-rows.ts';
import { findItems } from '../files/find-items.ts';
import { latest } from '../files/latest-items.ts';
import { refuseEmptySpan } from '../stats/stats-span.ts';

/** Which files an operator means; what is left out may be any. */
export interface FileFilter {
  /** Of the object key. */
  readonly prefix?: string;
  readonly code?: string;
  readonly dataset?: string;
  /** Arrived then or later. */
  readonly from?: Date;
  /** Arrived before. */
  readonly to?: Date;
}

/** Where the files that are meant are looked for. */
export interface FileSearch extends FileFilter {
  /** How far back to look where no time is given, in milliseconds. */
  readonly since: number;
  /** Files of this replay instead of those that the source bucket brought. */
  readonly replay?: string;
}

/**
 * Refuses options by which no file can have arrived.
 *
 * @throws InvalidArgumentError for them
 */
export function refuseNoArrival(
  { since, from, to }: Pick<FileFilter, 'from' | 'to'> & Partial<Pick<FileSearch, 'since'>>,
  now = new Date(),
): void {
  const earliest = new Date(since === undefined ? 0 : now.getTime() - since);
  refuseEmptySpan(from ?? earliest, to ?? now);
}

/** Whether a file is one of those that are meant. */
export function isMeant(
  item: Pick<LedgerItem, 'source' | 'arrivedAt'> & Partial<Pick<LedgerItem, 'code' | 'dataset'>>,
  { prefix = '', code, dataset, from, to }: FileFilter,
): boolean {
  const arrivedAt = Date.parse(item.arrivedAt);
  return (
    keyOf(item).startsWith(prefix) &&
    (code === undefined || item.code === code) &&
    (dataset === undefined || item.dataset === dataset) &&
    (from === undefined || arrivedAt >= from.getTime()) &&
    (to === undefined || arrivedAt < to.getTime())
  );
}

/** The span of arrival that is looked through where no file is named. */
export function arrivalSpan({ since, from, to }: Pick<FileSearch, 'since' | 'from' | 'to'>): {
  readonly from: Date;
  readonly to: Date;
} {
  const [earliest, now] = latest(since);
  return { from: from ?? earliest, to: to ?? now };
}

/**
 * The files in the ledger among which those that are meant are, newest first.
 *
 * @param file object key, file name or file id; all that arrived in the span if none is given
 */
export async function* searchedItems(
  deployment: Deployment,
  file: string | undefined,
  search: FileSearch,
): AsyncGenerator<LedgerItem> {
  const { replay } = search;
  const span = arrivalSpan(search);
  if (file === undefined) {
    yield* deployment.ledger.arrivedBetween(span.from, span.to, replay);
    return;
  }
  const items = await findItems(deployment, file, Date.now() - span.from.getTime(), replay);
  yield* items.filter((item) => item.replay === replay);
}
