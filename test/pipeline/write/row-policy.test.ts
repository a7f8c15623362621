import type { BadRows } from '../../../src/datasets/contract.ts';
import type { RowCounts } from '../../../src/pipeline/payload.ts';
import { requireRowPolicy } from '../../../src/pipeline/write/row-policy.ts';
import { contractOf } from '../../support/contracts.ts';
import fc from '../../support/fast-check.ts';
import { rejection } from '../../support/rejection.ts';

const check = (badRows: BadRows, rejected: number, read: number): void => {
  const counts: RowCounts = {
    rowsRead: read,
    rowsWritten: read - rejected,
    rowsRejected: rejected,
    rejectsByCode: rejected === 0 ? {} : { INVALID_TYPE: rejected },
    noticesByCode: {},
  };
  const contract = contractOf([{ name: 'id' }], { millrace: { match: ['**'], badRows } });
  requireRowPolicy(contract, counts);
};

describe('requireRowPolicy', () => {
  it.each<[BadRows, number, number]>([
    [{ action: 'reject-row' }, 10, 10],
    [{ action: 'reject-row' }, 0, 0],
    [{ action: 'reject-file' }, 0, 10],
    [{ action: 'reject-file' }, 0, 0],
    [{ action: 'reject-row', maxCount: 2 }, 2, 10],
    [{ action: 'reject-row', maxShare: 0.1 }, 1, 10],
    [{ action: 'reject-row', maxShare: 0.29 }, 29, 100],
    [{ action: 'reject-row', maxShare: 0 }, 0, 10],
    [{ action: 'reject-row', maxShare: 0 }, 0, 0],
    [{ action: 'reject-row', maxCount: 2, maxShare: 0.5 }, 2, 4],
  ])('lets %j pass with %i bad rows of %i', (badRows, rejected, read) => {
    expect(() => check(badRows, rejected, read)).not.toThrow();
  });

  it.each<[BadRows, number, number, string]>([
    [{ action: 'reject-file' }, 1, 10, 'at most 0'],
    [{ action: 'reject-row', maxCount: 2 }, 3, 10, 'at most 2'],
    [{ action: 'reject-row', maxShare: 0.1 }, 2, 10, 'a share of at most 0.1'],
    [{ action: 'reject-row', maxCount: 9, maxShare: 0.5 }, 6, 10, 'a share of at most 0.5'],
    [{ action: 'reject-row', maxCount: 1, maxShare: 0.5 }, 6, 10, 'at most 1'],
  ])('rejects the file under %j with %i bad rows of %i', (badRows, rejected, read, allowed) => {
    expect(() => check(badRows, rejected, read)).toThrow(rejection('TOO_MANY_REJECTED_ROWS'));
    expect(() => check(badRows, rejected, read)).toThrow(
      `${rejected} of ${read} rows are bad (INVALID_TYPE ${rejected}); the contract "orders" allows ${allowed}`,
    );
  });

  it('allows exactly the share that it states', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 50 }),
        (percent, times) => {
          const maxShare = Number(`${percent}e-2`);
          const badRows = { action: 'reject-row', maxShare } as const;
          expect(() => check(badRows, percent * times, 100 * times)).not.toThrow();
          if (percent < 100) {
            expect(() => check(badRows, percent * times + 1, 100 * times)).toThrow();
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
