import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { Environment, requiredNumber, requiredString } from '../environment.ts';
import type { FileVersion } from '../file-version.ts';
import { sourceOf, type FileStatus } from './ledger-item.ts';

/** Begins the partitions that hold claims of contents; no bucket's name begins like that. */
export const CONTENT_PREFIX = '#content/';
/** Sort key of a claim. */
const CONTENT = 'content';
/** The attribute that says when DynamoDB may drop a claim, in seconds since 1970. */
export const CONTENT_EXPIRY = 'expiresAt';

const DAY_SECONDS = 86_400;

/** A file that is about to publish a content. */
export interface ContentClaim {
  readonly file: FileVersion;
  readonly attempt: number;
  readonly dataset: string;
  readonly contentHash: string;
}

/** The file that claimed a content first. */
export interface ContentOwner {
  /** `bucket/key`. */
  readonly source: string;
  readonly fileId: string;
  /** The attempt that claimed it last: another one may publish what this one did not. */
  readonly attempt: number;
}

/** Where the owner of a content stands. */
export interface OwnerStanding {
  readonly status: FileStatus;
  /** Its outputs were there, and are there no more. */
  readonly areOutputsRemoved: boolean;
}

export interface ContentClaimsOptions {
  /** The ledger's table. */
  readonly table: string;
  /** How long a content is remembered, in days. */
  readonly days: number;
  readonly client?: DynamoDBClient;
}

/**
 * Who publishes a content first, within a dataset or, for files of a replay, within the replay: one item
 * for each content, beside the files in the ledger's table. Who may publish is decided here by conditional
 * writes, so that of files that come at once only one can find itself the first.
 *
 * The client's own commands are used, without the library for documents: Write and Write Split load no more
 * than the idempotency records need anyway.
 */
export class ContentClaims {
  readonly #table: string;
  readonly #days: number;
  readonly #client: DynamoDBClient;

  constructor({ table, days, client = new DynamoDBClient() }: ContentClaimsOptions) {
    this.#table = table;
    this.#days = days;
    this.#client = client;
  }

  /**
   * Claims a content. Succeeds for the first file that has it, and for that file again: the claim then bears
   * the later attempt.
   *
   * @returns null when it is the claimant's, or else who owns it
   */
  async claim(claim: ContentClaim): Promise<ContentOwner | null> {
    const refusal = await this.#put(claim, {
      condition: 'attribute_not_exists(#fileId) OR #ownerFileId = :fileId',
      values: { ':fileId': { S: claim.file.fileId } },
    });
    return refusal?.Item === undefined ? null : ownerOf(refusal.Item);
  }

  /**
   * Takes a content over from an owner that has published nothing, unless the owner has claimed it again
   * meanwhile, or another file was faster.
   *
   * @returns whether it is the claimant's now
   */
  async takeOver(claim: ContentClaim, from: ContentOwner): Promise<boolean> {
    const refusal = await this.#put(claim, {
      condition: '#ownerFileId = :fileId AND #ownerAttempt = :attempt',
      values: { ':fileId': { S: from.fileId }, ':attempt': numeral(from.attempt) },
    });
    return refusal === null;
  }

  /** Where an owner stands by its ledger item, which is read consistently; undefined without one. */
  async standingOf({ source, fileId }: ContentOwner): Promise<OwnerStanding | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: { source: { S: source }, fileId: { S: fileId } },
        ConsistentRead: true,
        ProjectionExpression: '#status, #outputsRemovedAt',
        ExpressionAttributeNames: {
          '#status': 'status',
          '#outputsRemovedAt': 'outputsRemovedAt',
        },
      }),
    );
    const { status, outputsRemovedAt } = Item ?? {};
    if (status?.S === undefined) return undefined;
    return { status: status.S as FileStatus, areOutputsRemoved: outputsRemovedAt !== undefined };
  }

  /** Writes a claim; where its condition fails, gives the refusal, which holds the item in its way. */
  async #put(
    claim: ContentClaim,
    { condition, values }: Condition,
  ): Promise<ConditionalCheckFailedException | null> {
    const aliases = condition.match(/#\w+/g) ?? [];
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: this.#itemOf(claim),
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(
            aliases.map((alias) => [alias, alias.slice(1)]),
          ),
          ExpressionAttributeValues: values,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return null;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error;
    }
  }

  #itemOf({ file, attempt, dataset, contentHash }: ContentClaim): Record<string, AttributeValue> {
    const now = Date.now();
    const scope = file.replay === undefined ? '' : `@${file.replay}`;
    return {
      source: { S: `${CONTENT_PREFIX}${dataset}/${contentHash}${scope}` },
      fileId: { S: CONTENT },
      ownerSource: { S: sourceOf(file) },
      ownerFileId: { S: file.fileId },
      ownerAttempt: numeral(attempt),
      at: { S: new Date(now).toISOString() },
      [CONTENT_EXPIRY]: numeral(Math.floor(now / 1_000) + this.#days * DAY_SECONDS),
    };
  }
}

/** The claims that the function was deployed to make. */
export const deployedContentClaims = (): ContentClaims =>
  new ContentClaims({
    table: requiredString(Environment.LEDGER_TABLE),
    days: requiredNumber(Environment.DUPLICATE_CONTENT_DAYS),
  });

/** What has to be true of the item that a claim replaces. */
interface Condition {
  readonly condition: string;
  readonly values: Record<string, AttributeValue>;
}

const numeral = (value: number): AttributeValue => ({ N: String(value) });

function ownerOf(item: Readonly<Record<string, AttributeValue>>): ContentOwner {
  const { ownerSource, ownerFileId, ownerAttempt } = item;
  return {
    source: ownerSource?.S ?? '',
    fileId: ownerFileId?.S ?? '',
    attempt: Number(ownerAttempt?.N ?? 0),
  };
}
