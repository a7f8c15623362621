import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { deployLocal } from '../../infra/local/deploy-local.ts';
import type { LocalAws } from '../../infra/local/local-aws.ts';
import { reconcile, type ReconcileAnswer } from '../../src/cli/commands/reconcile.ts';
import { redrive, type RedriveAnswer } from '../../src/cli/commands/redrive.ts';
import { openDeployment, type Deployment } from '../../src/cli/deployment.ts';
import { localTarget } from '../../src/cli/target.ts';
import { uploadBytes } from '../../src/cli/upload-file.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { EventSubscriber, sqsClient } from '../e2e/support/test-queue.ts';
import { answerOf } from '../support/kept-console.ts';
import type { PutFile } from './audit.ts';
import type { ChaosFile } from './chaos-files.ts';
import { FaultControl } from './fault-control.ts';

const Template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

const STAGE = 'chaos';
const MIB = 1024 * 1024;
const POLL_MILLISECONDS = 1_000;
const DAY_MILLISECONDS = 86_400_000;

/** How an operator acts when the faults are over. */
const RECOVERY = { yes: true, json: true, reason: 'The faults are over.' };

/**
 * Small enough for files of a few MiB to be split, quick to try again, and to be given up. Batches mostly wait
 * for the lock of a killed step: there may be more of them than cores.
 */
const SETTINGS = {
  maxConcurrency: 10,
  maxReceiveCount: 3,
  retryBaseSeconds: 1,
  retryMaxSeconds: 4,
  chunkThresholdBytes: 8 * MIB,
  rangeBytes: 8 * MIB,
  logLevel: 'WARN',
  executionLogLevel: 'ERROR',
};

/**
 * How long a message is hidden that was received by a dispatcher that died before it could say for how
 * long it needs it. Deployed it is half an hour, and nobody wants to wait that long for a test.
 */
const VISIBILITY_SECONDS = 30;

/** The app, deployed to a local AWS of its own, as its operator and its producers see it. */
export class ChaosApp {
  readonly deployment: Deployment;
  readonly subscriber: EventSubscriber;
  readonly #sqs: SQSClient;
  readonly #documents: DynamoDBDocumentClient;
  readonly #cloudFormation: CloudFormationClient;

  private constructor(deployment: Deployment, subscriber: EventSubscriber, endpoint: string) {
    this.deployment = deployment;
    this.subscriber = subscriber;
    this.#sqs = sqsClient(endpoint);
    const { clientConfig } = localTarget(STAGE, endpoint);
    this.#documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig));
    this.#cloudFormation = new CloudFormationClient(clientConfig);
  }

  /** Deploys to an empty local AWS, and keeps its state of then; the local AWS is stopped. */
  static async deploy(aws: LocalAws): Promise<void> {
    await aws.reset();
    await aws.start();
    await new FaultControl(aws).set({ fixedNames: true });
    await deployLocal(aws, { stage: STAGE, settings: SETTINGS });
    const endpoint = aws.status().endpoint ?? '';
    const { outputs } = await openDeployment(localTarget(STAGE, endpoint));
    await sqsClient(endpoint).send(
      new SetQueueAttributesCommand({
        QueueUrl: outputs.IngestQueueUrl,
        Attributes: { VisibilityTimeout: String(VISIBILITY_SECONDS) },
      }),
    );
    await aws.stop();
    const { path } = aws.home;
    rmSync(join(path, 'pristine'), { recursive: true, force: true });
    cpSync(join(path, 'state'), join(path, 'pristine'), { recursive: true });
  }

  /** Starts the local AWS as `deploy` left it, without any file. */
  static async openPristine(aws: LocalAws): Promise<ChaosApp> {
    await aws.stop();
    const { path } = aws.home;
    rmSync(join(path, 'state'), { recursive: true, force: true });
    cpSync(join(path, 'pristine'), join(path, 'state'), { recursive: true });
    await aws.start();
    const endpoint = aws.status().endpoint ?? '';
    const deployment = await openDeployment(localTarget(STAGE, endpoint));
    const { EventsTopicArn } = deployment.outputs;
    const subscriber = await EventSubscriber.subscribe(endpoint, EventsTopicArn);
    return new ChaosApp(deployment, subscriber, endpoint);
  }

  async put(expected: ChaosFile): Promise<PutFile> {
    const uploaded = await uploadBytes(this.deployment, expected.body, expected.key);
    return { ...uploaded, expected };
  }

  /**
   * Whether every bucket has a lifecycle rule that aborts unfinished uploads. The template is asked: the
   * local AWS has no lifecycle.
   */
  async uploadsAreAborted(): Promise<boolean> {
    const { TemplateBody = '{}' } = await this.#cloudFormation.send(
      new GetTemplateCommand({ StackName: this.deployment.stackName }),
    );
    const { Resources } = Template.parse(JSON.parse(TemplateBody));
    return Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::S3::Bucket')
      .every((bucket) => JSON.stringify(bucket).includes('"AbortIncompleteMultipartUpload"'));
  }

  /** All files of the ledger; its table holds other things too, whose partitions begin with `#`. */
  async ledger(): Promise<LedgerItem[]> {
    const items: LedgerItem[] = [];
    const pages = paginateScan(
      { client: this.#documents },
      { TableName: this.deployment.outputs.LedgerTableName, ConsistentRead: true },
    );
    for await (const { Items = [] } of pages) items.push(...(Items as LedgerItem[]));
    return items.filter(({ source }) => !source.startsWith('#'));
  }

  /** Messages in the ingest queue, be they visible or not. */
  queued(): Promise<number> {
    return this.#messagesIn(this.deployment.outputs.IngestQueueUrl);
  }

  deadLetters(): Promise<number> {
    return this.#messagesIn(this.deployment.outputs.DeadLetterQueueUrl);
  }

  /**
   * Asks for the files that the ledger does not know, as an operator does.
   *
   * @returns their ids
   */
  async reconcile(): Promise<string[]> {
    const { files, unsent } = await answerOf<ReconcileAnswer>((console) =>
      reconcile(this.deployment, { ...RECOVERY, since: DAY_MILLISECONDS, grace: 0 }, console),
    );
    if (unsent.length > 0) throw new Error(`${unsent.length} files could not be asked for`);
    return files.flatMap(({ fileId, mismatch }) => (mismatch === 'MISSED' ? [fileId] : []));
  }

  /**
   * Redrives the dead letters, as an operator does.
   *
   * @returns ids of the files they tell of; null for a message that tells of none, or cannot be redriven
   */
  async redrive(): Promise<(string | null)[]> {
    const { asked, ended, left, malformed } = await answerOf<RedriveAnswer>((console) =>
      redrive(this.deployment, undefined, RECOVERY, console),
    );
    const strange = Array.from({ length: left.length + malformed }, () => null);
    return [...[...asked, ...ended].map(({ fileId }) => fileId), ...strange];
  }

  /**
   * Waits until the ingest queue is empty.
   *
   * @param onProgress called about once a second
   * @throws Error when it is not so in time
   */
  async untilQueueIsEmpty(
    timeoutSeconds: number,
    onProgress: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1_000;
    for (;;) {
      await onProgress();
      const left = await this.queued();
      if (left === 0) return;
      if (Date.now() > deadline) {
        throw new Error(`${left} messages are still queued after ${timeoutSeconds} s`);
      }
      await delay(POLL_MILLISECONDS);
    }
  }

  async #messagesIn(QueueUrl: string): Promise<number> {
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  }
}
