import { NoticeCode } from '../shared/error-codes.ts';
import type { RowCounts } from './payload.ts';

/** Adds what deserves a look in the file as a whole, which no chunk can tell. */
export function withFileNotices(counts: RowCounts): RowCounts {
  const notice = noticeOf(counts);
  if (notice === null) return counts;
  return { ...counts, noticesByCode: { ...counts.noticesByCode, [notice]: 1 } };
}

function noticeOf({ rowsRead, rowsWritten }: RowCounts): NoticeCode | null {
  if (rowsRead === 0) return NoticeCode.NO_ROWS;
  return rowsWritten === 0 ? NoticeCode.NO_ROWS_TAKEN : null;
}
