import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';

type Key = Pick<LedgerItem, 'source' | 'fileId'>;

/** The parts of the requests that the reader sends. */
interface Request {
  readonly ExpressionAttributeValues: Readonly<Record<string, string>>;
  readonly Key: Key;
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly Key[] }>>;
}

/** A ledger's table as its reader sees it, which counts what is asked of it. */
export class ArrivalsTable {
  readonly batchSizes: number[] = [];
  queries = 0;
  gets = 0;
  readonly client = new DynamoDBClient({ region: 'us-east-1' });
  readonly #items: readonly LedgerItem[];
  readonly #processed: number;

  /** @param processed most keys of a batch that are answered at once */
  constructor(items: readonly LedgerItem[], processed = 100) {
    this.#items = items;
    this.#processed = processed;
    this.client.middlewareStack.add(
      () =>
        ({ input }) => {
          const output = { $metadata: {}, ...this.#answer(input as unknown as Request) };
          return Promise.resolve({ output: output as never, response: {} });
        },
      { step: 'initialize' },
    );
  }

  #answer(request: Request): object {
    if ('RequestItems' in request) return this.#batchGetItem(request);
    return 'Key' in request ? this.#getItem(request) : this.#query(request);
  }

  #query({ ExpressionAttributeValues: values }: Request): object {
    this.queries += 1;
    const found = this.#items
      .filter(({ arrivalHour }) => arrivalHour === values[':hour'])
      .filter(({ arrivedAt }) => arrivedAt >= values[':from']! && arrivedAt <= values[':to']!)
      .sort((a, b) => b.arrivedAt.localeCompare(a.arrivedAt));
    return { Items: found.map(({ source, fileId, arrivedAt }) => ({ source, fileId, arrivedAt })) };
  }

  #getItem({ Key }: Request): object {
    this.gets += 1;
    return { Item: this.#find(Key) };
  }

  /** Answers in another order than asked, as DynamoDB may. */
  #batchGetItem({ RequestItems }: Request): object {
    const [[table, { Keys }]] = Object.entries(RequestItems) as [[string, { Keys: Key[] }]];
    this.batchSizes.push(Keys.length);
    const left = Keys.slice(this.#processed);
    const answered = Keys.slice(0, this.#processed).toReversed();
    return {
      Responses: { [table]: answered.map((key) => this.#find(key)) },
      UnprocessedKeys: left.length === 0 ? {} : { [table]: { Keys: left } },
    };
  }

  #find({ source, fileId }: Key): LedgerItem | undefined {
    return this.#items.find((item) => item.source === source && item.fileId === fileId);
  }
}
