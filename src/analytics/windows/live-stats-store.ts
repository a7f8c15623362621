import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  paginateQuery,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { setTimeout as delay } from 'node:timers/promises';
import { batchGet } from '../../shared/batch-get.ts';
import type { CountedItem, WindowItem } from '../../shared/live-stats/live-stats-item.ts';
import { placesOf, type WindowEvent, type WindowPlace } from './window-event.ts';
import { WindowGroups } from './window-groups.ts';

/** Limits of one TransactWriteItems call (DynamoDB developer guide), with a margin for the bytes. */
const ITEMS_PER_TRANSACTION = 100;
const BYTES_PER_TRANSACTION = 3_500_000;
/** Keeps the item of counted identities, 12 bytes each, below 400 KB. */
const EVENTS_PER_TRANSACTION = 20_000;
const IDENTITY_BYTES = 12;
const NUMBER_DIGITS = 8;
/** How often a transaction is tried that others get in the way of; then the stream tries again. */
const ATTEMPTS = 12;
const FIRST_WAIT_MILLISECONDS = 20;
const LONGEST_WAIT_MILLISECONDS = 1_000;
/** Reasons for which a transaction may succeed when it is planned anew. */
const PASSING_REASONS = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** What became of a batch. */
export interface CountResult {
  /** Events counted now, each for the first time. */
  readonly counted: readonly WindowEvent[];
  /** How many were copies of events that had been counted. */
  readonly repeated: number;
}

export interface LiveStatsStoreOptions {
  readonly table: string;
  readonly client?: DynamoDBClient;
  /** Waits between tries; for tests. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A transaction ready to be sent. */
interface Plan {
  readonly fresh: readonly WindowEvent[];
  readonly writes: TransactItem[];
  readonly bytes: number;
}

/**
 * Counts events in their windows, each exactly once, however often, in whatever batches, in whatever
 * order and by however many functions at once it is delivered.
 *
 * Beside the windows the table holds the identities of the events that are counted in them. One
 * transaction adds the identities of some events, and those events to all their windows. It takes
 * effect as a whole or not at all, and only if nothing it depends on has changed since it was read: the
 * identities of a minute are a numbered list, of which two writers cannot write the same next number,
 * and each window has a version, which must still be the one read. Hence after every transaction, if
 * before it:
 *
 *     each window = the sum of the events that have their identity in the table and this window
 *
 * and an event whose identity is there is left out. That holds for the record that is delivered again
 * (a retry, a bisected batch, a replay from the horizon, an answer that was lost), for the event that is
 * twice in the stream, and for both after a re-shard, because shards and sequence numbers play no part.
 * Nor does order: what Lambda gave up can be put back on the stream later. A fence by sequence number
 * could do neither: it misses the event that comes twice, and loses for good what it has passed.
 *
 * It holds as far as identities are kept: a copy that arrives more than the retention after the event,
 * or that differs in its time, is another event.
 *
 * Costs: per batch and minute one item of identities and up to four items (dimensions) each for the
 * minute and its hour, at twice the price of a plain write: 18 write units of up to 1 KB, whether one
 * event or hundreds. Transactions on one window get in each other's way beyond about ten a second;
 * so many shards, that is, as ten times the seconds of the mapping's batching window.
 */
export class LiveStatsStore {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;
  readonly #pause: (milliseconds: number) => Promise<unknown>;

  constructor({ table, client = new DynamoDBClient(), pause = delay }: LiveStatsStoreOptions) {
    this.#table = table;
    this.#documents = DynamoDBDocumentClient.from(client);
    this.#pause = pause;
  }

