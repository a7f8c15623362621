import { SendMessageBatchCommand, type BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileRequested, type FileRequest } from '../../shared/file-request.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';

/** Most messages that one SendMessageBatch takes. */
const BATCH_MESSAGES = 10;
/** How often a request is sent that the queue refuses. */
const TRIES = 4;
/** Wait before refused requests are sent again; doubles each time. */
const FIRST_WAIT_MILLISECONDS = 100;
/** Refused files that are named, at most. */
const NAMED_FILES = 10;
/** Who asks, as the events say it. */
const EVENT_SOURCE = '/millrace/cli';

/** A request that the queue did not take. */
interface Refused {
  readonly request: FileRequest;
  readonly why: string;
}

/**
 * Asks for files: puts the requests into the ingest queue, ten at a time. What the queue refuses is sent
 * again; what it goes on refusing does not keep the rest from being sent.
 *
 * @returns how many files were asked for
 * @throws UserError that names the files whose requests the queue refused
 */
export async function sendRequests(
  { sqs, outputs }: Pick<Deployment, 'sqs' | 'outputs'>,
  requests: readonly FileRequest[],
  now: Date,
): Promise<number> {
  const refused: Refused[] = [];
  for (let start = 0; start < requests.length; start += BATCH_MESSAGES) {
    const batch = requests.slice(start, start + BATCH_MESSAGES);
    refused.push(...(await sendBatch({ sqs, outputs }, batch, now)));
  }
  if (refused.length > 0) throw notSent(refused, requests.length);
  return requests.length;
}

/** Sends a batch, and again what of it is refused. */
async function sendBatch(
  deployment: Pick<Deployment, 'sqs' | 'outputs'>,
  batch: readonly FileRequest[],
  now: Date,
): Promise<Refused[]> {
  let refused = await sendOnce(deployment, batch, now);
  for (let tries = 1; refused.length > 0 && tries < TRIES; tries += 1) {
    await delay(FIRST_WAIT_MILLISECONDS * 2 ** (tries - 1));
    const again = refused.map(({ request }) => request);
    refused = await sendOnce(deployment, again, now);
  }
  return refused;
}

async function sendOnce(
  { sqs, outputs }: Pick<Deployment, 'sqs' | 'outputs'>,
  batch: readonly FileRequest[],
  now: Date,
): Promise<Refused[]> {
  const { Failed = [] } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: outputs.IngestQueueUrl,
      Entries: batch.map((request, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(fileRequested(request, { source: EVENT_SOURCE, time: now })),
      })),
    }),
  );
  return Failed.flatMap((entry) => refusedRequest(entry, batch[Number(entry.Id)]));
}

function refusedRequest(
  { Code = '', Message = '' }: BatchResultErrorEntry,
  request: FileRequest | undefined,
): Refused[] {
  return request === undefined ? [] : [{ request, why: `${Code} ${Message}`.trim() }];
}

function notSent(refused: readonly Refused[], total: number): UserError {
  const named = refused
    .slice(0, NAMED_FILES)
    .map(({ request, why }) => `  ${request.file.key}: ${why}`);
  const rest = refused.length - named.length;
  return new UserError(
    [
      `The ingest queue refused ${refused.length} of ${total} requests:`,
      ...named,
      ...(rest > 0 ? [`  and ${rest} more`] : []),
    ].join('\n'),
    'The others have been sent. Give the command again: to ask twice for a file does no harm.',
  );
}
