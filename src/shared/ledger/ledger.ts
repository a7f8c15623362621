import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { AttemptSuperseded } from '../errors.ts';
import { executionName, type FileVersion } from '../file-version.ts';
import {
  arrivalHour,
  FileStatus,
  sourceOf,
  type AttemptRecord,
  type LedgerItem,
  type OutcomeDetails,
} from './ledger-item.ts';

/** Who claims a file, and for how long. */
export interface ClaimRequest {
  readonly file: FileVersion;
  /** Time of the event, ISO 8601; kept only from the first event of a file. */
  readonly eventTime: string;
  /** Id of the queue message on whose behalf the claim is made. */
  readonly claimedBy: string;
  readonly now: Date;
  readonly leaseMilliseconds: number;
}

/** Answer to a claim. */
export type Claim =
  /** The file is ours to run. */
  | { readonly outcome: 'claimed'; readonly run: ClaimedRun }
  /** The file has reached its end, or another message answers for it. */
  | { readonly outcome: 'duplicate'; readonly status: FileStatus }
  /** An earlier delivery of this very message is still at it. */
  | { readonly outcome: 'busy'; readonly leaseUntil: number };

/** A claimed attempt: its number, its start, and when the file arrived first. */
export interface ClaimedRun {
  readonly attempt: number;
  readonly arrivedAt: string;
  readonly startedAt: string;
}

/** How an attempt ended. */
export interface AttemptOutcome extends ClaimedRun {
  readonly file: FileVersion;
  readonly status: AttemptRecord['status'];
  readonly endedAt: string;
  readonly code?: AttemptRecord['code'];
  readonly reason?: string;
  readonly details?: OutcomeDetails;
}

/**
 * The truth about each file, in DynamoDB. Who may start a file is decided here by conditional
 * writes, and every later write of an attempt is fenced by the attempt's number, so that a stale
 * attempt can never overwrite what a newer one found.
 */
export class Ledger {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    });
  }

  /**
   * Claims a file for its next attempt. Succeeds for a new file, for one whose last attempt failed,
   * and for one whose attempt let its lease lapse.
   */
  async claim({
    file,
    eventTime,
    claimedBy,
    now,
    leaseMilliseconds,
  }: ClaimRequest): Promise<Claim> {
    const { Attributes, taken } = await this.#update({
      Key: keyOf(file),
      UpdateExpression: `SET #status = :running, attempt = if_not_exists(attempt, :zero) + :one,
        arrivedAt = if_not_exists(arrivedAt, :eventTime),
        arrivalHour = if_not_exists(arrivalHour, :arrivalHour),
        startedAt = :now, leaseUntil = :lease, claimedBy = :claimedBy,
        versionId = :versionId, etag = :etag, size = :size, sequencer = :sequencer
        REMOVE endedAt, code, reason`,
      ConditionExpression: `attribute_not_exists(fileId) OR #status = :failed
        OR (#status = :running AND leaseUntil <= :nowMilliseconds)`,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':running': FileStatus.RUNNING,
        ':failed': FileStatus.FAILED,
        ':zero': 0,
        ':one': 1,
        ':eventTime': eventTime,
        ':arrivalHour': arrivalHour(eventTime, file.fileId),
        ':now': now.toISOString(),
        ':nowMilliseconds': now.getTime(),
        ':lease': now.getTime() + leaseMilliseconds,
        ':claimedBy': claimedBy,
        ':versionId': file.versionId,
        ':etag': file.etag,
        ':size': file.size,
        ':sequencer': file.sequencer,
      },
      ReturnValues: 'ALL_NEW',
    });
    const { attempt, arrivedAt, startedAt, status, ...item } = Attributes;
    if (!taken) return { outcome: 'claimed', run: { attempt, arrivedAt, startedAt } };
    const sameMessage = status === FileStatus.RUNNING && item.claimedBy === claimedBy;
    if (sameMessage) return { outcome: 'busy', leaseUntil: item.leaseUntil ?? 0 };
    return { outcome: 'duplicate', status };
  }

  /**
   * Keeps a running attempt's claim alive.
   *
   * @throws AttemptSuperseded when the claim has been lost
   */
  async renewLease(file: FileVersion, attempt: number, leaseUntil: number): Promise<void> {
    const { taken } = await this.#update({
      Key: keyOf(file),
      UpdateExpression: 'SET leaseUntil = :lease',
      ConditionExpression: 'attempt = :attempt AND #status = :running',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':lease': leaseUntil,
        ':attempt': attempt,
        ':running': FileStatus.RUNNING,
      },
    });
    if (taken) throw new AttemptSuperseded(file.fileId, attempt);
  }

  /**
   * Records how an attempt ended, once: recording the same end again changes nothing.
   *
   * @returns whether this call recorded it
   * @throws AttemptSuperseded when a newer attempt holds the file
   */
  async recordOutcome(outcome: AttemptOutcome): Promise<boolean> {
    const { file, attempt, startedAt, status, endedAt, code, reason, details = {} } = outcome;
    const execution = executionName(file, attempt);
    const extra = { endedAt, code, reason, ...details };
    const sets = Object.keys(extra).filter(
      (name) => extra[name as keyof typeof extra] !== undefined,
    );
    const { Attributes, taken } = await this.#update({
      Key: keyOf(file),
      UpdateExpression: `SET #status = :status,
        history = list_append(if_not_exists(history, :none), :record),
        ${sets.map((name) => `#${name} = :${name}`).join(', ')}
        REMOVE leaseUntil, claimedBy`,
      ConditionExpression: 'attempt = :attempt AND #status = :running',
      ExpressionAttributeNames: {
        '#status': 'status',
        ...Object.fromEntries(sets.map((name) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: {
        ':status': status,
        ':running': FileStatus.RUNNING,
        ':attempt': attempt,
        ':none': [],
        ':record': [{ attempt, status, execution, startedAt, endedAt, code, reason }],
        ...Object.fromEntries(sets.map((name) => [`:${name}`, extra[name as keyof typeof extra]])),
      },
    });
    if (taken && (Attributes.attempt !== attempt || Attributes.status !== status)) {
      throw new AttemptSuperseded(file.fileId, attempt);
    }
    return !taken;
  }

  /** Sends an update; where its condition fails, answers with the item that stood in the way. */
  async #update(
    input: Omit<ConstructorParameters<typeof UpdateCommand>[0], 'TableName'>,
  ): Promise<{ Attributes: LedgerItem; taken: boolean }> {
    try {
      const { Attributes } = await this.#documents.send(
        new UpdateCommand({
          ...input,
          TableName: this.#table,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { Attributes: Attributes as LedgerItem, taken: false };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = error.Item === undefined ? {} : unmarshall(error.Item);
      return { Attributes: item as LedgerItem, taken: true };
    }
  }
}

function keyOf(file: FileVersion): { source: string; fileId: string } {
  return { source: sourceOf(file), fileId: file.fileId };
}
