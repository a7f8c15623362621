import * as z from 'zod/mini';
import { BEFORE, type Place } from './automaton.ts';
import type { Way } from './track.ts';

const Count = z.number().check(z.int(), z.nonnegative());
const Offset = z.number().check(z.int(), z.gte(BEFORE));

/**
 * What a range does to a file, whatever state the file is in before it.
 *
 * An array holds one value for each state that the file may be in before the range, but for `blocks`.
 * Offsets count from the range's first byte; `BEFORE` (-1) is the place that earlier ranges left open
 * (their `pending`). A range of 16 MiB takes at most 600 bytes of JSON.
 */
export const RangeScan = z.object({
  /** Offset of the range in the file. */
  firstByte: Count,
  /** Length of the range. */
  bytes: Count,
  /** State behind the range. */
  states: z.array(Count),
  /** Records that start in the range. */
  starts: z.array(Count),
  /** First byte of the first of them; null when there is none. */
  first: z.array(z.nullable(Offset)),
  /** Physical lines that end in the range before `first`. */
  firstLine: z.array(Count),
  /** First byte of the last of them; null when there is none. */
  last: z.array(z.nullable(Offset)),
  /** Physical lines that end in the range before `last`. */
  lastLine: z.array(Count),
  /** Where a record may have started, of which the bytes behind the range tell: see `PENDING_STATE`. */
  pending: z.array(Offset),
  /** Physical lines that end in the range. */
  lineEnds: Count,
  /** Whether its first byte is an LF: behind a CR that ends a line it ends none of its own. */
  startsWithLineFeed: z.boolean(),
  /** Whether its last byte is a CR that ends a line. */
  endsWithCarriageReturn: z.boolean(),
  /** SHA-256 of each block of the content hash, in Base64. */
  blocks: z.array(z.string()),
});
export type RangeScan = z.infer<typeof RangeScan>;

/** What a scan says of the ways through the range, one from each state, in the order of states. */
export function columnsOf(
  ways: readonly Way[],
): Pick<RangeScan, 'states' | 'starts' | 'first' | 'firstLine' | 'last' | 'lastLine' | 'pending'> {
  return {
    states: ways.map(({ state }) => state),
    starts: ways.map(({ starts }) => starts),
    first: ways.map(({ first }) => first?.offset ?? null),
    firstLine: ways.map(({ first }) => first?.lineEnds ?? 0),
    last: ways.map(({ last }) => last?.offset ?? null),
    lastLine: ways.map(({ last }) => last?.lineEnds ?? 0),
    pending: ways.map(({ pending }) => pending),
  };
}

/**
 * What a scan says for one state before the range.
 *
 * @throws RangeError when the scan knows no such state
 */
export function wayFrom(state: number, scan: RangeScan): Way {
  const known = <T>(values: readonly T[]): T => {
    const value = values[state];
    if (value === undefined) throw new RangeError(`a scan has nothing for state ${state}`);
    return value;
  };
  const place = (offset: number | null, lineEnds: number): Place | null =>
    offset === null ? null : { offset, lineEnds };
  return {
    state: known(scan.states),
    starts: known(scan.starts),
    first: place(known(scan.first), known(scan.firstLine)),
    last: place(known(scan.last), known(scan.lastLine)),
    pending: known(scan.pending),
  };
}
