import type { AnnouncedFile } from '../../pipeline/dispatch/announced-files.ts';
import type { FileRequest } from '../../shared/file-request.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import { sourceOf, type FileStatus, type LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { isLapsed } from '../output/format.ts';
import type { DeadLetter } from './dead-letters.ts';
import { isMeant, type FileFilter } from './file-filter.ts';
import { UNDECIDED_STATUSES, type UndecidedStatus } from './retry-choice.ts';

/** Which letters an operator means. */
export interface LetterFilter extends FileFilter {
  /** Object key, file name or file id. */
  readonly file?: string | undefined;
  readonly status?: UndecidedStatus;
}

/** A file of a dead letter, as far as it is known. */
export interface LetterFile {
  readonly announced: AnnouncedFile;
  /** Absent where the ledger has never heard of it. */
  readonly item?: LedgerItem | undefined;
}

/** A letter that is taken out of the dead-letter queue. */
export interface MovedLetter {
  readonly letter: DeadLetter;
  /** Files that are asked for. */
  readonly asked: readonly LetterFile[];
  /** Files that had come to their end already: there is nothing to do for them. */
  readonly ended: readonly LetterFile[];
}

/** A letter that stays, and why. */
export interface LeftLetter {
  readonly letter: DeadLetter;
  readonly files: readonly LetterFile[];
  readonly why: string;
}

export interface RedrivePlan {
  readonly moved: readonly MovedLetter[];
  /** Letters that were meant, and stay all the same. */
  readonly left: readonly LeftLetter[];
  /** Letters that tell of objects that are gone: they are put back as they are. */
  readonly removals: readonly DeadLetter[];
  /** Letters of other files. */
  readonly others: number;
  /** Letters that no file can be read from. */
  readonly malformed: number;
}

/**
 * What becomes of each dead letter. A letter of several files goes only as a whole, so that none of them is
 * lost with it.
 *
 * @param items of the letters' files in the ledger, by file id
 * @param now milliseconds since 1970
 */
export function planRedrive(
  letters: readonly DeadLetter[],
  items: ReadonlyMap<string, LedgerItem>,
  filter: LetterFilter,
  now: number,
): RedrivePlan {
  const moved: MovedLetter[] = [];
  const left: LeftLetter[] = [];
  const removals: DeadLetter[] = [];
  const counts = { others: 0, malformed: 0 };
  const isNamed = namedBy(filter.file, letters);
  const isWanted = wanted(filter, isNamed);
  for (const letter of letters) {
    const files = letterFiles(letter, items);
    const meant = files.filter(isWanted);
    if (tellsOf(letter, filter, isNamed)) removals.push(letter);
    else if (letter.removals.length > 0) counts.others += 1;
    else if (files.length === 0) counts.malformed += 1;
    else if (meant.length === 0) counts.others += 1;
    else {
      const fate = fateOf({ letter, files, meant: meant.length }, now);
      if ('why' in fate) left.push(fate);
      else moved.push(fate);
    }
  }
  return { moved, left, removals, ...counts };
}

/** Whether a letter tells of a removal that is meant, which only its key can say. */
function tellsOf({ removals }: DeadLetter, filter: LetterFilter, isNamed: IsNamed): boolean {
  const { prefix = '', code, dataset, status, from, to } = filter;
  const others = [code, dataset, status, from, to];
  if (others.some((value) => value !== undefined)) return false;
  return removals.some((removal) => removal.key.startsWith(prefix) && isNamed(removal));
}

type IsNamed = (file: Pick<FileVersion, 'key' | 'fileId'>) => boolean;

/** Which files a name means: those with the object key if there are any, or else with the file name or file id. */
function namedBy(name: string | undefined, letters: readonly DeadLetter[]): IsNamed {
  if (name === undefined) return () => true;
  const isExact: IsNamed = ({ key }) => key === name;
  const announced = letters.flatMap(({ files, removals }) => [
    ...(files ?? []).map(({ file }) => file),
    ...removals,
  ]);
  if (announced.some(isExact)) return isExact;
  return ({ key, fileId }) => fileId === name || key.endsWith(`/${name}`);
}

const letterFiles = ({ files }: DeadLetter, items: ReadonlyMap<string, LedgerItem>): LetterFile[] =>
  (files ?? []).map((announced) => ({ announced, item: items.get(announced.file.fileId) }));

const wanted =
  (filter: LetterFilter, isNamed: IsNamed) =>
  ({ announced: { file, eventTime }, item }: LetterFile): boolean => {
    const { status } = filter;
    const isThere = status === undefined || item?.status === status;
    const known = item ?? { source: sourceOf(file), arrivedAt: eventTime };
    return isNamed(file) && isThere && isMeant(known, filter);
  };

interface MeantLetter {
  readonly letter: DeadLetter;
  readonly files: readonly LetterFile[];
  /** How many of the files are meant. */
  readonly meant: number;
}

function fateOf({ letter, files, meant }: MeantLetter, now: number): MovedLetter | LeftLetter {
  if (meant < files.length) {
    const why = `only ${meant} of the ${files.length} files that it tells of are meant`;
    return { letter, files, why };
  }
  const isAtWork = ({ item }: LetterFile): boolean =>
    item?.status === 'RUNNING' && !isLapsed(item, now);
  if (files.some(isAtWork)) return { letter, files, why: 'an attempt is running' };
  return { letter, asked: files.filter(isOpen), ended: files.filter((file) => !isOpen(file)) };
}

/** Where files stand that no attempt has brought to an end. */
const OPEN: readonly FileStatus[] = UNDECIDED_STATUSES;

/** Whether somebody has still to answer for a letter's file. */
function isOpen({ announced, item }: LetterFile): boolean {
  if (item === undefined || OPEN.includes(item.status)) return true;
  if (item.status !== 'REJECTED' && item.status !== 'SKIPPED') return false;
  // The letter is an operator's request for another attempt, and none has begun.
  return announced.request?.afterAttempt === item.attempt;
}

/** The request for a letter's file. */
export function requestFor(
  { announced: { file, eventTime, request }, item }: LetterFile,
  operationId: string,
): FileRequest {
  const { afterAttempt } = request ?? {};
  return { file, arrivedAt: item?.arrivedAt ?? eventTime, operationId, afterAttempt };
}
