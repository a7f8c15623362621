import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { setTimeout as delay } from 'node:timers/promises';

/** Most keys that one BatchGetItem takes. */
export const BATCH_KEYS = 100;
/** Wait before keys that were left unprocessed are asked for again; doubled up to the longest. */
const FIRST_WAIT_MILLISECONDS = 25;
const LONGEST_WAIT_MILLISECONDS = 1_000;

export interface BatchGet {
  readonly table: string;
  readonly keys: readonly Record<string, unknown>[];
  readonly consistent: boolean;
}

/**
 * The items that exist of so many keys, in no particular order. DynamoDB leaves keys unprocessed when
 * it is short of capacity or the answer exceeds 16 MB, but never all of them, so that asking again
 * comes to an end.
 */
export async function* batchGet(
  documents: DynamoDBDocumentClient,
  { table, keys, consistent }: BatchGet,
): AsyncGenerator<Record<string, unknown>> {
  let open = [...keys];
  for (let wait = FIRST_WAIT_MILLISECONDS; open.length > 0;) {
    const asked = open.slice(0, BATCH_KEYS);
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({
        RequestItems: { [table]: { Keys: asked, ConsistentRead: consistent } },
      }),
    );
    yield* Responses?.[table] ?? [];
    const left = UnprocessedKeys?.[table]?.Keys ?? [];
    open = [...left, ...open.slice(BATCH_KEYS)];
    if (left.length > 0) await delay(wait);
    wait = left.length > 0 ? Math.min(wait * 2, LONGEST_WAIT_MILLISECONDS) : wait;
  }
}
