import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileRequested, type FileRequest } from '../../shared/file-request.ts';
import type { Deployment } from '../deployment.ts';

/** Most messages of a SendMessageBatch. */
const BATCH_MESSAGES = 10;
/** Messages that the queue could not take for a fault of its own are sent so often. */
const MOST_TRIES = 3;
const WAIT_MILLISECONDS = 500;

/** A request that could not be sent. */
export interface Unsent {
  readonly request: FileRequest;
  readonly reason: string;
}

/**
 * Puts requests into the ingest queue, where they are as good as the news that S3 sends.
 *
 * @returns those that the queue refused
 */
export async function requestFiles(
  { sqs, outputs, stackName }: Pick<Deployment, 'sqs' | 'outputs' | 'stackName'>,
  requests: readonly FileRequest[],
  now = new Date(),
): Promise<Unsent[]> {
  const unsent: Unsent[] = [];
  const origin = { source: `/millrace/operator/${stackName}`, time: now };
  for (let start = 0; start < requests.length; start += BATCH_MESSAGES) {
    const batch = requests.slice(start, start + BATCH_MESSAGES);
    const bodies = batch.map((request) => JSON.stringify(fileRequested(request, origin)));
    const refused = await sendAll(sqs, outputs.IngestQueueUrl, bodies);
    const failed = batch.map((request, index) => ({ request, reason: refused.get(index) }));
    unsent.push(...failed.filter((one): one is Unsent => one.reason !== undefined));
  }
  return unsent;
}

/** Sends bodies, at most ten; returns why those were refused that were, by their index. */
export async function sendAll(
  sqs: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  const refused = new Map<number, string>();
  let open = [...bodies.keys()];
  for (let tries = 1; open.length > 0; tries += 1) {
    const Entries = open.map((index) => ({ Id: String(index), MessageBody: bodies[index] }));
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    open = [];
    for (const { Id, SenderFault = false, Code = '', Message = '' } of answer.Failed ?? []) {
      const isFinal = SenderFault || tries === MOST_TRIES;
      if (isFinal) refused.set(Number(Id), `${Code} ${Message}`.trim());
      else open.push(Number(Id));
    }
    if (open.length > 0) await delay(WAIT_MILLISECONDS * tries);
  }
  return refused;
}
