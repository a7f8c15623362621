import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Deployment } from '../deployment.ts';

/** Clocks differ: files count as arrived until a little after now. */
const CLOCK_SKEW_MILLISECONDS = 60_000;

/** The last `since` milliseconds, from and to. */
export const latest = (since: number, now = Date.now()): [from: Date, to: Date] => [
  new Date(now - since),
  new Date(now + CLOCK_SKEW_MILLISECONDS),
];

/** Files that arrived in the last `since` milliseconds, newest first; those of a replay if one is named. */
export const latestItems = (
  ledger: Deployment['ledger'],
  since: number,
  replay?: string,
): AsyncGenerator<LedgerItem> => ledger.arrivedBetween(...latest(since), replay);
