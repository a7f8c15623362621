import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RefusedMessage } from './outgoing-event.ts';

/** Characters that a message attribute may not hold (SQS API reference, SendMessage). */
const NOT_ALLOWED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const LONGEST_REASON = 1_000;

/**
 * Sends a message to the analytics dead-letter queue as it came, with the code and the reason of its
 * refusal as attributes.
 *
 * @throws the SDK's error when the queue does not take it
 */
export async function sendDeadLetter(
  sqs: SQSClient,
  queueUrl: string,
  body: string,
  { code, reason }: RefusedMessage,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: {
        code: { DataType: 'String', StringValue: code },
        reason: { DataType: 'String', StringValue: attributeText(reason) },
      },
    }),
  );
}

const attributeText = (text: string): string =>
  text.slice(0, LONGEST_REASON).toWellFormed().replace(NOT_ALLOWED, '\u{FFFD}');
