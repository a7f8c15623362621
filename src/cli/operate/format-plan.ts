import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { shownKey } from '../files/file-rows.ts';
import { formatStanding, formatTime } from '../output/format.ts';
import { formatTable } from '../output/table.ts';

/** Most files that a plan shows. */
const MOST_LINES = 20;

/** Files of a plan as a table; beyond the first of them only how many there are. */
export function formatPlan(items: readonly LedgerItem[], now = Date.now()): string {
  const table = formatTable(
    [
      { title: 'FILE' },
      { title: 'STATUS' },
      { title: 'CODE' },
      { title: 'ATTEMPT', align: 'right' },
      { title: 'ARRIVED' },
      { title: 'FILE ID' },
    ],
    items
      .slice(0, MOST_LINES)
      .map((item) => [
        shownKey(item),
        formatStanding(item, now),
        item.code ?? '',
        String(item.attempt),
        formatTime(item.arrivedAt),
        item.fileId,
      ]),
  );
  const more = items.length - MOST_LINES;
  return more > 0
    ? `${table}\n… and ${more.toLocaleString('en-US')} more; --json shows all`
    : table;
}

/** How many files, in words. */
export const filesOf = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'file' : 'files'}`;
