import { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Contract } from '../../src/datasets/contract.ts';
import type { MillraceConfig } from '../config.ts';
import {
  bindArchivedSource,
  bindArchiving,
  bindContentClaims,
  bindContracts,
  bindEvents,
  bindIdempotency,
  bindLedger,
  bindLedgerItem,
  bindLimits,
  bindSource,
  bindSplitting,
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
  Scan: Duration.seconds(50),
  Resolve: Duration.seconds(20),
  TransformPart: Duration.seconds(50),
  WriteSplit: Duration.seconds(50),
  Quarantine: Duration.seconds(50),
  Notify: Duration.seconds(10),
  Archive: Duration.seconds(50),
} as const;

export type StepName = keyof typeof STEP_TIMEOUTS;

/** The steps' handlers below `src/pipeline`: what works for the same feature lies together. */
export const STEP_HANDLERS: Readonly<Record<StepName, string>> = {
  Validate: 'validate/validate',
  Transform: 'transform/transform',
  Write: 'write/write',
  Scan: 'scan/scan',
  Resolve: 'resolve/resolve',
  TransformPart: 'transform/transform-part',
  WriteSplit: 'write/write-split',
  Quarantine: 'quarantine/quarantine',
  Notify: 'notify/notify',
  Archive: 'archive/archive',
};

/** One vCPU. */
const FULL_CORE_MEMORY = 1_769;

/** The steps through which the bytes of whole files stream. */
const STREAMING_STEPS: ReadonlySet<StepName> = new Set([
  'Transform',
  'Write',
  'Scan',
  'TransformPart',
  'WriteSplit',
  'Archive',
]);

/**
 * Bytes that have passed through are garbage at once. A small young generation lets V8 see that early, and
 * malloc then gives the memory back: without these a process takes half as much again, and more with each
 * chunk. See `docs/performance.md`.
 */
const STREAMING_ENVIRONMENT = {
  NODE_OPTIONS: '--max-semi-space-size=1',
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
} as const;

export interface PipelineStepsProps {
  readonly config: MillraceConfig;
  /** What the deployment was given: source objects may be moved or tagged only where one says so. */
  readonly contracts: readonly Contract[];
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
    const { config, targetBucket, ledger, eventsTopic, eventSource } = props;

    const validate = this.#step('Validate', 512, 'Finds out how a file is to be read');
    this.#bindFiles(validate);
    bindContracts(validate);

    const transform = this.#step(
      'Transform',
      FULL_CORE_MEMORY,
      'Derives the clean records of a file',
    );
    const write = this.#step(
      'Write',
      FULL_CORE_MEMORY,
      "Proves the row balance and publishes a file's outputs",
    );
    for (const fn of [transform, write]) {
      this.#bindFiles(fn);
      bindContracts(fn);
    }
    for (const fn of [validate, transform, write]) bindLimits(fn, config);
    bindSplitting(validate, config);
    bindTarget(write, targetBucket, {
      write: ['processed', 'rejected', 'manifests'],
      read: ['manifests'],
      remove: ['processed', 'rejected'],
    });
    bindContentClaims(write, ledger, { days: config.duplicateContentDays });

    const quarantine = this.#step('Quarantine', 256, 'Keeps a rejected file and the reason');
    this.#bindFiles(quarantine);
    bindContracts(quarantine);
    bindTarget(quarantine, targetBucket, {
      write: ['rejected', 'manifests'],
      abort: ['processed'],
      read: ['manifests'],
      remove: ['processed', 'rejected'],
    });
    bindLedgerItem(quarantine, ledger);

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
      ...this.#splitSteps(),
      Quarantine: quarantine,
      Notify: notify,
      Archive: this.#archive(),
    };
  }

  #archive(): NodeFunction {
    const { contracts, sourceBucket: source, targetBucket: target, ledger } = this.#props;
    const archive = this.#step(
      'Archive',
      FULL_CORE_MEMORY,
      'Moves or tags the source object of a file that has succeeded',
    );
    this.#bindFiles(archive);
    const actions = contracts.flatMap(({ millrace }) => millrace.archive?.action ?? []);
    bindArchiving(archive, { source, target }, new Set(actions));
    bindContracts(archive);
    bindLedger(archive, ledger);
    return archive;
  }

  /** Files are read where they arrived, or in the archive. */
  #bindFiles(fn: NodeFunction): void {
    bindSource(fn, this.#props.sourceBucket);
    bindArchivedSource(fn, this.#props.targetBucket);
  }

  /** The steps of files that are split. */
  #splitSteps(): Record<'Scan' | 'Resolve' | 'TransformPart' | 'WriteSplit', NodeFunction> {
    const { config, targetBucket, ledger } = this.#props;
    const scan = this.#step('Scan', FULL_CORE_MEMORY, 'Finds where records start in a range');
    this.#bindFiles(scan);

    const resolve = this.#step('Resolve', 512, 'Cuts a file into chunks of whole records');
    bindContracts(resolve);
    bindTarget(resolve, targetBucket, { writeParts: ['processed'] });

    const transformPart = this.#step(
      'TransformPart',
      FULL_CORE_MEMORY,
      'Writes the clean records of a chunk as parts of an object',
    );
    this.#bindFiles(transformPart);
    bindContracts(transformPart);
    bindLimits(transformPart, config);
    bindTarget(transformPart, targetBucket, { write: ['staging'], writeParts: ['processed'] });

    const writeSplit = this.#step(
      'WriteSplit',
      FULL_CORE_MEMORY,
      'Proves the row balance and publishes the outputs of a file that was split',
    );
    bindContracts(writeSplit);
    bindTarget(writeSplit, targetBucket, {
      write: ['processed', 'rejected', 'manifests'],
      read: ['processed', 'manifests', 'staging'],
      remove: ['processed', 'rejected'],
    });
    bindContentClaims(writeSplit, ledger, { days: config.duplicateContentDays });
    return { Scan: scan, Resolve: resolve, TransformPart: transformPart, WriteSplit: writeSplit };
  }

  #step(name: StepName, memorySize: number, description: string): NodeFunction {
    const { config, idempotency, idempotencyExpiry, pipelineVersion } = this.#props;
    const fn = new NodeFunction(this, name, {
      config,
      entry: `pipeline/${STEP_HANDLERS[name]}.handler.ts`,
      description,
      timeout: STEP_TIMEOUTS[name],
      memorySize,
    });
    if (STREAMING_STEPS.has(name)) {
      for (const [variable, value] of Object.entries(STREAMING_ENVIRONMENT)) {
        fn.addEnvironment(variable, value);
      }
    }
    const expirySeconds = idempotencyExpiry.toSeconds();
    bindIdempotency(fn, idempotency, { expirySeconds, pipelineVersion });
    return fn;
  }
}
