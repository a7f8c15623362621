import type { Contract } from '../../datasets/contract.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { RowCounts } from '../payload.ts';

/**
 * Holds a file against its contract's policy for bad rows.
 *
 * @throws FileRejected TOO_MANY_REJECTED_ROWS with the limit that was passed and the codes
 */
export function requireRowPolicy(contract: Contract, counts: RowCounts): void {
  const { badRows } = contract.millrace;
  const { maxCount = Infinity, maxShare = 1 } =
    badRows.action === 'reject-file' ? { maxCount: 0 } : badRows;
  const { rowsRead, rowsRejected } = counts;
  const tooMany = rowsRejected > maxCount;
  // A quotient is rounded like the number in the contract; a product may fall below the count.
  const tooLargeShare = rowsRejected / rowsRead > maxShare;
  if (!tooMany && !tooLargeShare) return;
  const allowed = tooMany ? `at most ${maxCount}` : `a share of at most ${maxShare}`;
  const codes = Object.entries(counts.rejectsByCode)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
  throw new FileRejected(
    FileCode.TOO_MANY_REJECTED_ROWS,
    `${rowsRejected} of ${rowsRead} rows are bad (${codes}); the contract "${contract.name}" allows ${allowed}`,
  );
}
