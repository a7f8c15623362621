import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { arrivalPartitions, BY_ARRIVAL_INDEX, sourceOf, type LedgerItem } from './ledger-item.ts';
import type { FileVersion } from '../file-version.ts';

const HOUR_MILLISECONDS = 3_600_000;

/** Reads the ledger; writing it is the pipeline's alone. */
export class LedgerReader {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = DynamoDBDocumentClient.from(client);
  }

  /** The item of one file version. */
  async get(file: Pick<FileVersion, 'bucket' | 'key' | 'fileId'>): Promise<LedgerItem | undefined> {
    return this.#getItem({ source: sourceOf(file), fileId: file.fileId });
  }

  /** All versions of an object key, in no particular order. */
  async *versionsOf(object: { bucket: string; key: string }): AsyncGenerator<LedgerItem> {
    yield* this.#query({
      KeyConditionExpression: '#source = :source',
      ExpressionAttributeNames: { '#source': 'source' },
      ExpressionAttributeValues: { ':source': sourceOf(object) },
    });
  }

  /** Files that arrived in a span of time, newest hour first. */
  async *arrivedBetween(from: Date, to: Date): AsyncGenerator<LedgerItem> {
    for (const hour of hoursBackwards(from, to)) {
      const keys = await Promise.all(
        arrivalPartitions(hour).map((partition) => this.#keysOf(partition, from, to)),
      );
      const items = await Promise.all(keys.flat().map((key) => this.#getItem(key)));
      yield* items.filter((item) => item !== undefined);
    }
  }

  async #keysOf(partition: string, from: Date, to: Date): Promise<LedgerKey[]> {
    const keys: LedgerKey[] = [];
    const items = this.#query({
      IndexName: BY_ARRIVAL_INDEX,
      KeyConditionExpression: 'arrivalHour = :hour AND arrivedAt BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':hour': partition,
        ':from': from.toISOString(),
        ':to': to.toISOString(),
      },
    });
    for await (const { source, fileId } of items) keys.push({ source, fileId });
    return keys;
  }

  async #getItem(key: LedgerKey): Promise<LedgerItem | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: { ...key }, ConsistentRead: true }),
    );
    return Item as LedgerItem | undefined;
  }

  async *#query(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<LedgerItem> {
    const pages = paginateQuery({ client: this.#documents }, { ...input, TableName: this.#table });
    for await (const { Items = [] } of pages) yield* Items as LedgerItem[];
  }
}

type LedgerKey = Pick<LedgerItem, 'source' | 'fileId'>;

/** The UTC hours that overlap a span, last first, as `YYYY-MM-DDTHH`. */
function* hoursBackwards(from: Date, to: Date): Generator<string> {
  const first = Math.floor(from.getTime() / HOUR_MILLISECONDS);
  for (let hour = Math.floor(to.getTime() / HOUR_MILLISECONDS); hour >= first; hour -= 1) {
    yield new Date(hour * HOUR_MILLISECONDS).toISOString().slice(0, 13);
  }
}
