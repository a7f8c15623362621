import {
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';

/** Lambda changes a mapping within seconds, and may take a minute or two. */
const TIMEOUT_MILLISECONDS = 300_000;
const POLL_MILLISECONDS = 500;
/** States of a mapping that does not change by itself any more. */
const SETTLED: readonly (string | undefined)[] = ['Enabled', 'Disabled'];

/** Whether files are taken in. */
export type IntakeState = 'Enabled' | 'Disabled';

type Taking = Pick<Deployment, 'lambda' | 'sqs' | 'outputs'>;

/** The event source mapping through which the dispatcher reads the ingest queue: the pipeline's main valve. */
export class Intake {
  readonly #deployment: Taking;
  readonly #uuid: string;

  private constructor(deployment: Taking, uuid: string) {
    this.#deployment = deployment;
    this.#uuid = uuid;
  }

  /** @throws UserError when the ingest queue is not read by one function */
  static async find(deployment: Taking): Promise<Intake> {
    const mappings = await mappingsOf(deployment);
    const [uuid, ...others] = mappings.map(({ UUID }) => UUID);
    if (uuid !== undefined && others.length === 0) return new Intake(deployment, uuid);
    throw new UserError(
      `The ingest queue is read by ${mappings.length} event source mappings, instead of one.`,
      'Somebody has changed the deployment by hand: deploy it again.',
    );
  }

  /**
   * Lets files in, or holds them back, and waits until it is so.
   *
   * @param begin is called before anything is changed
   * @returns what `begin` returned; null when it was so already
   */
  async set<T>(state: IntakeState, begin: () => Promise<T>): Promise<T | null> {
    if ((await this.#settled()) === state) return null;
    const begun = await begin();
    const Enabled = state === 'Enabled';
    await this.#deployment.lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: this.#uuid, Enabled }),
    );
    const reached = await this.#settled();
    if (reached === state) return begun;
    throw new UserError(`The event source mapping ${this.#uuid} is ${reached}, not ${state}.`);
  }

  /** Waits until the mapping does not change any more. */
  async #settled(): Promise<string> {
    const deadline = Date.now() + TIMEOUT_MILLISECONDS;
    while (Date.now() < deadline) {
      const { State } = await this.#deployment.lambda.send(
        new GetEventSourceMappingCommand({ UUID: this.#uuid }),
      );
      if (State !== undefined && SETTLED.includes(State)) return State;
      await delay(POLL_MILLISECONDS);
    }
    throw new UserError(
      `The event source mapping ${this.#uuid} has not come to rest.`,
      'Try again in a minute.',
    );
  }
}

/** Whether the pipeline is paused, in one call; false for who may not know. */
export async function isPaused(deployment: Taking): Promise<boolean> {
  try {
    const mappings = await mappingsOf(deployment);
    return mappings.some(({ State }) => State === 'Disabled' || State === 'Disabling');
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return false;
    throw error;
  }
}

async function mappingsOf({ lambda, outputs }: Taking): Promise<EventSourceMappingConfiguration[]> {
  const EventSourceArn = ingestQueueArn(outputs);
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ EventSourceArn }),
  );
  return EventSourceMappings;
}

/** The queue's name from its URL; partition, region and account as those of the file pipeline. */
export function ingestQueueArn({
  IngestQueueUrl,
  FilePipelineArn,
}: Pick<Deployment['outputs'], 'IngestQueueUrl' | 'FilePipelineArn'>): string {
  const [, partition = '', , region = '', account = ''] = FilePipelineArn.split(':');
  const name = IngestQueueUrl.slice(IngestQueueUrl.lastIndexOf('/') + 1);
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}

/** How many messages wait in the ingest queue, and how many are at work or wait for another try. */
export async function waitingMessages({
  sqs,
  outputs,
}: Taking): Promise<{ waiting: number; inWork: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: outputs.IngestQueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inWork: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
