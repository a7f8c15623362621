import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { updateIf } from './conditional-update.ts';
import { ledgerDocuments } from './ledger-documents.ts';
import { FileStatus, type LedgerItem } from './ledger-item.ts';

/** The item of a file as it was seen. */
export type SeenItem = Pick<LedgerItem, 'source' | 'fileId' | 'status' | 'attempt' | 'leaseUntil'>;

/** An execution whose claim lapsed as long ago has ended: it may take five minutes, not more. */
const EXECUTION_MILLISECONDS = 5 * 60_000;

/**
 * When nothing can be at work on a file any more, be it an execution that has lost its claim: unless the
 * claim is renewed. An attempt whose end was seen has left no lease.
 *
 * @returns milliseconds since 1970
 */
export const restsAfter = ({ leaseUntil }: Pick<SeenItem, 'leaseUntil'>): number =>
  leaseUntil === undefined ? 0 : leaseUntil + EXECUTION_MILLISECONDS;

/**
 * Whether nothing can be at work on a file any more.
 *
 * @param now milliseconds since 1970
 */
export const isAtRest = (item: SeenItem, now: number): boolean => restsAfter(item) < now;

/**
 * Takes files back out of the results. The ledger comes first: from then on no attempt can claim the file or
 * tell how it ended, so that what is removed afterwards does not come back.
 */
export class Forgetting {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = ledgerDocuments(client);
  }

  /**
   * Marks a file as forgotten, if it still stands as it was seen. Marking it again adds the operation.
   *
   * @param operationId of the operator's who wants it
   * @returns whether it does; if not, it has to be read again
   */
  async forget(
    { source, fileId, attempt, status, leaseUntil }: SeenItem,
    operationId?: string,
  ): Promise<boolean> {
    const hasLease = leaseUntil !== undefined;
    const add = operationId === undefined ? '' : ' ADD #operations :operation';
    return updateIf(this.#documents, {
      TableName: this.#table,
      Key: { source, fileId },
      UpdateExpression: `SET #status = :forgotten REMOVE #leaseUntil, #claimedBy${add}`,
      ConditionExpression: `#status = :status AND #attempt = :attempt
        AND ${hasLease ? '#leaseUntil = :leaseUntil' : 'attribute_not_exists(#leaseUntil)'}`,
      ExpressionAttributeValues: {
        ':forgotten': FileStatus.FORGOTTEN,
        ':attempt': attempt,
        ':status': status,
        ...(hasLease && { ':leaseUntil': leaseUntil }),
        ...(operationId !== undefined && { ':operation': new Set([operationId]) }),
      },
    });
  }

  /** Records that nothing is left of what the file's item named. */
  async confirmRemoval({ source, fileId }: SeenItem, at: Date): Promise<void> {
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
