import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE, type Metric } from '../../src/shared/observability.ts';
import type { MillraceConfig } from '../config.ts';

export interface OwnMetricProps extends Pick<MillraceConfig, 'stage'> {
  /** The service that counts it, by the name that its function gives. */
  readonly service: string;
  /** @default 5 minutes */
  readonly period?: Duration;
}

/** The sum of what one of the functions counts. */
export function ownMetric(
  name: keyof typeof Metric,
  { stage, service, period = Duration.minutes(5) }: OwnMetricProps,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRICS_NAMESPACE,
    metricName: name,
    dimensionsMap: { stage, service },
    period,
    statistic: 'Sum',
  });
}
