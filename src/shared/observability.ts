import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Environment, requiredString } from './environment.ts';

/** CloudWatch namespace of every metric that Millrace emits. */
export const METRICS_NAMESPACE = 'Millrace';

/** Names of the metrics, so that alarms and functions cannot disagree. */
export const Metric = {
  FilesStarted: 'FilesStarted',
  FilesSucceeded: 'FilesSucceeded',
  FilesRejected: 'FilesRejected',
  FilesFailed: 'FilesFailed',
  FilesSkipped: 'FilesSkipped',
  ArchivesFailed: 'ArchivesFailed',
  DuplicateEvents: 'DuplicateEvents',
  MalformedMessages: 'MalformedMessages',
  SourceObjectsRemoved: 'SourceObjectsRemoved',
  RowsRead: 'RowsRead',
  RowsWritten: 'RowsWritten',
  RowsRejected: 'RowsRejected',
  BytesRead: 'BytesRead',
  StepDuration: 'StepDuration',
  StepErrors: 'StepErrors',
  EventsForwarded: 'EventsForwarded',
  EventsOfUnknownType: 'EventsOfUnknownType',
  EventsMalformed: 'EventsMalformed',
  EventsAnalysed: 'EventsAnalysed',
  EventsLate: 'EventsLate',
  EventsInFuture: 'EventsInFuture',
  IteratorLag: 'IteratorLag',
  FilesMissed: 'FilesMissed',
  FilesStuck: 'FilesStuck',
  ReconcileIncomplete: 'ReconcileIncomplete',
} as const;

/** A logger that names the service; the level comes from POWERTOOLS_LOG_LEVEL. */
export const createLogger = (serviceName: string): Logger => new Logger({ serviceName });

/** Metrics in the embedded metric format, with stage and service as their dimensions. */
export const createMetrics = (serviceName: string): Metrics =>
  new Metrics({
    namespace: METRICS_NAMESPACE,
    serviceName,
    defaultDimensions: { stage: requiredString(Environment.STAGE) },
  });

/** Writes what has been added. Without that Powertools would warn at every call that had nothing to add. */
export function flushMetrics(metrics: Metrics): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
