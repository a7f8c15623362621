import { DynamoDBClient, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { Readable } from 'node:stream';
import { ContentClaims } from '../../src/shared/ledger/content-claims.ts';
import type { FileStatus } from '../../src/shared/ledger/ledger-item.ts';

type Item = Readonly<Record<string, AttributeValue>>;

interface PutRequest {
  readonly Item: Item;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Item;
}

interface GetRequest {
  readonly Key: { readonly fileId: { readonly S: string } };
}

/**
 * Claims of contents, by a real client whose requests never leave the process: its table is in memory. Where
 * files stand is for the test to say.
 */
export class MemoryContents {
  /** Claims by partition. */
  readonly items = new Map<string, Item>();
  /** Where files stand, by their ids. */
  readonly statuses = new Map<string, FileStatus>();
  /** Ids of the files whose outputs have been removed. */
  readonly removed = new Set<string>();
  /** Kinds of the requests, in the order in which they came. */
  readonly requests: ('put' | 'get')[] = [];
  readonly claims: ContentClaims;

  /** @param pass awaited before and after each request: where it throws, the request or its answer is lost */
  constructor(pass: () => Promise<void> = () => Promise.resolve()) {
    const handle = async ({ body }: { body: Uint8Array | string }): Promise<object> => {
      await pass();
      const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
      const answer = this.#answer(JSON.parse(text) as PutRequest | GetRequest);
      await pass();
      const statusCode = '__type' in answer ? 400 : 200;
      const content = Readable.from([Buffer.from(JSON.stringify(answer))]);
      return { response: { statusCode, headers: {}, body: content } };
    };
    const client = new DynamoDBClient({
      region: 'eu-central-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      maxAttempts: 1,
      requestHandler: { handle } as never,
    });
    this.claims = new ContentClaims({ table: 'ledger', days: 365, client });
  }

  #answer(request: PutRequest | GetRequest): object {
    if ('Key' in request) {
      this.requests.push('get');
      const fileId = request.Key.fileId.S;
      const status = this.statuses.get(fileId);
      if (status === undefined) return {};
      const removal = this.removed.has(fileId) && { outputsRemovedAt: { S: 'then' } };
      return { Item: { status: { S: status }, ...removal } };
    }
    this.requests.push('put');
    const partition = request.Item.source?.S ?? '';
    const current = this.items.get(partition);
    if (isMet(request, current)) {
      this.items.set(partition, request.Item);
      return {};
    }
    const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    return { __type, ...(current && { Item: current }) };
  }
}

/** Whether a condition of the kinds that claims have is met: terms joined by OR or by AND. */
function isMet(
  { ConditionExpression, ExpressionAttributeValues }: PutRequest,
  item?: Item,
): boolean {
  const isTrue = (term: string): boolean => {
    if (term === 'attribute_not_exists(#fileId)') return item === undefined;
    const [, name, value] = /^#(\w+) = (:\w+)$/.exec(term) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not understood: ${term}`);
    const expected = ExpressionAttributeValues[value];
    return JSON.stringify(item?.[name]) === JSON.stringify(expected);
  };
  const [first = '', ...others] = ConditionExpression.split(' OR ');
  if (others.length > 0) return [first, ...others].some(isTrue);
  return first.split(' AND ').every(isTrue);
}
