import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Environment, requiredString } from '../../shared/environment.ts';
import { createLogger, createMetrics, flushMetrics } from '../../shared/observability.ts';
import { Forwarder } from './forwarder.ts';

const logger = createLogger('forward');
let metrics: Metrics | null = null;
let forwarder: Forwarder | null = null;

/** Reads the analytics queue and puts its events on the stream. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  metrics ??= createMetrics('forward');
  forwarder ??= createForwarder(metrics);
  try {
    const failed = await forwarder.forward(event.Records);
    return {
      batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  } finally {
    flushMetrics(metrics);
  }
}

function createForwarder(metrics: Metrics): Forwarder {
  return new Forwarder({
    kinesis: new KinesisClient(),
    sqs: new SQSClient(),
    streamName: requiredString(Environment.EVENTS_STREAM_NAME),
    deadLetterQueueUrl: requiredString(Environment.ANALYTICS_DEAD_LETTER_QUEUE_URL),
    logger,
    metrics,
  });
}
