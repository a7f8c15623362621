import type { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Contract } from '../../src/datasets/contract.ts';
import { Environment } from '../../src/shared/environment.ts';
import type { MillraceConfig } from '../config.ts';
import type { FilePipeline } from '../pipeline/file-pipeline.ts';
import {
  bindContracts,
  bindEvents,
  bindLedger,
  bindTarget,
  bindVersionsReading,
  bindVisibility,
} from '../shared/bindings.ts';
import { NodeFunction } from '../shared/node-function.ts';

/** SQS delivers at most this many messages at once without a batching window. */
const BATCH_SIZE = 10;

export interface DispatcherProps {
  readonly config: MillraceConfig;
  /** What the deployment was given: outputs may be deleted only where one of them says so. */
  readonly contracts: readonly Contract[];
  readonly timeout: Duration;
  readonly queue: sqs.IQueue;
  readonly ledger: dynamodb.Table;
  readonly targetBucket: s3.Bucket;
  readonly eventsTopic: sns.ITopic;
  readonly eventSource: string;
  readonly pipeline: FilePipeline;
}

/** Reads the ingest queue and starts one execution per file. */
export class Dispatcher extends Construct {
  readonly dispatch: NodeFunction;

  constructor(scope: Construct, id: string, props: DispatcherProps) {
    super(scope, id);
    const { config, contracts, timeout, queue, ledger, eventsTopic, eventSource, pipeline } = props;
    const dispatch = new NodeFunction(this, 'Dispatch', {
      config,
      entry: 'pipeline/dispatch/dispatch.handler.ts',
      description: 'Starts one execution of the file pipeline per file and waits for its end',
      timeout,
      memorySize: 256,
    });
    this.dispatch = dispatch;
    bindLedger(dispatch, ledger);
    bindVersionsReading(dispatch, ledger);
    bindContracts(dispatch);
    bindTarget(dispatch, props.targetBucket, {
      remove: contracts.some(removesOutputs) ? ['processed', 'rejected', 'manifests'] : [],
    });
    bindVisibility(dispatch, queue);
    bindEvents(dispatch, eventsTopic, eventSource);
    pipeline.bindTo(dispatch);
    dispatch
      .configure(Environment.RETRY_BASE_SECONDS, config.retryBaseSeconds)
      .configure(Environment.RETRY_MAX_SECONDS, config.retryMaxSeconds);
    dispatch.addEventSource(
      new SqsEventSource(queue, {
        batchSize: BATCH_SIZE,
        maxConcurrency: config.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }
}

const removesOutputs = ({ millrace }: Contract): boolean => millrace.onSourceDeleted === 'remove';