  /**
   * Counts events.
   *
   * @throws the SDK's error when a transaction does not succeed; those before it stand, and counting all
   * events again does what is left to do
   */
  async count(events: readonly WindowEvent[]): Promise<CountResult> {
    const distinct = firstOfEach(events);
    const counted: WindowEvent[] = [];
    for (const some of transactionsOf(distinct)) counted.push(...(await this.#commit(some)));
    return { counted, repeated: events.length - counted.length };
  }

  /** Counts events that fit one transaction; returns those that had not been counted. */
  async #commit(events: readonly WindowEvent[]): Promise<readonly WindowEvent[]> {
    for (let attempt = 1; ; attempt += 1) {
      const { fresh, writes, bytes } = await this.#plan(events);
      if (fresh.length === 0) return fresh;
      if (bytes > BYTES_PER_TRANSACTION && fresh.length > 1) return this.#commitHalves(fresh);
      try {
        await this.#documents.send(new TransactWriteCommand({ TransactItems: writes }));
        return fresh;
      } catch (error) {
        if (!mayPass(error) || attempt === ATTEMPTS) throw error;
      }
      await this.#pause(waitAfter(attempt));
    }
  }

  async #commitHalves(events: readonly WindowEvent[]): Promise<WindowEvent[]> {
    const middle = Math.ceil(events.length / 2);
    const first = await this.#commit(events.slice(0, middle));
    return [...first, ...(await this.#commit(events.slice(middle)))];
  }

  /** Reads what is counted and adds what is not. */
  async #plan(events: readonly WindowEvent[]): Promise<Plan> {
    const minutes = [...Map.groupBy(events, ({ counted }) => counted)];
    const logs = await Promise.all(
      minutes.map(async ([key, its]) => ({ key, its, ...(await this.#counted(key)) })),
    );
    const unseen = logs.map(({ its, identities, ...log }) => ({
      ...log,
      fresh: its.filter(({ identity }) => !identities.has(identity)),
    }));
    const open = unseen.filter(({ fresh }) => fresh.length > 0);
    const fresh = open.flatMap((log) => log.fresh);
    const items = [...open.map(countedItem), ...(await this.#windowItems(fresh))];
    return {
      fresh,
      writes: items.map((item) => this.#put(item)),
      bytes: items.reduce((sum, item) => sum + bytesOf(item), 0),
    };
  }

  /** The identities that a minute's partition holds, and the number of its last item. */
  async #counted(window: string): Promise<{ identities: Set<string>; last: number }> {
    const pages = paginateQuery(
      { client: this.#documents },
      {
        TableName: this.#table,
        KeyConditionExpression: '#window = :window',
        ExpressionAttributeNames: { '#window': 'window' },
        ExpressionAttributeValues: { ':window': window },
        ConsistentRead: true,
      },
    );
    const identities = new Set<string>();
    let last = 0;
    for await (const { Items = [] } of pages) {
      for (const { group, ids } of Items as CountedItem[]) {
        addIdentities(identities, ids);
        last = Math.max(last, Number(group));
      }
    }
    return { identities, last };
  }

  /** The windows of events with these events added. */
  async #windowItems(events: readonly WindowEvent[]): Promise<WindowItem[]> {
    const places = distinctPlaces(events);
    const stored = new Map<string, WindowItem>();
    const keys = [...places.values()].map(({ window, group }) => ({ window, group }));
    for await (const item of batchGet(this.#documents, {
      table: this.#table,
      keys,
      consistent: true,
    })) {
      const window = item as unknown as WindowItem;
      stored.set(placeKey(window), window);
    }
    return [...places].map(([key, place]) => withEvents(place, stored.get(key)));
  }

  /** A counted item must not exist; a window's must be the version that was read, or not exist. */
  #put(item: CountedItem | WindowItem): TransactItem {
    const read = 'version' in item ? item.version - 1 : 0;
    return {
      Put: {
        TableName: this.#table,
        Item: item,
        ...(read === 0
          ? {
              ConditionExpression: 'attribute_not_exists(#window)',
              ExpressionAttributeNames: { '#window': 'window' },
            }
          : {
              ConditionExpression: '#version = :read',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':read': read },
            }),
      },
    };
  }
}

/** The first event of each identity. */
function firstOfEach(events: readonly WindowEvent[]): WindowEvent[] {
  const seen = new Set<string>();
  return events.filter(({ identity }) => seen.size < seen.add(identity).size);
}

/** Divides events into groups whose items fit one transaction, window by window. */
function* transactionsOf(events: readonly WindowEvent[]): Generator<WindowEvent[]> {
  const sorted = events.toSorted((a, b) => compare(a.windows[0] ?? '', b.windows[0] ?? ''));
  let some: WindowEvent[] = [];
  let keys = new Set<string>();
  for (const event of sorted) {
    const its = [event.counted, ...placesOf(event).map(placeKey)];
    const more = its.filter((key) => !keys.has(key)).length;
    const fits = keys.size + more <= ITEMS_PER_TRANSACTION;
    if (some.length > 0 && (!fits || some.length === EVENTS_PER_TRANSACTION)) {
      yield some;
      some = [];
      keys = new Set();
    }
    some.push(event);
    for (const key of its) keys.add(key);
  }
  if (some.length > 0) yield some;
}

interface Place extends WindowPlace {
  readonly events: WindowEvent[];
}

/** The items that events add to, each with those events. */
function distinctPlaces(events: readonly WindowEvent[]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const event of events) {
    for (const { window, group } of placesOf(event)) {
      const key = placeKey({ window, group });
      const place = places.get(key) ?? { window, group, events: [] };
      place.events.push(event);
      places.set(key, place);
    }
  }
  return places;
}

const placeKey = ({ window, group }: WindowPlace): string => `${window}/${group}`;

function withEvents({ window, group, events }: Place, stored: WindowItem | undefined): WindowItem {
  const groups = new WindowGroups(stored?.groups);
  let expiresAt = stored?.expiresAt ?? 0;
  for (const { figures, ...event } of events) {
    groups.add(figures.values.get(group) ?? '', figures);
    expiresAt = Math.max(expiresAt, event.expiresAt);
  }
  const version = (stored?.version ?? 0) + 1;
  return { window, group, version, groups: groups.items(), expiresAt };
}

/** The next item of a minute's counted identities. */
function countedItem(log: { key: string; last: number; fresh: WindowEvent[] }): CountedItem {
  return {
    window: log.key,
    group: String(log.last + 1).padStart(NUMBER_DIGITS, '0'),
    ids: Buffer.from(log.fresh.map(({ identity }) => identity).join(''), 'latin1'),
    expiresAt: Math.max(...log.fresh.map(({ expiresAt }) => expiresAt)),
  };
}

function addIdentities(identities: Set<string>, ids: Uint8Array): void {
  const text = Buffer.from(ids).toString('latin1');
  for (let at = 0; at < text.length; at += IDENTITY_BYTES) {
    identities.add(text.slice(at, at + IDENTITY_BYTES));
  }
}

/** About the bytes of an item: JSON is a little longer than what DynamoDB counts. */
function bytesOf(item: CountedItem | WindowItem): number {
  return 'ids' in item ? item.ids.length : Buffer.byteLength(JSON.stringify(item.groups));
}

/** Whether a transaction was cancelled for reasons that are gone when it is planned anew. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const { CancellationReasons = [] } = error;
  return CancellationReasons.every(({ Code }) => PASSING_REASONS.has(Code ?? 'None'));
}

/** Full jitter: writers that met must not meet again. */
function waitAfter(attempt: number): number {
  const longest = FIRST_WAIT_MILLISECONDS * 2 ** attempt;
  return Math.random() * Math.min(longest, LONGEST_WAIT_MILLISECONDS);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
