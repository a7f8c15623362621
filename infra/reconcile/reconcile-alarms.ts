import { Duration } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { addAlarms } from '../shared/alarms.ts';
import { ownMetric } from '../shared/own-metric.ts';
import type { Reconciliation } from './reconciliation.ts';

const PERIOD = Duration.minutes(5);

export interface ReconcileAlarmsProps {
  readonly config: MillraceConfig;
  readonly reconciliation: Reconciliation;
  /** Where alarms are sent. */
  readonly topic: sns.ITopic;
}

/** Tells when files were missed, or nobody looked. Each alarm names its heading in the runbook. */
export class ReconcileAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ReconcileAlarmsProps) {
    super(scope, id);
    const { config, reconciliation, topic } = props;
    const { reconcile, deadLetterQueue } = reconciliation;
    const counted = { ...config, service: 'reconcile' };
    addAlarms(this, topic, {
      FilesMissed: {
        says: 'Files lie in the source bucket that the ledger does not know',
        heading: 'files-missed',
        metric: ownMetric('FilesMissed', counted),
      },
      FilesStuck: {
        says: 'Files are running, but nobody is at them',
        heading: 'files-missed',
        metric: ownMetric('FilesStuck', counted),
      },
      ReconcileIncomplete: {
        says: 'Not all of the source bucket could be looked through in time',
        heading: 'reconcile-incomplete',
        metric: ownMetric('ReconcileIncomplete', counted),
      },
      ReconcileFailed: {
        says: 'The source bucket could not be looked through for missed files',
        heading: 'reconcile-failed',
        metric: reconcile.metricErrors({ period: PERIOD, statistic: 'Sum' }),
      },
      ReconcileNotStarted: {
        says: 'The search for missed files was given up',
        heading: 'reconcile-failed',
        metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          period: PERIOD,
          statistic: 'Maximum',
        }),
      },
    });
  }
}
