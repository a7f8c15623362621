import { FaultCode } from '../shared/error-codes.ts';
import { PermanentFault } from '../shared/errors.ts';
import { Tally } from '../shared/tally.ts';
import type { RowCounts } from './payload.ts';

/**
 * The row balance: every row that was read was written or rejected.
 *
 * @throws PermanentFault ROW_BALANCE_BROKEN
 */
export function requireBalance({ rowsRead, rowsWritten, rowsRejected }: RowCounts): void {
  if (rowsRead === rowsWritten + rowsRejected) return;
  const reason = `${rowsRead} rows read, ${rowsWritten} written, ${rowsRejected} rejected`;
  throw new PermanentFault(FaultCode.ROW_BALANCE_BROKEN, reason);
}

/** The counts of a file from those of its chunks. */
export function sumOfCounts(counts: readonly RowCounts[]): RowCounts {
  const sumOf = (count: (of: RowCounts) => number): number =>
    counts.reduce((sum, of) => sum + count(of), 0);
  return {
    rowsRead: sumOf(({ rowsRead }) => rowsRead),
    rowsWritten: sumOf(({ rowsWritten }) => rowsWritten),
    rowsRejected: sumOf(({ rowsRejected }) => rowsRejected),
    rejectsByCode: sumByCode(counts.map(({ rejectsByCode }) => rejectsByCode)),
    noticesByCode: sumByCode(counts.map(({ noticesByCode }) => noticesByCode)),
  };
}

function sumByCode(tallies: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum = new Tally<string>();
  for (const [code, count] of tallies.flatMap(Object.entries<number>)) sum.add(code, count);
  return sum.byCode();
}
