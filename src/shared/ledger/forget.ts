import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { updateIf } from './conditional-update.ts';
import { FileStatus, type LedgerItem } from './ledger-item.ts';

/**
 * Takes files back out of the results. The ledger comes first: from then on no attempt can claim the file or
 * tell how it ended, so that what is removed afterwards does not come back.
 */
export class Forgetting {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = DynamoDBDocumentClient.from(client);
  }

  /**
   * Marks a file as forgotten, if it still stands as it was read.
   *
   * @returns whether it does; if not, it has to be read again
   */
  async forget({ source, fileId, attempt, status, leaseUntil }: LedgerItem): Promise<boolean> {
    const isHeld = status === FileStatus.RUNNING && leaseUntil !== undefined;
    return updateIf(this.#documents, {
      TableName: this.#table,
      Key: { source, fileId },
      UpdateExpression: 'SET #status = :forgotten REMOVE #leaseUntil, #claimedBy',
      ConditionExpression: `#attempt = :attempt AND #status = :status${
        isHeld ? ' AND #leaseUntil = :leaseUntil' : ''
      }`,
      ExpressionAttributeValues: {
        ':forgotten': FileStatus.FORGOTTEN,
        ':attempt': attempt,
        ':status': status,
        ...(isHeld && { ':leaseUntil': leaseUntil }),
      },
    });
  }

  /** Records that nothing is left of what the file's item named. */
  async confirmRemoval({ source, fileId }: LedgerItem, at: Date): Promise<void> {
    await updateIf(this.#documents, {
      TableName: this.#table,
      Key: { source, fileId },
      UpdateExpression:
        'SET #outputsRemovedAt = :at REMOVE #processedKey, #rejectedKey, #manifestKey',
      ConditionExpression: '#status = :forgotten',
      ExpressionAttributeValues: {
        ':at': at.toISOString(),
        ':forgotten': FileStatus.FORGOTTEN,
      },
    });
  }
}
