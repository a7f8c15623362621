import type { Metrics } from '@aws-lambda-powertools/metrics';
import { Metric } from '../../shared/observability.ts';
import type { WriteResult } from '../payload.ts';

/** Counts the rows and bytes of a published file. */
export function addRowMetrics(metrics: Metrics, { counts, bytesRead }: WriteResult): void {
  metrics.addMetric(Metric.RowsRead, 'Count', counts.rowsRead);
  metrics.addMetric(Metric.RowsWritten, 'Count', counts.rowsWritten);
  metrics.addMetric(Metric.RowsRejected, 'Count', counts.rowsRejected);
  metrics.addMetric(Metric.BytesRead, 'Bytes', bytesRead);
}
