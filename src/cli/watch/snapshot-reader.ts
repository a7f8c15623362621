import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { Dimension, WindowKind } from '../../shared/live-stats/live-stats-item.ts';
import type { StackOutput } from '../../shared/stack-outputs.ts';
import type { Deployment } from '../deployment.ts';
import { keyOf } from '../files/file-rows.ts';
import { latestItems } from '../files/latest-items.ts';
import {
  liveCounts,
  watchedSince,
  type Failure,
  type QueueCounts,
  type Snapshot,
} from './snapshot.ts';

const DAY_MILLISECONDS = 86_400_000;
/** Files that are searched for failures: the ledger has no order but that of arrival. */
export const SEARCHED_FILES = 200;
const MOST_FAILURES = 50;
/** Between two searches for failures, each of which reads so many items. */
const SEARCH_MILLISECONDS = 10_000;

const QUEUES = [
  { name: 'Files', output: 'IngestQueueUrl', isDeadLetters: false },
  { name: 'Files given up', output: 'DeadLetterQueueUrl', isDeadLetters: true },
  { name: 'Events', output: 'AnalyticsQueueUrl', isDeadLetters: false },
  { name: 'Events given up', output: 'AnalyticsDeadLetterQueueUrl', isDeadLetters: true },
  { name: 'Records given up', output: 'AnalyticsFailuresQueueUrl', isDeadLetters: true },
] as const satisfies readonly {
  readonly name: string;
  readonly output: StackOutput;
  readonly isDeadLetters: boolean;
}[];

export type Watched = Pick<Deployment, 'liveStats' | 'ledger' | 'sqs' | 'outputs'>;

/** Reads what a deployment does, again and again. */
export class SnapshotReader {
  readonly #deployment: Watched;
  #failures: readonly Failure[] = [];
  #searchedAt = -Infinity;

  constructor(deployment: Watched) {
    this.#deployment = deployment;
  }

  /** @throws the SDK's error when something does not answer */
  async read(now: Date): Promise<Snapshot> {
    const minutes = (by: Dimension) =>
      this.#deployment.liveStats.windows(watchedSince(now), now, { kind: WindowKind.MINUTE, by });
    const [byType, byStatus, queues, failures] = await Promise.all([
      minutes(Dimension.TYPE),
      minutes(Dimension.STATUS),
      Promise.all(QUEUES.map((queue) => this.#countsOf(queue))),
      this.#latestFailures(now),
    ]);
    return { at: now.toISOString(), ...liveCounts(now, byType, byStatus), queues, failures };
  }

  async #countsOf({ name, output, isDeadLetters }: (typeof QUEUES)[number]): Promise<QueueCounts> {
    const { Attributes = {} } = await this.#deployment.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#deployment.outputs[output],
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      name,
      isDeadLetters,
      waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inWork: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  async #latestFailures(now: Date): Promise<readonly Failure[]> {
    if (now.getTime() - this.#searchedAt < SEARCH_MILLISECONDS) return this.#failures;
    const failures: Failure[] = [];
    let searched = 0;
    for await (const item of latestItems(this.#deployment.ledger, DAY_MILLISECONDS)) {
      failures.push(...failureOf(item));
      searched += 1;
      if (searched === SEARCHED_FILES || failures.length === MOST_FAILURES) break;
    }
    this.#failures = failures.sort((a, b) => b.at.localeCompare(a.at));
    this.#searchedAt = now.getTime();
    return this.#failures;
  }
}

/** Empty for a file that succeeded or is still at work. */
function failureOf(item: LedgerItem): Failure[] {
  const { fileId, status, attempt, endedAt, arrivedAt, code = '', reason = '' } = item;
  if (status !== 'FAILED' && status !== 'REJECTED') return [];
  return [{ fileId, key: keyOf(item), status, attempt, at: endedAt ?? arrivedAt, code, reason }];
}
