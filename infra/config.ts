import type { Node } from 'constructs';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { DEFAULT_LIMITS } from '../src/pipeline/limits.ts';
import { DEFAULT_SPLITTING } from '../src/pipeline/validate/split-plan.ts';

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
const EXECUTION_LOG_LEVELS = ['ALL', 'ERROR', 'FATAL', 'OFF'] as const;
const STREAM_MODES = ['provisioned', 'on-demand'] as const;
const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731, 1827, 3653] as const;
const MIB = 1024 * 1024;
/** Minutes, hours, day of the month, month, day of the week, year; one of the days is left open. */
const CRON_FIELDS =
  /^(?=.* \? )[\d*,/-]+ [\d*,/-]+ [\d*?,/LW-]+ [\dA-Z*,/-]+ [\dA-Z*?,/L#-]+ [\d*,/-]+$/;
/** Largest file whose ranges' scans stay at half of what a state's payload may be (a test adds them up). */
export const LARGEST_FILE_BYTES = 10 * 1024 * MIB;

/**
 * Settings of a deployment. Each is a CDK context value: in `cdk.json`, or `-c millrace.stage=prod`.
 */
const MillraceConfig = z.strictObject({
  /** Names the deployment; part of the stack's name, so that stages live side by side. */
  stage: z._default(
    z
      .string()
      .check(z.regex(/^[a-z][a-z0-9]{0,15}$/, 'must be 1 to 16 lower-case letters or digits')),
    'dev',
  ),
  /** Folder of the contracts, `*.contract.json`; relative to the CDK app's root. */
  contractsFolder: z._default(z.string().check(z.minLength(1, 'must be a path')), 'src/datasets'),
  /** Who receives the daily report and the alarms; nobody when unset. */
  reportEmail: z.optional(z.email('must be an e-mail address')),
  /** When the report of the day before is made: the inside of a cron expression of EventBridge Scheduler. */
  reportCron: z._default(
    z.string().check(z.regex(CRON_FIELDS, 'must be six fields such as 0 8 * * ? *')),
    '0 8 * * ? *',
  ),
  /** Time zone of that, by its name in the time zone database. The report's day is UTC's all the same. */
  reportTimeZone: z._default(
    z.string().check(z.refine(isTimeZone, 'must be a time zone such as Europe/Berlin')),
    'UTC',
  ),
  /** The report may start so many minutes later, whenever it suits EventBridge Scheduler; 0 for at once. */
  reportWindowMinutes: z._default(whole(0, 1_440), 0),
  /** Most hours of the day that the report counts at once; each takes one of the account's Lambda executions. */
  reportConcurrency: z._default(whole(1, 24), 24),
  /**
   * When the source bucket is looked through for files that were missed: the inside of a cron expression of
   * EventBridge Scheduler, in UTC.
   */
  reconcileCron: z._default(
    z.string().check(z.regex(CRON_FIELDS, 'must be six fields such as 0 6 * * ? *')),
    '0 6 * * ? *',
  ),
  /** How many days back it looks. */
  reconcileLookbackDays: z._default(whole(1, 365), 3),
  /**
   * How the stream of events is paid for: `provisioned` by the shard, at $11 a month each, or `on-demand`,
   * at $29 a month and by the GB, which follows the load by itself. One shard takes 1,000 events and 1 MiB
   * a second, more than most deployments have, so that it is the cheapest by far.
   */
  streamMode: z._default(z.enum(STREAM_MODES), 'provisioned'),
  /** Shards of a provisioned stream. */
  streamShards: z._default(whole(1, 10_000), 1),
  /**
   * How long the stream keeps events, in hours: for that long they can be counted again. More than 24 is
   * charged for.
   */
  streamRetentionHours: z._default(whole(24, 8_760), 24),
  /** Most batches of events that are put into the stream at once. */
  forwardConcurrency: z._default(whole(2, 1_000), 5),
  /** How often Analyse tries a failing record again before it is given up; the shard waits for so long. */
  analyseRetryAttempts: z._default(whole(0, 10_000), 10),
  /** Events that come later than this, in hours, are counted as late and not in the window of their time. */
  maxLatenessHours: z._default(whole(1, 168), 24),
  /** How long the live statistics are kept, in days. */
  liveStatsRetentionDays: z._default(whole(8, 3_650), 30),
  /** Least severe log line that the functions write. */
  logLevel: z._default(z.enum(LOG_LEVELS), 'INFO'),
  /** What Step Functions logs of each execution; ALL is what the console and the CLI show. */
  executionLogLevel: z._default(z.enum(EXECUTION_LOG_LEVELS), 'ALL'),
  /** How long logs are kept, in days; CloudWatch Logs offers these. */
  logRetentionDays: z._default(z.literal(LOG_RETENTION_DAYS), 30),
  /** How long old versions of source and target objects are kept, in days. */
  oldVersionDays: z._default(whole(1), 90),
  /** How long the content of a file is remembered, in days, so that later ones are known as its duplicates. */
  duplicateContentDays: z._default(whole(1, 3_650), 365),
  /**
   * Most batches of files that are processed at once; the queue holds the rest. A batch of ten files
   * needs up to eleven of the account's concurrent Lambda executions.
   */
  maxConcurrency: z._default(whole(2, 1_000), 20),
  /** Wait before a failed file is tried again; doubles with each try. */
  retryBaseSeconds: z._default(whole(1, 3_600), 10),
  /** Longest wait between tries. */
  retryMaxSeconds: z._default(whole(1, 39_600), 900),
  /** How often a message is received before it goes to the dead-letter queue. */
  maxReceiveCount: z._default(whole(2, 100), 5),
  /** Largest file as stored; more ranges than it takes do not fit a state's payload. */
  maxFileBytes: z._default(whole(1, LARGEST_FILE_BYTES), DEFAULT_LIMITS.maxFileBytes),
  /**
   * Largest file that is read in one piece, stored or decompressed: a compressed file, a JSON array, and
   * what else cannot be split. More does not fit the steps' timeouts.
   */
  maxUnsplitBytes: z._default(whole(1, 256 * MIB), DEFAULT_LIMITS.maxUnsplitBytes),
  /** A larger file is split, and its parts are read in parallel. */
  chunkThresholdBytes: z._default(whole(1), DEFAULT_SPLITTING.chunkThresholdBytes),
  /** Length of a part; it is rounded up to whole 8 MiB, and grows for a file of more than 64 parts. */
  rangeBytes: z._default(whole(1, 256 * MIB), DEFAULT_SPLITTING.rangeBytes),
  /** Most parts of a file that are read at once; each takes one of the account's Lambda executions. */
  chunkConcurrency: z._default(whole(1, 40), DEFAULT_SPLITTING.chunkConcurrency),
  /** Longest record. */
  maxRecordBytes: z._default(whole(1, 64 * MIB), DEFAULT_LIMITS.maxRecordBytes),
  /** Most columns of a header. */
  maxColumns: z._default(whole(1, 100_000), DEFAULT_LIMITS.maxColumns),
  /** Most a compressed file may expand. */
  maxExpansionRatio: z._default(whole(2), DEFAULT_LIMITS.maxExpansionRatio),
});

export type MillraceConfig = z.infer<typeof MillraceConfig>;

const PREFIX = 'millrace.';

const ROOT = join(import.meta.dirname, '..');

/** Path of the folder that holds the deployment's contracts. */
export function contractsFolderOf({ contractsFolder }: MillraceConfig): string {
  return resolve(ROOT, contractsFolder);
}

/** The context holds a setting that does not exist, or a value that cannot be used. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';

  constructor(problems: readonly string[]) {
    super(`INVALID_CONFIG:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads the settings from the CDK context. On the command line every value is text, so numbers are
 * accepted as text too.
 *
 * @throws InvalidConfigError naming every setting at fault and the value it got
 */
export function readConfig(node: Pick<Node, 'getAllContext'>): MillraceConfig {
  const context = node.getAllContext() as Record<string, unknown>;
  const given = Object.fromEntries(
    Object.entries(context)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), asNumber(value)]),
  );
  const result = MillraceConfig.safeParse(given);
  if (!result.success) throw new InvalidConfigError(describe(result.error.issues, given));
  for (const [lower, upper] of ORDERED) requireOrder(result.data, lower, upper);
  return result.data;
}

/** Settings of which the first is not above the second. */
const ORDERED = [
  ['retryBaseSeconds', 'retryMaxSeconds'],
  // Between the two a file would neither be split nor be small enough to be read in one piece.
  ['chunkThresholdBytes', 'maxUnsplitBytes'],
] as const;

function requireOrder(
  config: MillraceConfig,
  lower: (typeof ORDERED)[number][0],
  upper: (typeof ORDERED)[number][1],
): void {
  if (config[lower] <= config[upper]) return;
  throw new InvalidConfigError([
    `millrace.${lower} (${config[lower]}) is above millrace.${upper} (${config[upper]})`,
  ]);
}

function asNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

function describe(
  issues: readonly z.core.$ZodIssue[],
  given: Readonly<Record<string, unknown>>,
): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `millrace.${key} is not a setting`);
    }
    const name = issue.path.join('.');
    return [`millrace.${name}: ${issue.message}, got ${JSON.stringify(given[name])}`];
  });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function whole(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const range = `must be a whole number from ${minimum} to ${maximum}`;
  return z.number(range).check(z.int(range), z.gte(minimum, range), z.lte(maximum, range));
}
