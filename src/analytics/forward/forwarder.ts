import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSRecord } from 'aws-lambda';
import { Metric } from '../../shared/observability.ts';
import { KNOWN_TYPES } from '../event-types.ts';
import { sendDeadLetter } from './dead-letters.ts';
import { outgoingEvents, RefusedMessage, type OutgoingEvent } from './outgoing-event.ts';
import { StreamWriter } from './stream-writer.ts';

export interface ForwarderOptions {
  readonly kinesis: KinesisClient;
  readonly sqs: SQSClient;
  readonly streamName: string;
  readonly deadLetterQueueUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Waits between tries; for tests. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** What a message came to when it was read. */
type Reading =
  | { readonly message: SQSRecord; readonly events: readonly OutgoingEvent[] }
  | { readonly message: SQSRecord; readonly refusal: RefusedMessage };

/**
 * Takes messages of the analytics queue to the stream.
 *
 * A message is done with once all its events are on the stream, or once it lies in the dead-letter
 * queue because it never can be. Everything else stays in the queue. A message that is tried again may
 * put events on the stream twice: they have the same id, and whoever counts them drops the second.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #writer: StreamWriter;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#writer = new StreamWriter(options);
  }

  /** Handles a batch; returns the messages that must stay in the queue. */
  async forward(messages: readonly SQSRecord[]): Promise<SQSRecord[]> {
    const readings = messages.map(read);
    const verdicts = await Promise.all([this.#write(readings), this.#bury(readings)]);
    return verdicts.flat();
  }

  /** Puts events on the stream; returns the messages of those that are not. */
  async #write(readings: readonly Reading[]): Promise<SQSRecord[]> {
    const { logger, metrics } = this.#options;
    const carrying = readings.filter((reading) => 'events' in reading);
    const events = carrying.flatMap((reading) => reading.events);
    const { unwritten, reasons } = await this.#writer.write(events);
    if (unwritten.size > 0) {
      logger.warn('events not written', { events: unwritten.size, reasons: [...reasons] });
    }
    const written = events.filter((event) => !unwritten.has(event));
    const unknown = written.filter(({ type }) => !KNOWN_TYPES.has(type));
    metrics.addMetric(Metric.EventsForwarded, 'Count', written.length);
    metrics.addMetric(Metric.EventsOfUnknownType, 'Count', unknown.length);
    const failed = carrying.filter((reading) =>
      reading.events.some((event) => unwritten.has(event)),
    );
    return failed.map(({ message }) => message);
  }

  /** Sends refused messages to the dead-letter queue; returns those that it did not take. */
  async #bury(readings: readonly Reading[]): Promise<SQSRecord[]> {
    const refused = readings.filter((reading) => 'refusal' in reading);
    const buried = await Promise.all(
      refused.map(({ message, refusal }) => this.#buryOne(message, refusal)),
    );
    return refused.filter((_, index) => buried[index] !== true).map(({ message }) => message);
  }

  async #buryOne(message: SQSRecord, refusal: RefusedMessage): Promise<boolean> {
    const { sqs, deadLetterQueueUrl, logger, metrics } = this.#options;
    const { code, reason } = refusal;
    logger.warn('message refused', { messageId: message.messageId, code, reason });
    try {
      await sendDeadLetter(sqs, deadLetterQueueUrl, message.body, refusal);
    } catch (error) {
      logger.error('dead-letter queue did not take it', {
        messageId: message.messageId,
        error: error as Error,
      });
      return false;
    }
    metrics.addMetric(Metric.EventsMalformed, 'Count', 1);
    return true;
  }
}

function read(message: SQSRecord): Reading {
  try {
    return { message, events: outgoingEvents(message.body) };
  } catch (refusal) {
    if (refusal instanceof RefusedMessage) return { message, refusal };
    throw refusal;
  }
}
