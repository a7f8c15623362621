import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kinesis from 'aws-cdk-lib/aws-kinesis';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Archive } from '../../src/datasets/contract.ts';
import type { FileLimits } from '../../src/pipeline/limits.ts';
import type { Splitting } from '../../src/pipeline/validate/split-plan.ts';
import { Environment } from '../../src/shared/environment.ts';
import { CONTENT_PREFIX } from '../../src/shared/ledger/content-claims.ts';
import { BY_ARRIVAL_INDEX } from '../../src/shared/ledger/ledger-item.ts';
import { OPERATIONS_PARTITION } from '../../src/shared/ledger/operation-log.ts';
import { CONTRACTS_FOLDER } from './handler-bundles.ts';
import type { NodeFunction } from './node-function.ts';

/*
 * Each binding gives a function one thing it needs: the setting that names it and the least
 * privilege to use it, in one call, so that neither is forgotten.
 */

/** Reads file versions. Listing is granted so that a missing object answers 404 and not 403. */
export function bindSource(fn: NodeFunction, bucket: s3.Bucket): void {
  allow(fn, ['s3:GetObject', 's3:GetObjectVersion'], [bucket.arnForObjects('*')]);
  allow(fn, ['s3:ListBucket', 's3:ListBucketVersions'], [bucket.bucketArn]);
}

/** Lists the versions of all objects, and reads none. */
export function bindSourceListing(fn: NodeFunction, bucket: s3.Bucket): void {
  fn.configure(Environment.SOURCE_BUCKET, bucket.bucketName);
  allow(fn, ['s3:ListBucketVersions'], [bucket.bucketArn]);
}

/** Reads file versions that have been moved to the archive; a missing one answers 404 here, too. */
export function bindArchivedSource(fn: NodeFunction, target: s3.Bucket): void {
  allow(fn, ['s3:GetObject', 's3:GetObjectVersion'], [target.arnForObjects('archive/*')]);
  allow(fn, ['s3:ListBucket'], [target.bucketArn]);
}

/** Does what contracts ask for: moves file versions with their tags into the archive, or tags them. */
export function bindArchiving(
  fn: NodeFunction,
  { source, target }: { source: s3.Bucket; target: s3.Bucket },
  actions: ReadonlySet<Archive['action']>,
): void {
  const moves = actions.has('move');
  const versions = [source.arnForObjects('*')];
  if (actions.size > 0) allow(fn, ['s3:GetObjectVersionTagging'], versions);
  if (actions.has('tag')) allow(fn, ['s3:PutObjectVersionTagging'], versions);
  // Nothing else may delete any.
  if (moves) allow(fn, ['s3:DeleteObjectVersion'], versions);
  if (moves) allow(fn, ['s3:PutObjectTagging'], [target.arnForObjects('archive/*')]);
  bindTarget(fn, target, { write: moves ? ['archive'] : [] });
}

export type TargetPrefix = 'processed' | 'rejected' | 'manifests' | 'staging' | 'archive';

/** What a function may do under which prefixes of the target bucket. */
export interface TargetAccess {
  /** Writes whole objects. */
  readonly write?: readonly TargetPrefix[];
  /** Writes parts of uploads that another function completes or aborts. */
  readonly writeParts?: readonly TargetPrefix[];
  /** Aborts uploads of other functions. */
  readonly abort?: readonly TargetPrefix[];
  /** Reads objects. */
  readonly read?: readonly TargetPrefix[];
  /** Deletes objects; what they held stays as an old version. */
  readonly remove?: readonly TargetPrefix[];
}

/** Writes outputs to the target bucket, those of replays included. */
export function bindTarget(fn: NodeFunction, bucket: s3.Bucket, access: TargetAccess): void {
  const { write = [], writeParts = [], abort = [], read = [], remove = [] } = access;
  fn.configure(Environment.TARGET_BUCKET, bucket.bucketName);
  const granted: [string, readonly TargetPrefix[]][] = [
    ['s3:PutObject', [...write, ...writeParts]],
    ['s3:AbortMultipartUpload', [...write, ...abort]],
    ['s3:GetObject', read],
    ['s3:DeleteObject', remove],
  ];
  for (const [action, prefixes] of granted) {
    const objects = prefixes.flatMap(withReplays).map((keys) => bucket.arnForObjects(keys));
    if (objects.length > 0) allow(fn, [action], objects);
  }
  // So that a missing object answers 404 and not 403.
  if (read.length > 0) allow(fn, ['s3:ListBucket'], [bucket.bucketArn]);
}

