/**
 * Outputs of the Millrace stack: the names by which the CLI, the tests and other stacks find its
 * resources.
 */
export const STACK_OUTPUTS = [
  'SourceBucketName',
  'TargetBucketName',
  'ReportsBucketName',
  'LedgerTableName',
  'IngestQueueUrl',
  'DeadLetterQueueUrl',
  'EventsTopicArn',
  'FilePipelineArn',
  'FilePipelineLogGroupName',
  'DailyReportArn',
  'ReportScheduleDeadLetterQueueUrl',
  'ReconciliationDeadLetterQueueUrl',
  'EventsStreamName',
  'LiveStatsTableName',
  'LiveStatsRetentionDays',
  'AnalyticsQueueUrl',
  'AnalyticsDeadLetterQueueUrl',
  'AnalyticsFailuresQueueUrl',
] as const;

export type StackOutput = (typeof STACK_OUTPUTS)[number];

/** Name of the stack of a stage. */
export const stackNameOf = (stage: string): string => `Millrace-${stage}`;
