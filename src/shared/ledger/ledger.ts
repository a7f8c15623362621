import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  UpdateCommand,
  type DynamoDBDocumentClient,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { AttemptSuperseded } from '../errors.ts';
import type { Failure } from '../failure.ts';
import { executionName, type FileVersion } from '../file-version.ts';
import { ledgerDocuments } from './ledger-documents.ts';
import {
  arrivalHour,
  FileStatus,
  ledgerKeyOf,
  OUTCOME_DETAILS,
  type ArchiveRecord,
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
  /** What an operator asked for; absent where S3 told of the file. */
  readonly request?: ClaimedRequest | undefined;
}

/** An operator's request for an attempt. */
export interface ClaimedRequest {
  readonly operationId: string;
  /**
   * The attempt after which another one is wanted, though it ended the file: it was rejected or skipped.
   * Once another attempt has begun, the request has been met.
   */
  readonly afterAttempt?: number | undefined;
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
  /** Nobody saw the execution end: the claim's lease stays in the item. */
  readonly mayStillRun?: boolean;
}

/** What stands between an attempt and telling how it ended. */
export type OutcomeHold =
  { readonly isRecorded: true } | { readonly isRecorded: false; readonly earlierEnds: number };

/**
 * The truth about each file, in DynamoDB. Who may start a file is decided here by conditional
 * writes. The end of an attempt is fenced by the attempt's number, so that a stale attempt can never
 * overwrite what a newer one found; what becomes of the source object, by the file's success.
 */
export class Ledger {
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;

  constructor(table: string, client = new DynamoDBClient()) {
    this.#table = table;
    this.#documents = ledgerDocuments(client);
  }

