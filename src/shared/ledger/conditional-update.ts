import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  UpdateCommand,
  type DynamoDBDocumentClient,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { LedgerItem } from './ledger-item.ts';
import { aliasedNames } from './ledger.ts';

/** An update of one item whose expressions write every attribute's name as `#name`. */
export interface ConditionalUpdate extends Pick<UpdateCommandInput, 'ExpressionAttributeValues'> {
  readonly TableName: string;
  readonly Key: Pick<LedgerItem, 'source' | 'fileId'>;
  readonly UpdateExpression: string;
  /** None: the update is made in any case. */
  readonly ConditionExpression?: string;
}

/** Updates an item; returns whether its condition was met. */
export async function updateIf(
  documents: DynamoDBDocumentClient,
  update: ConditionalUpdate,
): Promise<boolean> {
  const { UpdateExpression, ConditionExpression = '' } = update;
  const ExpressionAttributeNames = aliasedNames(UpdateExpression, ConditionExpression);
  try {
    await documents.send(new UpdateCommand({ ...update, ExpressionAttributeNames }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
