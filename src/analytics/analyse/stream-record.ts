import type { KinesisStreamRecord } from 'aws-lambda';
import { checkEnvelope, MalformedEvent, type EventEnvelope } from '../event-envelope.ts';

const MILLISECONDS = 1_000;

/** What a record of the stream holds. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly shardId: string;
  /** When Kinesis took the record, in milliseconds since 1970. */
  readonly arrivedAt: number;
  /** Its events as far as they are well-formed. */
  readonly events: readonly EventEnvelope[];
  /** What is wrong with the record, or with the first of its events that is not well-formed. */
  readonly malformed: string | null;
}

/** Reads a record: one CloudEvent, or a JSON array of them (CloudEvents' JSON batch format). */
export function readStreamRecord({ eventID, kinesis }: KinesisStreamRecord): StreamRecord {
  const { sequenceNumber, approximateArrivalTimestamp, data } = kinesis;
  const [shardId = ''] = eventID.split(':');
  const arrivedAt = Math.round(approximateArrivalTimestamp * MILLISECONDS);
  return { sequenceNumber, shardId, arrivedAt, ...readEvents(data) };
}

function readEvents(data: string): Pick<StreamRecord, 'events' | 'malformed'> {
  let document: unknown;
  try {
    document = JSON.parse(decodeUtf8(data));
  } catch {
    return { events: [], malformed: 'the record is not JSON in UTF-8' };
  }
  const events: EventEnvelope[] = [];
  let malformed: string | null = null;
  for (const event of Array.isArray(document) ? document : [document]) {
    try {
      events.push(checkEnvelope(event));
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      malformed ??= error.message;
    }
  }
  return { events, malformed };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws TypeError when the bytes are no UTF-8 */
const decodeUtf8 = (data: string): string => decoder.decode(Buffer.from(data, 'base64'));
