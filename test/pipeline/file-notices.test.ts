import { withFileNotices } from '../../src/pipeline/file-notices.ts';
import type { RowCounts } from '../../src/pipeline/payload.ts';

const counts = (rowsRead: number, rowsWritten: number): RowCounts => ({
  rowsRead,
  rowsWritten,
  rowsRejected: rowsRead - rowsWritten,
  rejectsByCode: {},
  noticesByCode: { VALUES_RESCUED: 2 },
});

describe('the notices of a file', () => {
  it.each([
    ['no row', counts(0, 0), { VALUES_RESCUED: 2, NO_ROWS: 1 }],
    ['rows, none of which is taken', counts(3, 0), { VALUES_RESCUED: 2, NO_ROWS_TAKEN: 1 }],
    ['rows, one of which is taken', counts(3, 1), { VALUES_RESCUED: 2 }],
  ])('of %s', (_, given, noticesByCode) => {
    expect(withFileNotices(given)).toEqual({ ...given, noticesByCode });
  });
});