  /**
   * Claims a file for its next attempt. Succeeds for a new file, for one whose last attempt failed,
   * for one whose attempt let its lease lapse, and for one whose end an operator wants to be tried again.
   */
  async claim({
    file,
    eventTime,
    claimedBy,
    now,
    leaseMilliseconds,
    request,
  }: ClaimRequest): Promise<Claim> {
    const { clauses, values } = setClauses({
      status: FileStatus.RUNNING,
      startedAt: now.toISOString(),
      leaseUntil: now.getTime() + leaseMilliseconds,
      claimedBy,
      versionId: file.versionId,
      etag: file.etag,
      size: file.size,
      // A version that was listed has none; what an event told stays known.
      sequencer: file.sequencer ?? undefined,
      replay: file.replay,
      location: file.location,
    });
    const asked = request === undefined ? NOTHING_ASKED : askedFor(request);
    const { Attributes, refused } = await this.#update({
      Key: ledgerKeyOf(file),
      UpdateExpression: `SET ${clauses},
        #attempt = if_not_exists(#attempt, :zero) + :one,
        #arrivedAt = if_not_exists(#arrivedAt, :eventTime),
        #arrivalHour = if_not_exists(#arrivalHour, :arrivalHour)
        REMOVE #endedAt, #code, #reason${asked.update}`,
      ConditionExpression: `attribute_not_exists(#fileId) OR #status = :failed
        OR (#status = :running AND #leaseUntil <= :now)${asked.condition}`,
      ExpressionAttributeValues: {
        ...values,
        ':zero': 0,
        ':one': 1,
        ':eventTime': eventTime,
        ':arrivalHour': arrivalHour(eventTime, file),
        ':failed': FileStatus.FAILED,
        ':running': FileStatus.RUNNING,
        ':now': now.getTime(),
        ...asked.values,
      },
      ReturnValues: 'ALL_NEW',
    });
    const { attempt, arrivedAt, startedAt, status, ...item } = Attributes;
    if (!refused) return { outcome: 'claimed', run: { attempt, arrivedAt, startedAt } };
    const sameMessage = status === FileStatus.RUNNING && item.claimedBy === claimedBy;
    if (sameMessage) return { outcome: 'busy', leaseUntil: item.leaseUntil ?? 0 };
    return { outcome: 'duplicate', status };
  }

  /**
   * Counts an event of a file that is known already, and keeps its sequencer, which a file that was found
   * before its event came has not. Counted again should the answer be lost: the number is for people,
   * nothing is decided by it.
   */
  async countDuplicate(file: FileVersion): Promise<void> {
    const { clauses, values } = setClauses({ sequencer: file.sequencer ?? undefined });
    await this.#update({
      Key: ledgerKeyOf(file),
      UpdateExpression: `${clauses === '' ? '' : `SET ${clauses} `}ADD #duplicateEvents :one`,
      // An item that was removed meanwhile must not come back as a stub.
      ConditionExpression: 'attribute_exists(#fileId)',
      ExpressionAttributeValues: { ...values, ':one': 1 },
    });
  }

  /**
   * Keeps a running attempt's claim alive.
   *
   * @throws AttemptSuperseded when the claim has been lost
   */
  async renewLease(file: FileVersion, attempt: number, leaseUntil: number): Promise<void> {
    const { refused } = await this.#extendLease(file, attempt, leaseUntil);
    if (refused) throw new AttemptSuperseded(file.fileId, attempt);
  }

  /**
   * Makes sure that an attempt may tell how it ended, and that no other can claim the file meanwhile.
   *
   * @returns that this very outcome has been recorded already, or else how often the file had come to an
   *   end before, which operators had tried again
   * @throws AttemptSuperseded when a newer attempt holds the file, or this one has ended otherwise
   */
  async holdForOutcome(
    { file, attempt, status }: AttemptOutcome,
    leaseUntil: number,
  ): Promise<OutcomeHold> {
    const { Attributes, refused } = await this.#extendLease(file, attempt, leaseUntil);
    if (!refused) return { isRecorded: false, earlierEnds: endsOf(Attributes.history) };
    if (Attributes.attempt === attempt && Attributes.status === status) return { isRecorded: true };
    throw new AttemptSuperseded(file.fileId, attempt);
  }

  /** Extends the lease of an attempt that is running; else tells what stands in its way. */
  #extendLease(
    file: FileVersion,
    attempt: number,
    leaseUntil: number,
  ): Promise<{ Attributes: LedgerItem; refused: boolean }> {
    const { clauses, values } = setClauses({ leaseUntil });
    return this.#update({
      Key: ledgerKeyOf(file),
      UpdateExpression: `SET ${clauses}`,
      ConditionExpression: IS_RUNNING,
      ExpressionAttributeValues: {
        ...values,
        ':attempt': attempt,
        ':running': FileStatus.RUNNING,
      },
      ReturnValues: 'ALL_NEW',
    });
  }

  /**
   * Records how an attempt ended, once: recording the same end again changes nothing. What an earlier
   * end left in the item, and this one does not tell, goes.
   *
   * @returns whether this call recorded it
   * @throws AttemptSuperseded when a newer attempt holds the file
   */
  async recordOutcome(outcome: AttemptOutcome): Promise<boolean> {
    const { file, attempt, startedAt, status, endedAt, code, reason, details = {} } = outcome;
    const execution = executionName(file, attempt);
    const beginning = reason?.slice(0, LONGEST_HISTORY_REASON);
    const { clauses, values } = setClauses({ status, endedAt, code, reason, ...details });
    const untold = OUTCOME_DETAILS.filter((name) => details[name] === undefined);
    const removed = ['claimedBy', ...(outcome.mayStillRun ? [] : ['leaseUntil']), ...untold];
    const { Attributes, refused } = await this.#update({
      Key: ledgerKeyOf(file),
      UpdateExpression: `SET ${clauses},
        #history = list_append(if_not_exists(#history, :none), :record)
        REMOVE ${removed.map((name) => `#${name}`).join(', ')}`,
      ConditionExpression: IS_RUNNING,
      ExpressionAttributeValues: {
        ...values,
        ':attempt': attempt,
        ':running': FileStatus.RUNNING,
        ':none': [],
        ':record': [{ attempt, status, execution, startedAt, endedAt, code, reason: beginning }],
      },
    });
    if (refused && (Attributes.attempt !== attempt || Attributes.status !== status)) {
      throw new AttemptSuperseded(file.fileId, attempt);
    }
    return !refused;
  }

  /**
   * Records what became of the source object of a file that succeeded.
   *
   * @returns whether it was recorded; not where the file no longer stands as SUCCEEDED
   */
  async recordArchive(file: FileVersion, archive: ArchiveRecord): Promise<boolean> {
    const { refused } = await this.#update({
      Key: ledgerKeyOf(file),
      UpdateExpression: 'SET #archive = :archive',
      ConditionExpression: HAS_SUCCEEDED,
      ExpressionAttributeValues: { ':archive': archive, ':succeeded': FileStatus.SUCCEEDED },
    });
    return !refused;
  }

  /**
   * Records why the source object could not be archived, or not be deleted: where a verified copy lies
   * stays known. Nothing is recorded of a file that no longer stands as SUCCEEDED.
   */
  async recordArchiveFailure(file: FileVersion, failure: Failure, at: string): Promise<void> {
    const { code, reason } = failure;
    const fence = { ':succeeded': FileStatus.SUCCEEDED, ':archived': 'ARCHIVED' };
    const { refused } = await this.#update({
      Key: ledgerKeyOf(file),
      UpdateExpression: 'SET #archive.#code = :code, #archive.#reason = :reason',
      ConditionExpression: `${HAS_SUCCEEDED} AND #archive.#status = :archived`,
      ExpressionAttributeValues: { ...fence, ':code': code, ':reason': reason },
    });
    if (!refused) return;
    await this.#update({
      Key: ledgerKeyOf(file),
      UpdateExpression: 'SET #archive = :archive',
      ConditionExpression: `${HAS_SUCCEEDED}
        AND (attribute_not_exists(#archive) OR #archive.#status <> :archived)`,
      ExpressionAttributeValues: { ...fence, ':archive': { status: 'FAILED', at, code, reason } },
    });
  }

  /** Sends an update; where its condition fails, answers with the item that stood in the way. */
  async #update(input: LedgerUpdate): Promise<{ Attributes: LedgerItem; refused: boolean }> {
    try {
      const { Attributes } = await this.#documents.send(
        new UpdateCommand({
          ...input,
          TableName: this.#table,
          ExpressionAttributeNames: aliasedNames(input.UpdateExpression, input.ConditionExpression),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { Attributes: Attributes as LedgerItem, refused: false };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = error.Item === undefined ? {} : unmarshall(error.Item);
      return { Attributes: item as LedgerItem, refused: true };
    }
  }
}

