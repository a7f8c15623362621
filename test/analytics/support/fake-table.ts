import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { setImmediate as turn } from 'node:timers/promises';

interface Item extends Record<string, unknown> {
  readonly window: string;
  readonly group: string;
}

interface Put {
  readonly Item: Item;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

/** The parts of the requests that the live stats send. */
interface Request {
  readonly TransactItems?: readonly { readonly Put: Put }[];
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, string>>;
}

/** What may go wrong with a transaction. */
export type Fault = 'none' | 'before' | 'after' | 'throttled';

const KIB = 1_024;

/**
 * The live-stats table in memory, which answers as DynamoDB does: transactions are all or nothing under
 * their conditions, queries come in pages, and other callers may come in between any two calls.
 */
export class FakeTable {
  readonly client = new DynamoDBClient({ region: 'us-east-1' });
  readonly #itemsPerPage: number;
  /** Items by partition and sort key. */
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly calls = { reads: 0, transactions: 0, refused: 0 };
  readonly units = { read: 0, write: 0 };
  /** In bytes. */
  largestTransaction = 0;
  /** Decides what happens to the next transaction. */
  fault: () => Fault = () => 'none';

  /** @param itemsPerPage most items that a query answers at once; DynamoDB's bound is 1 MB */
  constructor(itemsPerPage = 3) {
    this.#itemsPerPage = itemsPerPage;
    this.client.middlewareStack.add(
      () =>
        async ({ input }) => {
          await turn();
          const output = { $metadata: {}, ...this.#answer(input as Request) };
          return { output: output as never, response: {} };
        },
      { step: 'initialize' },
    );
  }

  find({ window, group }: Pick<Item, 'window' | 'group'>): Item | undefined {
    return this.#partitions.get(window)?.get(group);
  }

  /** Number of items. */
  get size(): number {
    return sum([...this.#partitions.values()].map(({ size }) => size));
  }

  #store(item: Item): void {
    const partition = this.#partitions.get(item.window) ?? new Map<string, Item>();
    this.#partitions.set(item.window, partition.set(item.group, item));
  }

  #answer(request: Request): object {
    if (request.TransactItems !== undefined) return this.#transact(request.TransactItems);
    this.calls.reads += 1;
    return request.RequestItems === undefined ? this.#query(request) : this.#batchGet(request);
  }

  #transact(writes: readonly { readonly Put: Put }[]): object {
    this.calls.transactions += 1;
    const fault = this.fault();
    if (fault === 'before') throw new Error('the connection broke');
    if (fault === 'throttled') throw cancelled(writes.map(() => 'ThrottlingError'));
    const sizes = writes.map(({ Put }) => sizeOf(Put.Item));
    this.largestTransaction = Math.max(this.largestTransaction, sum(sizes));
    if (writes.length > 100) throw new Error('too many items');
    if (sizes.some((size) => size > 400 * KIB)) throw new Error('an item is too large');
    if (sum(sizes) > 4 * KIB ** 2) throw new Error('the transaction is too large');
    const keys = new Set(writes.map(({ Put }) => keyOf(Put.Item)));
    if (keys.size !== writes.length) throw new Error('an item twice in one transaction');
    this.units.write += sum(sizes.map((size) => 2 * Math.ceil(size / KIB)));
    const reasons = writes.map(({ Put }) => (this.#holds(Put) ? 'None' : 'ConditionalCheckFailed'));
    if (reasons.some((reason) => reason !== 'None')) {
      this.calls.refused += 1;
      throw cancelled(reasons);
    }
    for (const { Put } of writes) this.#store(structuredClone(Put.Item));
    if (fault === 'after') throw new Error('the answer was lost');
    return {};
  }

  #holds({ Item, ConditionExpression, ExpressionAttributeValues }: Put): boolean {
    const stored = this.find(Item);
    if (ConditionExpression === 'attribute_not_exists(#window)') return stored === undefined;
    return stored?.version === ExpressionAttributeValues?.[':read'];
  }

  #query({
    ExpressionAttributeValues: values,
    ...request
  }: Request & { ExclusiveStartKey?: Item }): object {
    const after = request.ExclusiveStartKey?.group ?? '';
    const found = [...(this.#partitions.get(values?.[':window'] ?? '')?.values() ?? [])]
      .filter(({ group }) => group > after)
      .sort((a, b) => (a.group < b.group ? -1 : 1));
    const page = found.slice(0, this.#itemsPerPage);
    this.units.read += Math.max(1, Math.ceil(sum(page.map(sizeOf)) / (4 * KIB)));
    const more = found.length > page.length;
    return { Items: structuredClone(page), ...(more && { LastEvaluatedKey: page.at(-1) }) };
  }

  #batchGet({ RequestItems = {} }: Request): object {
    const [[table, { Keys }]] = Object.entries(RequestItems) as [[string, { Keys: Item[] }]];
    const found = Keys.map((key) => this.find(key)).filter((item) => item !== undefined);
    this.units.read += sum(found.map((item) => Math.ceil(sizeOf(item) / (4 * KIB))));
    this.units.read += Keys.length - found.length;
    return { Responses: { [table]: structuredClone(found).toReversed() } };
  }
}

const keyOf = ({ window, group }: Item): string => `${window}/${group}`;

function cancelled(reasons: readonly string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: reasons.map((Code) => ({ Code })),
  });
}

/** An item's size by DynamoDB's rules, roughly: names, texts and bytes as they are, 1 to 3 for the rest. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return 3 + sum(value.map((element) => 1 + sizeOf(element)));
  if (typeof value !== 'object' || value === null) return 1;
  return sum(Object.entries(value).map(([name, its]) => name.length + sizeOf(its) + 1)) + 3;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
