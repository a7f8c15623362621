import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/**
 * Sets when messages of the current batch become visible again.
 *
 * @param seconds by message; counted from now
 * @throws Error when the queue refuses some of them
 */
export async function changeVisibility(
  sqs: SQSClient,
  queueUrl: string,
  seconds: ReadonlyMap<SQSRecord, number>,
): Promise<void> {
  if (seconds.size === 0) return;
  const entries: ChangeMessageVisibilityBatchRequestEntry[] = [...seconds].map(
    ([message, visibility], index) => ({
      Id: String(index),
      ReceiptHandle: message.receiptHandle,
      VisibilityTimeout: visibility,
    }),
  );
  const { Failed = [] } = await sqs.send(
    new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
  );
  if (Failed.length > 0) {
    const reasons = new Set(Failed.map(({ Code, Message }) => `${Code ?? ''} ${Message ?? ''}`));
    throw new Error(`${Failed.length} of ${entries.length} refused: ${[...reasons].join('; ')}`);
  }
}
