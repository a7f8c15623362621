import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { addAlarms } from '../shared/alarms.ts';
import { ownMetric } from '../shared/own-metric.ts';

export interface PipelineAlarmsProps {
  readonly config: MillraceConfig;
  /** Where alarms are sent. */
  readonly topic: sns.ITopic;
}

/** Tells what executions that end green leave undone. Each alarm names its heading in the runbook. */
export class PipelineAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, topic }: PipelineAlarmsProps) {
    super(scope, id);
    addAlarms(this, topic, {
      ArchivesFailed: {
        says: 'Source objects of files that succeeded could not be moved or tagged',
        heading: 'archives-failed',
        metric: ownMetric('ArchivesFailed', { ...config, service: 'archive' }),
      },
    });
  }
}