/** Keys under a prefix; what a replay writes lies under the same one below `replays/<name>/`. */
const withReplays = (prefix: TargetPrefix): string[] =>
  prefix === 'staging' || prefix === 'archive'
    ? [`${prefix}/*`]
    : [`${prefix}/*`, `replays/*/${prefix}/*`];

/** Reads the deployed contracts, which lie in the bundle. */
export function bindContracts(fn: NodeFunction): void {
  fn.configure(Environment.CONTRACTS_DIRECTORY, CONTRACTS_FOLDER);
}

/** Knows what a file may be at most. */
export function bindLimits(fn: NodeFunction, limits: FileLimits): void {
  fn.configure(Environment.MAX_FILE_BYTES, limits.maxFileBytes)
    .configure(Environment.MAX_UNSPLIT_BYTES, limits.maxUnsplitBytes)
    .configure(Environment.MAX_RECORD_BYTES, limits.maxRecordBytes)
    .configure(Environment.MAX_COLUMNS, limits.maxColumns)
    .configure(Environment.MAX_EXPANSION_RATIO, limits.maxExpansionRatio);
}

/** Knows which files are split and how. */
export function bindSplitting(fn: NodeFunction, splitting: Splitting): void {
  fn.configure(Environment.CHUNK_THRESHOLD_BYTES, splitting.chunkThresholdBytes)
    .configure(Environment.RANGE_BYTES, splitting.rangeBytes)
    .configure(Environment.CHUNK_CONCURRENCY, splitting.chunkConcurrency);
}

/** Keeps idempotency records, which expire after `expirySeconds`. */
export function bindIdempotency(
  fn: NodeFunction,
  table: dynamodb.Table,
  { expirySeconds, pipelineVersion }: { expirySeconds: number; pipelineVersion: string },
): void {
  fn.configure(Environment.IDEMPOTENCY_TABLE, table.tableName);
  fn.configure(Environment.IDEMPOTENCY_EXPIRY_SECONDS, expirySeconds);
  fn.configure(Environment.PIPELINE_VERSION, pipelineVersion);
  const actions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'];
  allow(
    fn,
    actions.map((action) => `dynamodb:${action}`),
    [table.tableArn],
  );
}

/** Claims files and records their ends. */
export function bindLedger(fn: NodeFunction, table: dynamodb.Table): void {
  fn.configure(Environment.LEDGER_TABLE, table.tableName);
  allow(fn, ['dynamodb:UpdateItem'], [table.tableArn]);
}

/** Reads where a file stands. */
export function bindLedgerItem(fn: NodeFunction, table: dynamodb.Table): void {
  fn.configure(Environment.LEDGER_TABLE, table.tableName);
  allow(fn, ['dynamodb:GetItem'], [table.tableArn]);
}

/** Reads the items of all versions of a key. */
export function bindVersionsReading(fn: NodeFunction, table: dynamodb.Table): void {
  fn.configure(Environment.LEDGER_TABLE, table.tableName);
  allow(fn, ['dynamodb:Query'], [table.tableArn]);
}

/** Claims contents, which are remembered for `days`, and reads where the files stand that own them. */
export function bindContentClaims(
  fn: NodeFunction,
  table: dynamodb.Table,
  { days }: { days: number },
): void {
  fn.configure(Environment.LEDGER_TABLE, table.tableName);
  fn.configure(Environment.DUPLICATE_CONTENT_DAYS, days);
  allow(fn, ['dynamodb:GetItem'], [table.tableArn]);
  allowPuts(fn, table, `${CONTENT_PREFIX}*`);
}

/** Reads the items of files by when they arrived. */
export function bindLedgerReading(fn: NodeFunction, table: dynamodb.Table): void {
  fn.configure(Environment.LEDGER_TABLE, table.tableName);
  allow(fn, ['dynamodb:Query'], [`${table.tableArn}/index/${BY_ARRIVAL_INDEX}`]);
  allow(fn, ['dynamodb:BatchGetItem'], [table.tableArn]);
}

/** Looks up which files the ledger knows. */
export function bindLedgerLookup(fn: NodeFunction, table: dynamodb.Table): void {
  fn.configure(Environment.LEDGER_TABLE, table.tableName);
  allow(fn, ['dynamodb:BatchGetItem'], [table.tableArn]);
}

/** Records operations, which lie in a partition of the ledger; its files cannot be touched by that. */
export function bindOperations(fn: NodeFunction, table: dynamodb.Table): void {
  fn.configure(Environment.LEDGER_TABLE, table.tableName);
  allowPuts(fn, table, OPERATIONS_PARTITION);
}

