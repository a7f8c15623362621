import { formatCount } from '../../report/render/format.ts';
import { printable } from '../../shared/printable.ts';
import { formatTime } from '../output/format.ts';
import { formatPerSecond } from './render-view.ts';
import { ratesOf, type Failure, type Snapshot } from './snapshot.ts';

/**
 * A snapshot as lines for a log: one for each file that has failed since the one before, and one with
 * the rates and the backlog.
 */
export function plainLines(snapshot: Snapshot, before: Snapshot | null): string[] {
  const { at, queues } = snapshot;
  const rates = ratesOf(snapshot).map(
    ({ name, lastMinute, perSecond }) =>
      `${name.toLowerCase()} ${formatCount(lastMinute)}/min ${formatPerSecond(perSecond)}/s`,
  );
  const backlog = queues.map(
    ({ name, waiting, inWork }) => `${name.toLowerCase()} ${formatCount(waiting + inWork)}`,
  );
  const summary = `${formatTime(at)}  ${rates.join('  ')}  backlog: ${backlog.join(', ')}`;
  return [...newFailures(snapshot, before).map(failureLine), summary];
}

/** Oldest first. */
function newFailures({ failures }: Snapshot, before: Snapshot | null): Failure[] {
  const known = new Set(before?.failures.map(identityOf));
  return before === null
    ? []
    : failures.filter((failure) => !known.has(identityOf(failure))).toReversed();
}

const identityOf = ({ fileId, attempt, status }: Failure): string =>
  `${fileId} ${attempt} ${status}`;

const failureLine = ({ at, status, key, code, reason }: Failure): string =>
  `${formatTime(at)}  ${status} ${printable(key)}: ${code}: ${printable(reason)}`;
