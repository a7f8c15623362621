import { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import {
  bindContracts,
  bindEvents,
  bindIdempotency,
  bindLedger,
  bindLimits,
  bindSource,
  bindTarget,
} from '../shared/bindings.ts';
import { NodeFunction } from '../shared/node-function.ts';

/**
 * Timeouts of the step functions. Each is a little shorter than its state's TimeoutSeconds, so that
 * Lambda's own, more telling error arrives first (a test holds the two together).
 */
export const STEP_TIMEOUTS = {
  Validate: Duration.seconds(15),
  Transform: Duration.seconds(50),
  Write: Duration.seconds(50),
  Quarantine: Duration.seconds(15),
  Notify: Duration.seconds(10),
} as const;

export type StepName = keyof typeof STEP_TIMEOUTS;

export interface PipelineStepsProps {
  readonly config: MillraceConfig;
  readonly sourceBucket: s3.Bucket;
  readonly targetBucket: s3.Bucket;
  readonly ledger: dynamodb.Table;
  readonly idempotency: dynamodb.Table;
  readonly idempotencyExpiry: Duration;
  readonly eventsTopic: sns.ITopic;
  readonly eventSource: string;
  /** Changes with the code and the contracts. */
  readonly pipelineVersion: string;
}

/** The functions behind the states of the file pipeline. */
export class PipelineSteps extends Construct {
  readonly functions: Readonly<Record<StepName, NodeFunction>>;
  readonly #props: PipelineStepsProps;

  constructor(scope: Construct, id: string, props: PipelineStepsProps) {
    super(scope, id);
    this.#props = props;
    const { config, sourceBucket, targetBucket, ledger, eventsTopic, eventSource } = props;

    const validate = this.#step('Validate', 512, 'Finds out how a file is to be read');
    bindSource(validate, sourceBucket);
    bindContracts(validate);

    const transform = this.#step('Transform', 1_769, 'Derives the clean records of a chunk');
    const write = this.#step(
      'Write',
      1_769,
      "Proves the row balance and publishes a file's outputs",
    );
    for (const fn of [transform, write]) {
      bindSource(fn, sourceBucket);
      bindContracts(fn);
    }
    for (const fn of [validate, transform, write]) bindLimits(fn, config);
    bindTarget(write, targetBucket, ['processed', 'rejected', 'manifests']);

    const quarantine = this.#step('Quarantine', 256, 'Keeps a rejected file and the reason');
    bindSource(quarantine, sourceBucket);
    bindContracts(quarantine);
    bindTarget(quarantine, targetBucket, ['rejected', 'manifests']);

    const notify = this.#step(
      'Notify',
      256,
      'Publishes how a file ended and closes its ledger item',
    );
    bindLedger(notify, ledger);
    bindEvents(notify, eventsTopic, eventSource);

    this.functions = {
      Validate: validate,
      Transform: transform,
      Write: write,
      Quarantine: quarantine,
      Notify: notify,
    };
  }

  #step(name: StepName, memorySize: number, description: string): NodeFunction {
    const { config, idempotency, idempotencyExpiry, pipelineVersion } = this.#props;
    const step = name.toLowerCase();
    const fn = new NodeFunction(this, name, {
      config,
      entry: `pipeline/${step}/${step}.handler.ts`,
      description,
      timeout: STEP_TIMEOUTS[name],
      memorySize,
    });
    const expirySeconds = idempotencyExpiry.toSeconds();
    bindIdempotency(fn, idempotency, { expirySeconds, pipelineVersion });
    return fn;
  }
}
