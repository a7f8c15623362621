import * as z from 'zod/mini';
import { ARCHIVE_STATUSES, ATTEMPT_STATUSES, FileStatus } from '../../shared/ledger/ledger-item.ts';

const Count = z.number().check(z.int(), z.nonnegative());
const Moment = z.iso.datetime();

/** What the report reads of a ledger item, whatever else is in it. */
const LedgerFacts = z.object({
  /** `bucket/key`. */
  source: z.string(),
  fileId: z.string(),
  status: z.enum(Object.values(FileStatus)),
  attempt: z.number().check(z.int(), z.positive()),
  arrivedAt: Moment,
  startedAt: Moment,
  endedAt: z.optional(Moment),
  code: z.optional(z.string()),
  reason: z.optional(z.string()),
  /** Known of files at their end. */
  dataset: z.optional(z.string()),
  rowsRead: z.optional(Count),
  rowsWritten: z.optional(Count),
  rowsRejected: z.optional(Count),
  manifestKey: z.optional(z.string()),
  duplicateEvents: z.optional(Count),
  history: z.optional(
    z.array(z.object({ status: z.enum(ATTEMPT_STATUSES), startedAt: Moment, endedAt: Moment })),
  ),
  /** What became of the source object, where it was to be archived. */
  archive: z.optional(z.object({ status: z.enum(ARCHIVE_STATUSES), at: Moment })),
});
export type LedgerFacts = z.infer<typeof LedgerFacts>;

/** Reads a ledger item; null when it is none that the report understands. */
export function readLedgerItem(item: unknown): LedgerFacts | null {
  const { success, data } = LedgerFacts.safeParse(item);
  return success ? data : null;
}

/** The object key of a ledger item. */
export const keyOfSource = (source: string): string => source.slice(source.indexOf('/') + 1);
