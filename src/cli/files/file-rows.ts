import { executionName } from '../../shared/file-version.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { printable } from '../../shared/printable.ts';
import { formatCount, formatDuration, formatStanding, formatTime } from '../output/format.ts';
import { formatTable } from '../output/table.ts';

/** Object key of a ledger item. */
export const keyOf = ({ source }: Pick<LedgerItem, 'source'>): string =>
  source.slice(source.indexOf('/') + 1);

/** Object key of an item as a terminal may show it, and the replay that it belongs to. */
export function shownKey({ source, replay }: Pick<LedgerItem, 'source' | 'replay'>): string {
  const key = printable(keyOf({ source }));
  return replay === undefined ? key : `${key} (replay ${replay})`;
}

/** Name of the execution of an item's latest attempt. */
export const executionOf = (item: LedgerItem): string =>
  executionName({ key: keyOf(item), fileId: item.fileId }, item.attempt);

/** A file as it is shown. */
export interface ShownFile extends LedgerItem {
  /** Whether it is the version that the source bucket gives out; absent where that was not asked. */
  readonly current?: boolean;
}

/**
 * Ledger items as a table, and under it the reason of everything that did not succeed, and of every source
 * object that could not be archived.
 */
export function formatFiles(items: readonly ShownFile[], now = Date.now()): string {
  const tellsCurrent = items.some(({ current }) => current !== undefined);
  const table = formatTable(
    [
      { title: 'FILE' },
      { title: 'STATUS' },
      ...(tellsCurrent ? [{ title: 'CURRENT' }] : []),
      { title: 'READ', align: 'right' },
      { title: 'WRITTEN', align: 'right' },
      { title: 'REJECTED', align: 'right' },
      { title: 'TIME', align: 'right' },
      { title: 'ARRIVED' },
      { title: 'EXECUTION' },
    ],
    items.map((item) => [
      shownKey(item),
      formatStanding(item, now),
      ...(tellsCurrent ? [item.current === true ? 'current' : '-'] : []),
      formatCount(item.rowsRead),
      formatCount(item.rowsWritten),
      formatCount(item.rowsRejected),
      formatDuration(item.startedAt, item.endedAt),
      formatTime(item.arrivedAt),
      item.attempt === 0 ? '-' : executionOf(item),
    ]),
  );
  const reasons = items
    .filter(({ code }) => code !== undefined)
    .map((item) => `${shownKey(item)}: ${item.code ?? ''}: ${printable(item.reason ?? '')}`);
  const notes = [...reasons, ...items.flatMap(archiveNotes)];
  return [table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** Whether the source object should have been archived, and was not. One that is too large is meant to stay. */
export const hasArchiveFault = ({ archive }: LedgerItem): boolean =>
  archive?.code !== undefined && archive.status !== 'NOT_ARCHIVED';

function archiveNotes(item: LedgerItem): string[] {
  if (!hasArchiveFault(item)) return [];
  const { status, code = '', reason = '' } = item.archive ?? {};
  const what = status === 'ARCHIVED' ? 'archived, but not deleted' : 'not archived';
  return [`${shownKey(item)}: ${what}: ${code}: ${printable(reason)}`];
}