/** An update whose expressions write every attribute's name as `#name`. */
interface LedgerUpdate extends Omit<UpdateCommandInput, 'TableName' | 'ExpressionAttributeNames'> {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
}

/** What an operator's request adds to a claim. */
interface Asked {
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const NOTHING_ASKED: Asked = { update: '', condition: '', values: {} };

/** The attempt keeps a request that comes twice from being met twice; a set holds its id once. */
function askedFor({ operationId, afterAttempt }: ClaimedRequest): Asked {
  const update = ' ADD #operations :operation';
  const operation = { ':operation': new Set([operationId]) };
  if (afterAttempt === undefined) return { update, condition: '', values: operation };
  return {
    update,
    condition: ' OR (#attempt = :afterAttempt AND (#status = :rejected OR #status = :skipped))',
    values: {
      ...operation,
      ':afterAttempt': afterAttempt,
      ':rejected': FileStatus.REJECTED,
      ':skipped': FileStatus.SKIPPED,
    },
  };
}

/** Longest reason in the history, in characters: DynamoDB takes an item of 400 KB, with all its attempts. */
const LONGEST_HISTORY_REASON = 200;

/** The fence: the attempt that writes is still the one that holds the file. */
const IS_RUNNING = '#attempt = :attempt AND #status = :running';

/** Nothing is said of the source object of a file that has not succeeded, or was forgotten since. */
const HAS_SUCCEEDED = 'attribute_exists(#fileId) AND #status = :succeeded';

/** The clauses that set every attribute whose value is defined, and their values. */
export function setClauses(attributes: Readonly<Record<string, unknown>>): {
  clauses: string;
  values: Record<string, unknown>;
} {
  const defined = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    clauses: defined.map(([name]) => `#${name} = :${name}`).join(', '),
    values: Object.fromEntries(defined.map(([name, value]) => [`:${name}`, value])),
  };
}

/**
 * What the aliases in expressions stand for: `#size` is the attribute `size`. No name stands bare,
 * for DynamoDB reserves 573 words, and a claim that named `size` would be refused on AWS every time.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
 */
export function aliasedNames(...expressions: string[]): Record<string, string> {
  const aliases = expressions.flatMap((expression) => expression.match(/#\w+/g) ?? []);
  return Object.fromEntries(aliases.map((alias) => [alias, alias.slice(1)]));
}

/** How many attempts were the file's end, when they ended. */
const endsOf = (history: LedgerItem['history'] = []): number =>
  history.filter(({ status }) => status !== FileStatus.FAILED).length;
