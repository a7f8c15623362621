import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { Environment, requiredString } from '../shared/environment.ts';
import { AttemptSuperseded } from '../shared/errors.ts';
import { sourceOf } from '../shared/ledger/ledger-item.ts';
import type { PipelineInput } from './payload.ts';

let client: DynamoDBClient | null = null;

/**
 * Makes sure that an attempt is under way as far as the ledger knows, which is read consistently.
 *
 * @throws AttemptSuperseded when a newer attempt holds the file, or it is at its end
 */
export async function requireCurrentAttempt({ file, attempt }: PipelineInput): Promise<void> {
  client ??= new DynamoDBClient();
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: requiredString(Environment.LEDGER_TABLE),
      Key: { source: { S: sourceOf(file) }, fileId: { S: file.fileId } },
      ConsistentRead: true,
      ProjectionExpression: '#status, #attempt',
      ExpressionAttributeNames: { '#status': 'status', '#attempt': 'attempt' },
    }),
  );
  if (Item?.status?.S === 'RUNNING' && Number(Item.attempt?.N) === attempt) return;
  throw new AttemptSuperseded(file.fileId, attempt);
}
