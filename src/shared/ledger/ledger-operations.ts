import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { FileStatus, type LedgerItem } from './ledger-item.ts';

/** The item of a file as an operator saw it. */
export type SeenItem = Pick<LedgerItem, 'source' | 'fileId' | 'status' | 'attempt' | 'leaseUntil'>;

/** An execution whose claim lapsed as long ago has ended: it may take five minutes, not more. */
const EXECUTION_MILLISECONDS = 5 * 60_000;

/**
 * Whether nothing can be at work on a file any more, be it an execution that has lost its claim.
 *
 * @param now milliseconds since 1970
 */
export const isAtRest = ({ status, leaseUntil = 0 }: SeenItem, now: number): boolean =>
  status !== FileStatus.RUNNING || leaseUntil + EXECUTION_MILLISECONDS < now;

/**
 * What operators write into the ledger past the pipeline. Each write holds only if the file stands as it
 * was seen: whatever happened to it meanwhile is for the operator to look at first.
 */
export class LedgerOperations {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = DynamoDBDocumentClient.from(client);
  }

  /**
   * Marks a file as forgotten: no attempt can begin from then on. Marking it again adds the operation.
   *
   * @returns false, and nothing is changed, when the file does not stand any more as it was seen
   */
  async forget(
    { source, fileId, status, attempt, leaseUntil }: SeenItem,
    operationId: string,
  ): Promise<boolean> {
    const hasLease = leaseUntil !== undefined;
    try {
      await this.#documents.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { source, fileId },
          UpdateExpression: `SET #status = :forgotten
            REMOVE #leaseUntil, #claimedBy, #processedKey, #rejectedKey, #manifestKey
            ADD #operations :operation`,
          ConditionExpression: `#status = :status AND #attempt = :attempt
            AND ${hasLease ? '#leaseUntil = :leaseUntil' : 'attribute_not_exists(#leaseUntil)'}`,
          ExpressionAttributeNames: FORGET_NAMES,
          ExpressionAttributeValues: {
            ':forgotten': FileStatus.FORGOTTEN,
            ':operation': new Set([operationId]),
            ':status': status,
            ':attempt': attempt,
            ...(hasLease && { ':leaseUntil': leaseUntil }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

const FORGET_NAMES = {
  '#status': 'status',
  '#attempt': 'attempt',
  '#leaseUntil': 'leaseUntil',
  '#claimedBy': 'claimedBy',
  '#processedKey': 'processedKey',
  '#rejectedKey': 'rejectedKey',
  '#manifestKey': 'manifestKey',
  '#operations': 'operations',
} as const;
