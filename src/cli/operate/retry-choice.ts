import type { FileStatus, LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { isLapsed } from '../output/format.ts';

/** Where a file may stand that is tried again; RUNNING only if its claim has lapsed. */
export const RETRIED_STATUSES = [
  'FAILED',
  'REJECTED',
  'SKIPPED',
  'RUNNING',
] as const satisfies FileStatus[];
export type RetriedStatus = (typeof RETRIED_STATUSES)[number];

/** Where files stand that are tried again if no status is asked for: nobody has come to a verdict on them. */
export const UNDECIDED_STATUSES = ['FAILED', 'RUNNING'] as const satisfies RetriedStatus[];
export type UndecidedStatus = (typeof UNDECIDED_STATUSES)[number];
const UNDECIDED: readonly FileStatus[] = UNDECIDED_STATUSES;

/** A file that is to be tried again. */
export interface RetriedFile {
  readonly item: LedgerItem;
  /** Where it had come to its end: the attempt after which another is wanted. */
  readonly afterAttempt?: number;
}

/** A file that is left as it is, and why. */
export interface LeftFile {
  readonly item: LedgerItem;
  readonly why: string;
}

/**
 * Whether a file is tried again.
 *
 * @param wanted the status that is asked for
 * @param now milliseconds since 1970
 */
export function chooseRetry(
  item: LedgerItem,
  wanted: RetriedStatus | undefined,
  now: number,
): RetriedFile | LeftFile {
  const why = whyNever(item, now);
  if (why !== undefined) return { item, why };
  const { status, attempt } = item;
  const isWanted = wanted === undefined ? UNDECIDED.includes(status) : status === wanted;
  if (!isWanted) return { item, why: `it is tried again with --status ${status}` };
  return UNDECIDED.includes(status) ? { item } : { item, afterAttempt: attempt };
}

/** Why a file is not tried again, whatever is asked for. */
function whyNever(item: LedgerItem, now: number): string | undefined {
  if (item.status === 'RUNNING' && !isLapsed(item, now)) return 'an attempt is running';
  return WHY_NEVER[item.status];
}

const WHY_NEVER: Partial<Record<FileStatus, string>> = {
  SUCCEEDED: 'it succeeded; "npx millrace replay" processes what succeeded once more',
  SOURCE_DELETED: 'it is gone from the source bucket',
  FORGOTTEN: 'it was forgotten, and is never processed again',
};
