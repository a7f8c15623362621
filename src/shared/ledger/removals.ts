import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FileVersion } from '../file-version.ts';
import { updateIf } from './conditional-update.ts';
import { ledgerDocuments } from './ledger-documents.ts';
import { arrivalHour, FileStatus, ledgerKeyOf } from './ledger-item.ts';
import { setClauses } from './ledger.ts';

/** What S3 tells of an object that went from the source bucket. */
export interface SourceRemoval {
  /**
   * `key`: the key is gone; a delete marker, which is a version itself, says so, or on an unversioned
   * bucket nothing does. `version`: a version or a marker was deleted for good.
   */
  readonly of: 'key' | 'version';
  readonly bucket: string;
  readonly key: string;
  /** Id of the item that tells of it: the marker's, or that of the version that is gone. */
  readonly fileId: string;
  readonly versionId: string | null;
  /** Of the removal itself. A marker has no other; a version that is gone keeps its own. */
  readonly sequencer: string | null;
  /** ISO 8601. */
  readonly eventTime: string;
}

/**
 * Writes into the ledger what went from the source bucket. The events of one key come in any order and any
 * number of times: whatever the order, the items are the same in the end.
 */
export class Removals {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = ledgerDocuments(client);
  }

  /** Records a removal. */
  async record(removal: SourceRemoval): Promise<void> {
    await (removal.of === 'key' ? this.#recordMarker(removal) : this.#recordDeletion(removal));
  }

  /**
   * Gives back a claim under which nothing was done, because the key is gone. The version is never
   * processed. The number is again that of the attempt before, of whose end only the history tells.
   */
  async withdrawClaim(file: FileVersion, attempt: number): Promise<void> {
    await updateIf(this.#documents, {
      TableName: this.#table,
      Key: ledgerKeyOf(file),
      UpdateExpression:
        'SET #status = :sourceDeleted, #attempt = :before REMOVE #leaseUntil, #claimedBy',
      // Another dispatcher's claim is that dispatcher's to give back.
      ConditionExpression: '#attempt = :attempt AND #status = :running',
      ExpressionAttributeValues: {
        ':sourceDeleted': FileStatus.SOURCE_DELETED,
        ':before': attempt - 1,
        ':attempt': attempt,
        ':running': FileStatus.RUNNING,
      },
    });
  }

  /** The marker arrived when it was made, though its own deletion may have been told of before. */
  async #recordMarker(removal: SourceRemoval): Promise<void> {
    const { clauses, values } = setClauses({
      ...firstSeen(removal),
      sequencer: removal.sequencer,
      deleteMarker: true,
    });
    await updateIf(this.#documents, {
      TableName: this.#table,
      Key: ledgerKeyOf(removal),
      UpdateExpression: `SET ${clauses}`,
      ExpressionAttributeValues: values,
    });
  }

  /** Makes an item where there is none: a creation that is told of later must not be processed. */
  async #recordDeletion(removal: SourceRemoval): Promise<void> {
    const { values } = setClauses(firstSeen(removal));
    const ifMissing = Object.keys(values)
      .map((value) => `#${value.slice(1)} = if_not_exists(#${value.slice(1)}, ${value})`)
      .join(', ');
    await updateIf(this.#documents, {
      TableName: this.#table,
      Key: ledgerKeyOf(removal),
      UpdateExpression: `SET ${ifMissing}, #sourceDeletedAt = :sourceDeletedAt`,
      ExpressionAttributeValues: { ...values, ':sourceDeletedAt': removal.eventTime },
    });
  }
}

/** What an item says that begins with a removal. */
function firstSeen(removal: SourceRemoval): Record<string, unknown> {
  const { versionId, eventTime } = removal;
  return {
    status: FileStatus.SOURCE_DELETED,
    attempt: 0,
    versionId,
    etag: '',
    size: 0,
    startedAt: eventTime,
    arrivedAt: eventTime,
    arrivalHour: arrivalHour(eventTime, removal),
  };
}
