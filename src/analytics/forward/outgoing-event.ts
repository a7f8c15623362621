import { MalformedMessage, parseBody, s3Records } from '../../shared/s3-event.ts';
import { EventCode } from '../event-code.ts';
import { checkEnvelope, MalformedEvent, type EventEnvelope } from '../event-envelope.ts';
import { partitionKeyOf } from '../event-key.ts';
import { objectEvent } from './object-event.ts';
import { LARGEST_EVENT_BYTES, type StreamEntry } from './stream-writer.ts';

/** An event on its way to the stream. */
export interface OutgoingEvent extends StreamEntry {
  readonly type: string;
}

/** A message that can never go to the stream. */
export class RefusedMessage extends Error {
  override readonly name = 'RefusedMessage';
  readonly code: EventCode;
  readonly reason: string;

  constructor(code: EventCode, reason: string, options?: ErrorOptions) {
    super(`${code}: ${reason}`, options);
    this.code = code;
    this.reason = reason;
  }
}

/**
 * The events that a message of the analytics queue carries: those of an S3 event notification as
 * CloudEvents of our own, or a CloudEvent as its publisher wrote it, digit for digit. S3's test event
 * carries none.
 *
 * @param body delivered raw by SNS
 * @throws RefusedMessage when it is neither, or too large for the stream
 */
export function outgoingEvents(body: string): OutgoingEvent[] {
  const events = refuseMalformed(() => {
    const document = parseBody(body);
    if (isS3Event(document)) return objectEvents(document);
    return [outgoing(checkEnvelope(document), body)];
  });
  for (const { text } of events) refuseOversize(text);
  return events;
}

/** S3's notifications have `Records`, its test event has `Event`; a CloudEvent has neither by rule. */
const isS3Event = (document: unknown): boolean =>
  typeof document === 'object' &&
  document !== null &&
  !('specversion' in document) &&
  ('Records' in document || 'Event' in document);

function objectEvents(document: unknown): OutgoingEvent[] {
  const events = s3Records(document).map(objectEvent);
  return events
    .filter((event) => event !== null)
    .map((event) => outgoing(event, JSON.stringify(event)));
}

function outgoing(
  event: Pick<EventEnvelope, 'source' | 'type' | 'subject'>,
  text: string,
): OutgoingEvent {
  return { partitionKey: partitionKeyOf(event), type: event.type, text };
}

function refuseMalformed(read: () => OutgoingEvent[]): OutgoingEvent[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMessage) {
      throw new RefusedMessage(EventCode.MALFORMED_EVENT, error.reason, { cause: error });
    }
    if (error instanceof MalformedEvent) {
      throw new RefusedMessage(EventCode.MALFORMED_EVENT, error.message, { cause: error });
    }
    throw error;
  }
}

function refuseOversize(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= LARGEST_EVENT_BYTES) return;
  throw new RefusedMessage(
    EventCode.OVERSIZE_EVENT,
    `the event has ${bytes} bytes, a record of the stream at most ${LARGEST_EVENT_BYTES}`,
  );
}
