import { chooseRetry, RETRIED_STATUSES } from '../../../src/cli/operate/retry-choice.ts';
import { FileStatus } from '../../../src/shared/ledger/ledger-item.ts';
import { ledgerItem } from '../../support/ledger-items.ts';

const NOW = Date.parse('2026-11-20T17:00:00Z');
const lapsed = { status: 'RUNNING', leaseUntil: NOW } as const;
const running = { status: 'RUNNING', leaseUntil: NOW + 1 } as const;

describe('without a status', () => {
  it.each([{ status: 'FAILED' } as const, lapsed])(
    'tries %j again, whatever the attempt',
    (parts) => {
      const item = ledgerItem('in/a.csv', { ...parts, attempt: 3 });
      expect(chooseRetry(item, undefined, NOW)).toEqual({ item });
    },
  );

  it.each(['REJECTED', 'SKIPPED'] as const)(
    'leaves %s alone and says how it is asked for',
    (status) => {
      const item = ledgerItem('in/a.csv', { status });
      expect(chooseRetry(item, undefined, NOW)).toEqual({
        item,
        why: `it is tried again with --status ${status}`,
      });
    },
  );
});

it.each(['REJECTED', 'SKIPPED'] as const)(
  'asks for %s after the attempt that was its end',
  (status) => {
    const item = ledgerItem('in/a.csv', { status, attempt: 2 });
    expect(chooseRetry(item, status, NOW)).toEqual({ item, afterAttempt: 2 });
  },
);

it.each(RETRIED_STATUSES)('takes nothing but what stands so when %s is asked for', (wanted) => {
  const taken = Object.values(FileStatus).filter((status) => {
    const item = ledgerItem('in/a.csv', { status, leaseUntil: NOW });
    return !('why' in chooseRetry(item, wanted, NOW));
  });
  expect(taken).toEqual([wanted]);
});

it.each([
  ['succeeded', { status: 'SUCCEEDED' } as const, 'npx millrace replay'],
  ['was forgotten', { status: 'FORGOTTEN' } as const, 'never processed again'],
  ['is gone', { status: 'SOURCE_DELETED' } as const, 'gone from the source bucket'],
  ['is at work', running, 'an attempt is running'],
])('never takes a file that %s, and says why', (_, parts, why) => {
  for (const wanted of [undefined, ...RETRIED_STATUSES]) {
    const choice = chooseRetry(ledgerItem('in/a.csv', parts), wanted, NOW);
    expect(choice).toMatchObject({ why: expect.stringContaining(why) as string });
  }
});
