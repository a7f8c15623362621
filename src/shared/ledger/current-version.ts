import { compareSequencers } from '../file-version.ts';
import type { LedgerItem } from './ledger-item.ts';

/**
 * The version of a key that a reader of the source bucket gets: the newest of those that are there, unless
 * that is a delete marker. When a version was processed, and which was done first, does not matter.
 *
 * @param items of one key, in any order; replays are passed over
 * @returns undefined when the key is gone
 */
export function currentVersion(items: readonly LedgerItem[]): LedgerItem | undefined {
  const newest = newestVersion(items);
  return newest?.deleteMarker === true ? undefined : newest;
}

/** Whether the key of a version was deleted after the version came, and has not been brought back. */
export function isUnderMarker(items: readonly LedgerItem[], fileId: string): boolean {
  const ordered = newestFirst(items);
  const newer = ordered.slice(0, Math.max(0, indexOf(ordered, fileId)));
  return newer.some((item) => item.deleteMarker === true && item.sourceDeletedAt === undefined);
}

/** The items of one key that are older than one of them, replays included; none where it is not among them. */
export function olderThan(items: readonly LedgerItem[], fileId: string): LedgerItem[] {
  const ordered = newestFirst(items);
  const index = indexOf(ordered, fileId);
  return index === -1 ? [] : ordered.slice(index + 1);
}

/**
 * Items of one key, those of its newest version first: by sequencer, which S3 gives in the order of the
 * writes to a key.
 *
 * An item that no event announced has no sequencer. It comes right after the newest version that S3 says to
 * have arrived no later: times do not order versions, but where there is nothing else they are the best guess.
 */
export function newestFirst(items: readonly LedgerItem[]): LedgerItem[] {
  return placed(items)
    .sort((a, b) => compareText(b.time, a.time) || b.rank - a.rank || byName(a.item, b.item))
    .map(({ item }) => item);
}

/** An item and its place: first by the time, then by the rank. */
interface Placed {
  readonly item: LedgerItem;
  readonly time: string;
  readonly rank: number;
}

/**
 * An item with a sequencer is placed at the latest time of all up to it, so that times rise with the
 * sequencers and those without one can be put between them.
 */
function placed(items: readonly LedgerItem[]): Placed[] {
  const sequenced = items
    .filter(({ sequencer }) => sequencer !== null)
    .sort((a, b) => compareSequencers(a.sequencer ?? '', b.sequencer ?? '') || byName(b, a));
  let time = '';
  let rank = 0;
  const inOrder = sequenced.map((item, index): Placed => {
    const before = sequenced[index - 1]?.sequencer ?? '';
    if (index > 0 && compareSequencers(before, item.sequencer ?? '') !== 0) rank += 1;
    time = item.arrivedAt > time ? item.arrivedAt : time;
    return { item, time, rank };
  });
  const others = items.filter(({ sequencer }) => sequencer === null);
  return [
    ...inOrder,
    ...others.map((item) => ({ item, time: item.arrivedAt, rank: sequenced.length })),
  ];
}

/** Versions that are equally new keep one order, whatever order they came in: what is replayed before its replays. */
const byName = (a: LedgerItem, b: LedgerItem): number =>
  compareText(b.arrivedAt, a.arrivedAt) ||
  compareText(a.replay ?? '', b.replay ?? '') ||
  compareText(a.fileId, b.fileId);

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function newestVersion(items: readonly LedgerItem[]): LedgerItem | undefined {
  return newestFirst(items.filter(({ replay }) => replay === undefined)).find(
    ({ sourceDeletedAt }) => sourceDeletedAt === undefined,
  );
}

const indexOf = (items: readonly LedgerItem[], fileId: string): number =>
  items.findIndex((item) => item.fileId === fileId);
