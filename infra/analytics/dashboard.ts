import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Metric, METRICS_NAMESPACE } from '../../src/shared/observability.ts';
import type { MillraceConfig } from '../config.ts';
import type { IngestQueue } from '../ingest/ingest-queue.ts';
import type { FilePipeline } from '../pipeline/file-pipeline.ts';
import type { Reconciliation } from '../reconcile/reconciliation.ts';
import { ownMetric } from '../shared/own-metric.ts';
import { iteratorAge } from './analytics-alarms.ts';
import type { Analytics } from './analytics.ts';

const MINUTE = Duration.minutes(1);
/** A dashboard is 24 columns wide. */
const THIRD = { width: 8, height: 6 };

export interface DashboardProps {
  readonly config: MillraceConfig;
  readonly ingest: IngestQueue;
  readonly dispatch: lambda.IFunction;
  readonly pipeline: FilePipeline;
  readonly analytics: Analytics;
  readonly reconciliation: Reconciliation;
}

/** One page for whoever watches: the files on top, the events below. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    new cloudwatch.Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: [
        [heading(`Millrace ${props.config.stage}: files`)],
        this.#files(props),
        this.#aroundFiles(props),
        [heading('Events')],
        this.#events(props),
      ],
    });
  }

  #files({ config, ingest, pipeline }: DashboardProps): cloudwatch.IWidget[] {
    const { stateMachine } = pipeline;
    return [
      graph(
        'Files',
        counts(
          config,
          'FilesStarted',
          'FilesSucceeded',
          'FilesRejected',
          'FilesFailed',
          'FilesSkipped',
        ),
      ),
      graph('Rows', counts(config, 'RowsRead', 'RowsWritten', 'RowsRejected')),
      graph('Executions', [
        stateMachine.metricStarted({ period: MINUTE }),
        stateMachine.metricFailed({ period: MINUTE }),
        stateMachine.metricTimedOut({ period: MINUTE }),
      ]),
      graph('Time of an execution, ms', [
        stateMachine.metricTime({ period: MINUTE, statistic: 'p50' }),
        stateMachine.metricTime({ period: MINUTE, statistic: 'p99' }),
      ]),
      graph('Files waiting, and given up', depths(ingest)),
      graph('Oldest file waiting, s', [
        ingest.queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: 'Maximum' }),
      ]),
    ];
  }

  /** What is no file's way through the pipeline. */
  #aroundFiles({ config, dispatch, reconciliation }: DashboardProps): cloudwatch.IWidget[] {
    const countedBy = (service: string, ...names: (keyof typeof Metric)[]) =>
      names.map((name) => ownMetric(name, { ...config, service, period: MINUTE }));
    return [
      graph(
        'Messages: repeated, of removals, malformed',
        countedBy('dispatch', 'DuplicateEvents', 'SourceObjectsRemoved', 'MalformedMessages'),
      ),
      graph('Files missed, stuck, not archived', [
        ...countedBy('reconcile', 'FilesMissed', 'FilesStuck'),
        ...countedBy('archive', 'ArchivesFailed'),
      ]),
      graph('Errors around the pipeline', [
        dispatch.metricErrors({ period: MINUTE, label: 'Dispatch' }),
        reconciliation.reconcile.metricErrors({ period: MINUTE, label: 'Reconcile' }),
      ]),
    ];
  }

  #events({ config, analytics }: DashboardProps): cloudwatch.IWidget[] {
    const { incoming, stream, failuresQueue, forward, analyse } = analytics;
    return [
      graph('Events', counts(config, 'EventsForwarded', 'EventsAnalysed', 'EventsMalformed')),
      graph('Stream: records in, and refused', [
        stream.metricIncomingRecords({ period: MINUTE, statistic: 'Sum' }),
        stream.metricPutRecordsThrottledRecords({ period: MINUTE, statistic: 'Sum' }),
      ]),
      graph('Live statistics behind, ms', [iteratorAge(analytics)]),
      graph('Events waiting, given up, not counted', [...depths(incoming), depth(failuresQueue)]),
      graph('Errors', [
        forward.metricErrors({ period: MINUTE, label: 'Forward' }),
        analyse.metricErrors({ period: MINUTE, label: 'Analyse' }),
      ]),
      graph('Time of a call, ms', [
        forward.metricDuration({ period: MINUTE, statistic: 'p99', label: 'Forward' }),
        analyse.metricDuration({ period: MINUTE, statistic: 'p99', label: 'Analyse' }),
      ]),
    ];
  }
}

function heading(text: string): cloudwatch.IWidget {
  return new cloudwatch.TextWidget({ markdown: `# ${text}`, width: 24, height: 1 });
}

function graph(title: string, left: cloudwatch.IMetric[]): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({ ...THIRD, title, left, leftYAxis: { min: 0 } });
}

interface Queues {
  readonly queue: sqs.IQueue;
  readonly deadLetterQueue: sqs.IQueue;
}

const depths = ({ queue, deadLetterQueue }: Queues): cloudwatch.IMetric[] =>
  [queue, deadLetterQueue].map(depth);

function depth(queue: sqs.IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: 'Maximum' });
}

/**
 * The sums of what the functions counted. Each metric has its service as a dimension, so that a search
 * finds it whichever function counts it.
 */
function counts(
  { stage }: MillraceConfig,
  ...names: readonly (keyof typeof Metric)[]
): cloudwatch.IMetric[] {
  return names.map(
    (name) =>
      new cloudwatch.MathExpression({
        expression: `SUM(SEARCH('{${METRICS_NAMESPACE},service,stage} MetricName="${Metric[name]}" stage="${stage}"', 'Sum'))`,
        usingMetrics: {},
        label: Metric[name],
        period: MINUTE,
      }),
  );
}
