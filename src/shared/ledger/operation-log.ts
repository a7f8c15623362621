import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  paginateQuery,
  PutCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { randomBytes } from 'node:crypto';
import { ledgerDocuments } from './ledger-documents.ts';

/** What operators do. */
export const OPERATION_NAMES = [
  'retry',
  'redrive',
  'reconcile',
  'replay',
  'forget',
  'archive',
  'pause',
  'resume',
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

/** Something that an operator, or a function on a schedule, did. */
export interface Operation {
  /** Sorts by time: `2026-11-27T08:00:00.000Z-retry-1f3a9c`. */
  readonly operationId: string;
  readonly action: OperationName;
  /** ISO 8601. */
  readonly at: string;
  /** The user and the machine, or the function. */
  readonly by: string;
  /** Why, in the operator's words. */
  readonly reason?: string | undefined;
  /** What it was to be done to, by option. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** How many files it was done to. */
  readonly files?: number;
  /** Some of their object keys. */
  readonly examples?: readonly string[];
}

/** The ledger's partition that holds operations; no bucket's name begins like that. */
export const OPERATIONS_PARTITION = '#operations';

/** An id for an operation that begins now. */
export const newOperationId = (action: OperationName, now: Date): string =>
  `${now.toISOString()}-${action}-${randomBytes(3).toString('hex')}`;

/**
 * What was done by hand, in the ledger's table beside the files it was done to. It is written before
 * anything is done: an operation that died half way has left its trace.
 */
export class OperationLog {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = ledgerDocuments(client);
  }

  /** Records an operation; recording it again replaces what was recorded. */
  async record(operation: Operation): Promise<void> {
    const { operationId, ...rest } = operation;
    await this.#documents.send(
      new PutCommand({
        TableName: this.#table,
        Item: { source: OPERATIONS_PARTITION, fileId: operationId, ...rest },
      }),
    );
  }

  /** An operation by its id; undefined when there is none. */
  async get(operationId: string): Promise<Operation | undefined> {
    const Key = { source: OPERATIONS_PARTITION, fileId: operationId };
    const { Item } = await this.#documents.send(new GetCommand({ TableName: this.#table, Key }));
    return Item && operationOf(Item);
  }

  /** All operations, newest first; read only as far as they are asked for. */
  async *newestFirst(): AsyncGenerator<Operation> {
    const pages = paginateQuery(
      { client: this.#documents },
      {
        TableName: this.#table,
        ScanIndexForward: false,
        KeyConditionExpression: '#source = :operations',
        ExpressionAttributeNames: { '#source': 'source' },
        ExpressionAttributeValues: { ':operations': OPERATIONS_PARTITION },
      },
    );
    for await (const { Items = [] } of pages) {
      yield* Items.map(operationOf);
    }
  }
}

function operationOf(item: Record<string, unknown>): Operation {
  const { fileId, ...rest } = item;
  delete rest.source;
  return { operationId: fileId, ...rest } as unknown as Operation;
}
