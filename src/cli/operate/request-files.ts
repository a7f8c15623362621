import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileRequested, type FileRequest } from '../../shared/file-request.ts';
import { batchesOf } from '../../shared/batches.ts';
import { printable } from '../../shared/printable.ts';
import { explainAwsError } from '../aws-error.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { filesOf } from './format-plan.ts';

/** Most messages of a SendMessageBatch. */
const BATCH_MESSAGES = 10;
/** Messages that the queue could not take for a fault of its own are sent so often. */
const MOST_TRIES = 3;
const WAIT_MILLISECONDS = 500;
/** Files that are named for each reason. */
const MOST_LINES = 10;

/** A request that could not be sent. */
export interface Unsent {
  readonly request: FileRequest;
  readonly reason: string;
}

type Ingest = Pick<Deployment, 'sqs' | 'outputs' | 'stackName'>;

/**
 * Puts requests into the ingest queue, where they are as good as the news that S3 sends. An error ends it, and
 * counts as the reason of all that have not been sent.
 *
 * @returns those that were not sent
 */
export async function requestFiles(
  ingest: Ingest,
  requests: readonly FileRequest[],
  now = new Date(),
): Promise<Unsent[]> {
  const unsent: Unsent[] = [];
  let sent = 0;
  try {
    for (const batch of batchesOf(requests, BATCH_MESSAGES)) {
      unsent.push(...(await sendRequests(ingest, batch, now)));
      sent += batch.length;
    }
  } catch (error) {
    const { message } = (explainAwsError(error) ?? error) as Error;
    unsent.push(...requests.slice(sent).map((request) => ({ request, reason: message })));
  }
  return unsent;
}

/**
 * As `requestFiles`, but an error is thrown.
 *
 * @returns those that the queue refused
 */
export async function sendRequests(
  { sqs, outputs, stackName }: Ingest,
  requests: readonly FileRequest[],
  now = new Date(),
): Promise<Unsent[]> {
  const unsent: Unsent[] = [];
  const origin = { source: `/millrace/operator/${stackName}`, time: now };
  for (const batch of batchesOf(requests, BATCH_MESSAGES)) {
    const bodies = batch.map((request) => JSON.stringify(fileRequested(request, origin)));
    const refused = await sendAll(sqs, outputs.IngestQueueUrl, bodies);
    const failed = batch.map((request, index) => ({ request, reason: refused.get(index) }));
    unsent.push(...failed.filter((one): one is Unsent => one.reason !== undefined));
  }
  return unsent;
}

/** Tells what was not sent, and why; of many with the same reason only the first. */
export function tellUnsent(unsent: readonly Unsent[], console: Console): void {
  for (const [reason, those] of Map.groupBy(unsent, (one) => one.reason)) {
    for (const { request } of those.slice(0, MOST_LINES)) {
      console.note(`${printable(request.file.key)}: not asked for: ${reason}`);
    }
    const more = those.length - MOST_LINES;
    if (more > 0) console.note(`… and ${filesOf(more)} more not asked for: ${reason}`);
  }
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
