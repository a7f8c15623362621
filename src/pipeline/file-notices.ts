import { NoticeCode } from '../shared/error-codes.ts';
import type { RowCounts } from './payload.ts';

/** Adds what deserves a look in the file as a whole, which no chunk can tell. */
export function withFileNotices(counts: RowCounts): RowCounts {
  if (counts.rowsRead > 0) return counts;
  return { ...counts, noticesByCode: { ...counts.noticesByCode, [NoticeCode.NO_ROWS]: 1 } };
}
