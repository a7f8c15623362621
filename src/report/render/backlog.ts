import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/**
 * Messages in a queue, those in work included.
 *
 * @throws Error when the queue does not answer with a number
 */
export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: inWork } =
    Attributes;
  const depth = Number(waiting ?? NaN) + Number(inWork ?? 0);
  if (Number.isSafeInteger(depth)) return depth;
  throw new Error(`the queue tells no number of messages: ${JSON.stringify(Attributes)}`);
}
