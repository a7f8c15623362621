/**
 * Names of the environment variables that bind a function to its resources. The construct that
 * sets one, the handler that reads it and the tests all use these constants.
 */
export const Environment = {
  STAGE: 'STAGE',
  /** Set by Lambda: where the function's code lies. */
  LAMBDA_TASK_ROOT: 'LAMBDA_TASK_ROOT',
  SOURCE_BUCKET: 'SOURCE_BUCKET',
  TARGET_BUCKET: 'TARGET_BUCKET',
  REPORTS_BUCKET: 'REPORTS_BUCKET',
  LEDGER_TABLE: 'LEDGER_TABLE',
  DUPLICATE_CONTENT_DAYS: 'DUPLICATE_CONTENT_DAYS',
  IDEMPOTENCY_TABLE: 'IDEMPOTENCY_TABLE',
  IDEMPOTENCY_EXPIRY_SECONDS: 'IDEMPOTENCY_EXPIRY_SECONDS',
  PIPELINE_VERSION: 'PIPELINE_VERSION',
  EVENTS_TOPIC_ARN: 'EVENTS_TOPIC_ARN',
  EVENT_SOURCE: 'EVENT_SOURCE',
  INGEST_QUEUE_URL: 'INGEST_QUEUE_URL',
  DEAD_LETTER_QUEUE_URL: 'DEAD_LETTER_QUEUE_URL',
  MAIL_TOPIC_ARN: 'MAIL_TOPIC_ARN',
  AGGREGATE_CONCURRENCY: 'AGGREGATE_CONCURRENCY',
  /** How much the executions of the file pipeline log. */
  EXECUTION_LOG_LEVEL: 'EXECUTION_LOG_LEVEL',
  FILE_PIPELINE_ARN: 'FILE_PIPELINE_ARN',
  FILE_PIPELINE_TIMEOUT_SECONDS: 'FILE_PIPELINE_TIMEOUT_SECONDS',
  RETRY_BASE_SECONDS: 'RETRY_BASE_SECONDS',
  RETRY_MAX_SECONDS: 'RETRY_MAX_SECONDS',
  CONTRACTS_DIRECTORY: 'CONTRACTS_DIRECTORY',
  MAX_FILE_BYTES: 'MAX_FILE_BYTES',
  MAX_UNSPLIT_BYTES: 'MAX_UNSPLIT_BYTES',
  MAX_RECORD_BYTES: 'MAX_RECORD_BYTES',
  MAX_COLUMNS: 'MAX_COLUMNS',
  MAX_EXPANSION_RATIO: 'MAX_EXPANSION_RATIO',
  CHUNK_THRESHOLD_BYTES: 'CHUNK_THRESHOLD_BYTES',
  RANGE_BYTES: 'RANGE_BYTES',
  CHUNK_CONCURRENCY: 'CHUNK_CONCURRENCY',
  EVENTS_STREAM_NAME: 'EVENTS_STREAM_NAME',
  ANALYTICS_DEAD_LETTER_QUEUE_URL: 'ANALYTICS_DEAD_LETTER_QUEUE_URL',
  LIVE_STATS_TABLE: 'LIVE_STATS_TABLE',
  LIVE_STATS_RETENTION_DAYS: 'LIVE_STATS_RETENTION_DAYS',
  MAX_LATENESS_HOURS: 'MAX_LATENESS_HOURS',
  RECONCILE_LOOKBACK_DAYS: 'RECONCILE_LOOKBACK_DAYS',
} as const;

export type EnvironmentName = (typeof Environment)[keyof typeof Environment];

/** A function was deployed without a setting it needs. Carries the variable's name. */
export class MissingEnvironmentError extends Error {
  override readonly name = 'MissingEnvironmentError';

  constructor(variable: string, problem = 'is not set') {
    super(`Environment variable ${variable} ${problem}`);
  }
}

/**
 * The value of a required environment variable.
 *
 * @throws MissingEnvironmentError when it is unset or empty.
 */
export function requiredString(name: EnvironmentName): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new MissingEnvironmentError(name);
  return value;
}

/**
 * The value of a required environment variable that holds a positive number.
 *
 * @throws MissingEnvironmentError when it is unset, empty or not a positive number.
 */
export function requiredNumber(name: EnvironmentName): number {
  const value = Number(requiredString(name));
  if (!Number.isFinite(value) || value <= 0) {
    throw new MissingEnvironmentError(name, 'is not a positive number');
  }
  return value;
}
