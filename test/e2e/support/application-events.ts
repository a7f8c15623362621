import {
  PublishBatchCommand,
  type SNSClient,
  type PublishBatchRequestEntry,
} from '@aws-sdk/client-sns';
import type { CloudEvent } from '../../../src/shared/cloud-event.ts';
import type { Random } from '../../bench/random.ts';

/** Data by which an application's event is counted. */
export interface CountedData {
  readonly dataset: string;
  readonly status: string;
  readonly rows: number;
  readonly bytes: number;
  readonly rejects: number;
}

export type ApplicationEvent = CloudEvent<CountedData>;

const MINUTE = 60_000;
/** Most messages of one PublishBatch. */
const BATCH = 10;
/** Batches on their way at once. */
const AT_ONCE = 8;

/**
 * Events of an application that nobody knows, spread over so many minutes before `end`; every word in
 * them that is counted by starts with `run`, so that no other test's events are among them.
 */
export function applicationEvents(
  run: string,
  { count, minutes, end, random }: { count: number; minutes: number; end: Date; random: Random },
): ApplicationEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    specversion: '1.0',
    id: `${run}-${index}`,
    source: `/${run}/shop-${random.below(3)}`,
    type: `${run}.order.${random.pick(['placed', 'paid', 'sent', 'returned'])}`,
    subject: `order-${random.below(count)}`,
    time: new Date(end.getTime() - random.below(minutes * MINUTE)).toISOString(),
    datacontenttype: 'application/json',
    data: {
      dataset: `${run}-orders-${random.below(4)}`,
      status: `${run}-${random.pick(['OPEN', 'DONE'])}`,
      rows: random.below(1_000),
      bytes: random.below(1_000_000),
      rejects: random.below(10),
    },
  }));
}

/** Publishes events to a topic as an application does. */
export class Publisher {
  readonly #sns: SNSClient;
  readonly #topicArn: string;

  constructor(sns: SNSClient, topicArn: string) {
    this.#sns = sns;
    this.#topicArn = topicArn;
  }

  async publish(events: readonly unknown[]): Promise<void> {
    const entries = events.map((event, index): PublishBatchRequestEntry => ({
      Id: String(index),
      Message: typeof event === 'string' ? event : JSON.stringify(event),
    }));
    const batches = chunksOf(entries, BATCH);
    const publishNext = async (): Promise<void> => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        await this.#publishBatch(batch);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, publishNext));
  }

  async #publishBatch(batch: PublishBatchRequestEntry[]): Promise<void> {
    const { Failed = [] } = await this.#sns.send(
      new PublishBatchCommand({ TopicArn: this.#topicArn, PublishBatchRequestEntries: batch }),
    );
    if (Failed.length > 0) throw new Error(`${Failed.length} events were not published`);
  }
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
