import type { KinesisStreamRecord } from 'aws-lambda';
import { createHash } from 'node:crypto';
import { partitionKeyOf } from '../../../src/analytics/event-key.ts';
import { streamRecord } from '../support/events.ts';

type Deliver = (batch: KinesisStreamRecord[]) => Promise<unknown>;
/** Whether something of so many per mille happens. */
type Chance = (perMille: number) => boolean;

/**
 * A stream whose shards change, and its event source mapping: per shard one batch at a time, in order,
 * parents before children. A batch that fails is delivered again, whole or in halves, until it succeeds.
 */
export class Shards {
  /** Every generation of shards; a re-shard begins the next. */
  readonly #generations: KinesisStreamRecord[][][];
  #sequence = 0;

  constructor(shards: number) {
    this.#generations = [emptyShards(shards)];
  }

  /** Puts an event where its partition key belongs. */
  put(text: string, arrivedAt: string): void {
    const shards = this.#generations.at(-1)!;
    const partitionKey = partitionKeyOf(JSON.parse(text) as { source: string });
    const digest = createHash('md5').update(partitionKey).digest();
    const shard = Math.floor((digest.readUInt32BE() / 2 ** 32) * shards.length);
    this.#sequence += 1;
    const place = { sequence: this.#sequence, shard, partitionKey, arrivedAt };
    shards[shard]!.push(streamRecord(text, place));
  }

  reshard(shards: number): void {
    this.#generations.push(emptyShards(shards));
  }

  /** Delivers everything, from the horizon on. */
  async deliver(deliver: Deliver, chance: Chance): Promise<void> {
    for (const shards of this.#generations) {
      await Promise.all(shards.map((records) => deliverShard(records, deliver, chance)));
    }
  }
}

const emptyShards = (shards: number): KinesisStreamRecord[][] =>
  Array.from({ length: shards }, () => []);

async function deliverShard(
  records: readonly KinesisStreamRecord[],
  deliver: Deliver,
  chance: Chance,
): Promise<void> {
  let batch: KinesisStreamRecord[] = [];
  for (const record of records) {
    batch.push(record);
    if (!chance(200)) continue;
    await deliverBatch(batch, deliver, chance);
    // The mapping may lose its checkpoint and go back a little.
    batch = chance(100) ? batch.slice(-2) : [];
  }
  await deliverBatch(batch, deliver, chance);
}

async function deliverBatch(
  batch: readonly KinesisStreamRecord[],
  deliver: Deliver,
  chance: Chance,
): Promise<void> {
  if (batch.length === 0) return;
  try {
    await deliver([...batch]);
  } catch {
    const middle = batch.length > 1 && chance(500) ? Math.ceil(batch.length / 2) : batch.length;
    await deliverBatch(batch.slice(0, middle), deliver, chance);
    await deliverBatch(batch.slice(middle), deliver, chance);
  }
}
