import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  paginateQuery,
  type DynamoDBDocumentClient,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { batchGet, BATCH_KEYS } from '../batch-get.ts';
import type { FileVersion } from '../file-version.ts';
import { ledgerDocuments } from './ledger-documents.ts';
import {
  arrivalPartitions,
  BY_ARRIVAL_INDEX,
  ledgerKeyOf,
  sourceOf,
  type LedgerItem,
  type LedgerKey,
} from './ledger-item.ts';

const HOUR_MILLISECONDS = 3_600_000;

/** Reads the ledger. */
export class LedgerReader {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = ledgerDocuments(client);
  }

  /** The item of one file version. */
  async get(file: Pick<FileVersion, 'bucket' | 'key' | 'fileId'>): Promise<LedgerItem | undefined> {
    return this.#getItem(ledgerKeyOf(file));
  }

  /** All versions of an object key, in no particular order: whatever was written before is read. */
  async *versionsOf(object: { bucket: string; key: string }): AsyncGenerator<LedgerItem> {
    yield* this.#query({
      ConsistentRead: true,
      KeyConditionExpression: '#source = :source',
      ExpressionAttributeNames: { '#source': 'source' },
      ExpressionAttributeValues: { ':source': sourceOf(object) },
    });
  }

  /** Those items of so many that exist, by their keys, in no particular order. */
  async *existing(keys: readonly LedgerKey[]): AsyncGenerator<LedgerItem> {
    const table = this.#table;
    for await (const item of batchGet(this.#documents, { table, keys, consistent: true })) {
      yield ledgerItem(item);
    }
  }

  /**
   * Files that arrived in a span of time, newest first; read only as far as they are asked for.
   *
   * @param replay name of the replay whose files are wanted, instead of what the source bucket brought
   */
  async *arrivedBetween(from: Date, to: Date, replay?: string): AsyncGenerator<LedgerItem> {
    for await (const keys of batches(this.#keysBetween(from, to, replay), BATCH_KEYS)) {
      yield* await this.#getItems(keys);
    }
  }

  /** A file by its id alone, among those that arrived in a span of time. Reads no other item. */
  async findArrived(fileId: string, from: Date, to: Date): Promise<LedgerItem | undefined> {
    for await (const key of this.#keysBetween(from, to)) {
      if (key.fileId === fileId) return this.#getItem(key);
    }
    return undefined;
  }

  /** Index entries of a span of time, newest first. */
  async *#keysBetween(from: Date, to: Date, replay?: string): AsyncGenerator<ArrivalKey> {
    for (const hour of hoursBackwards(from, to)) {
      yield* newestFirst(
        arrivalPartitions(hour, replay).map((partition) => this.#keysOf(partition, from, to)),
      );
    }
  }

  #keysOf(partition: string, from: Date, to: Date): AsyncGenerator<ArrivalKey> {
    return this.#query({
      IndexName: BY_ARRIVAL_INDEX,
      ScanIndexForward: false,
      KeyConditionExpression: 'arrivalHour = :hour AND arrivedAt BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':hour': partition,
        ':from': from.toISOString(),
        ':to': to.toISOString(),
      },
    });
  }

  /** Items in the order of their keys. */
  async #getItems(keys: readonly ArrivalKey[]): Promise<LedgerItem[]> {
    const items = new Map<string, LedgerItem>();
    const found = this.existing(keys.map(({ source, fileId }) => ({ source, fileId })));
    for await (const item of found) items.set(item.fileId, item);
    return keys.map(({ fileId }) => items.get(fileId)).filter((item) => item !== undefined);
  }

  async #getItem({ source, fileId }: LedgerKey): Promise<LedgerItem | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: { source, fileId }, ConsistentRead: true }),
    );
    return Item && ledgerItem(Item);
  }

  async *#query(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<LedgerItem> {
    const pages = paginateQuery({ client: this.#documents }, { ...input, TableName: this.#table });
    for await (const { Items = [] } of pages) yield* Items.map(ledgerItem);
  }
}

/** An item as it is read: DynamoDB's set of operations in their order, and null for a sequencer that it has not. */
function ledgerItem({ operations, ...item }: Record<string, unknown>): LedgerItem {
  const ids = operations instanceof Set ? { operations: [...operations].sort() } : {};
  return { sequencer: null, ...item, ...ids } as unknown as LedgerItem;
}

/** What the index holds of an item. */
type ArrivalKey = Pick<LedgerItem, 'source' | 'fileId' | 'arrivedAt'>;

/** The next key of a sequence, and what comes after it. */
interface Head {
  readonly key: ArrivalKey;
  readonly rest: AsyncGenerator<ArrivalKey>;
}

/** Merges sequences that each are newest first into one, without reading any of them to its end. */
async function* newestFirst(
  sequences: readonly AsyncGenerator<ArrivalKey>[],
): AsyncGenerator<ArrivalKey> {
  let heads = (await Promise.all(sequences.map(headOf))).flat();
  while (heads.length > 0) {
    const newest = heads.reduce((a, b) => (b.key.arrivedAt > a.key.arrivedAt ? b : a));
    yield newest.key;
    heads = [...heads.filter((head) => head !== newest), ...(await headOf(newest.rest))];
  }
}

/** Empty when the sequence has come to its end. */
async function headOf(rest: AsyncGenerator<ArrivalKey>): Promise<Head[]> {
  const next = await rest.next();
  return next.done === true ? [] : [{ key: next.value, rest }];
}

/** The elements of a sequence in groups of a size; the last may be smaller. */
async function* batches<T>(sequence: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const element of sequence) {
    batch.push(element);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The UTC hours that overlap a span, last first, as `YYYY-MM-DDTHH`. */
function* hoursBackwards(from: Date, to: Date): Generator<string> {
  const first = Math.floor(from.getTime() / HOUR_MILLISECONDS);
  for (let hour = Math.floor(to.getTime() / HOUR_MILLISECONDS); hour >= first; hour -= 1) {
    yield new Date(hour * HOUR_MILLISECONDS).toISOString().slice(0, 13);
  }
}