/** Lists and reads the manifests, but for those of replays. */
export function bindManifests(fn: NodeFunction, bucket: s3.Bucket): void {
  fn.configure(Environment.TARGET_BUCKET, bucket.bucketName);
  allow(fn, ['s3:GetObject'], [bucket.arnForObjects('manifests/*')]);
  allow(fn, ['s3:ListBucket'], [bucket.bucketArn]);
}

export type ReportsPrefix = 'daily-reports' | 'work';

/** Reads and writes objects under prefixes of the reports bucket. */
export function bindReports(
  fn: NodeFunction,
  bucket: s3.Bucket,
  access: { readonly read?: readonly ReportsPrefix[]; readonly write?: readonly ReportsPrefix[] },
): void {
  const { read = [], write = [] } = access;
  fn.configure(Environment.REPORTS_BUCKET, bucket.bucketName);
  for (const prefix of write) allow(fn, ['s3:PutObject'], [bucket.arnForObjects(`${prefix}/*`)]);
  if (read.length === 0) return;
  for (const prefix of read) allow(fn, ['s3:GetObject'], [bucket.arnForObjects(`${prefix}/*`)]);
  // So that a missing report answers 404 and not 403.
  allow(fn, ['s3:ListBucket'], [bucket.bucketArn]);
}

/** Knows how many messages a dead-letter queue holds. */
export function bindBacklog(fn: NodeFunction, deadLetterQueue: sqs.IQueue): void {
  fn.configure(Environment.DEAD_LETTER_QUEUE_URL, deadLetterQueue.queueUrl);
  allow(fn, ['sqs:GetQueueAttributes'], [deadLetterQueue.queueArn]);
}

/** Sends mail to whoever gets the reports. */
export function bindMail(fn: NodeFunction, topic: sns.ITopic): void {
  fn.configure(Environment.MAIL_TOPIC_ARN, topic.topicArn);
  topic.grantPublish(fn);
}

/** Publishes events under the given CloudEvents source. */
export function bindEvents(fn: NodeFunction, topic: sns.ITopic, source: string): void {
  fn.configure(Environment.EVENTS_TOPIC_ARN, topic.topicArn);
  fn.configure(Environment.EVENT_SOURCE, source);
  topic.grantPublish(fn);
}

/** Changes how long messages of the queue stay invisible. */
export function bindVisibility(fn: NodeFunction, queue: sqs.IQueue): void {
  fn.configure(Environment.INGEST_QUEUE_URL, queue.queueUrl);
  allow(fn, ['sqs:ChangeMessageVisibility'], [queue.queueArn]);
}

/** Puts records into the stream. */
export function bindStream(fn: NodeFunction, stream: kinesis.IStream): void {
  fn.configure(Environment.EVENTS_STREAM_NAME, stream.streamName);
  allow(fn, ['kinesis:PutRecords'], [stream.streamArn]);
}

/** Puts messages that cannot be used into the dead-letter queue. */
export function bindDeadLetters(fn: NodeFunction, deadLetterQueue: sqs.IQueue): void {
  fn.configure(Environment.ANALYTICS_DEAD_LETTER_QUEUE_URL, deadLetterQueue.queueUrl);
  allow(fn, ['sqs:SendMessage'], [deadLetterQueue.queueArn]);
}

/** Counts events in the live statistics, whose items expire after `retentionDays`. */
export function bindLiveStats(
  fn: NodeFunction,
  table: dynamodb.Table,
  { retentionDays }: { retentionDays: number },
): void {
  fn.configure(Environment.LIVE_STATS_TABLE, table.tableName);
  fn.configure(Environment.LIVE_STATS_RETENTION_DAYS, retentionDays);
  const actions = ['Query', 'BatchGetItem', 'PutItem'];
  allow(
    fn,
    actions.map((action) => `dynamodb:${action}`),
    [table.tableArn],
  );
}

/** Reads the live statistics, whose items expire after `retentionDays`. */
export function bindLiveStatsReading(
  fn: NodeFunction,
  table: dynamodb.Table,
  { retentionDays }: { retentionDays: number },
): void {
  fn.configure(Environment.LIVE_STATS_TABLE, table.tableName);
  fn.configure(Environment.LIVE_STATS_RETENTION_DAYS, retentionDays);
  allow(fn, ['dynamodb:BatchGetItem'], [table.tableArn]);
}

/** Lets a function put items into partitions of the ledger; those of files are not its to write. */
function allowPuts(fn: NodeFunction, table: dynamodb.Table, partitions: string): void {
  fn.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ['dynamodb:PutItem'],
      resources: [table.tableArn],
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] },
        // What names no key would pass the condition before.
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    }),
  );
}

function allow(fn: NodeFunction, actions: string[], resources: string[]): void {
  fn.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
}
