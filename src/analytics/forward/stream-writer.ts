import {
  PutRecordsCommand,
  type KinesisClient,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Largest event that Millrace puts on the stream, in bytes: a record of 1 MiB without its partition
 * key. Kinesis may be set to take more, but a shard takes 1 MiB a second.
 */
export const LARGEST_EVENT_BYTES = 1_048_576 - 64;
/**
 * Events of one key are put together into records of up to this many bytes, so that no record takes
 * more than a quarter of what a shard takes in a second.
 */
const JOINED_BYTES = 262_144;
/** Limits of one PutRecords call (Kinesis API reference). */
const RECORDS_PER_CALL = 500;
const BYTES_PER_CALL = 5 * 1_048_576;
/** How often a record is tried; then its message returns to the queue, which waits longer. */
const ATTEMPTS = 5;
/** Longest wait before the second try; doubled for every further one. */
const FIRST_WAIT_MILLISECONDS = 100;

/** One event for the stream. */
export interface StreamEntry {
  readonly partitionKey: string;
  /** The event in JSON. */
  readonly text: string;
}

export interface StreamWriterOptions {
  readonly kinesis: KinesisClient;
  readonly streamName: string;
  /** Waits between tries; for tests. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** What a write came to. */
export interface Written<Entry> {
  /** Events that are not on the stream, or not known to be. */
  readonly unwritten: ReadonlySet<Entry>;
  /** Why, each reason once. */
  readonly reasons: ReadonlySet<string>;
}

/** The next record of a partition key: the entries that it joins, and what Kinesis is sent. */
interface Attempt<Entry> {
  readonly lane: Lane<Entry>;
  readonly entries: readonly Entry[];
  readonly record: PutRecordsRequestEntry;
  readonly bytes: number;
}

/** The entries of one partition key that have still to be written, in order. */
interface Lane<Entry> {
  readonly partitionKey: string;
  pending: Entry[];
  failures: number;
}

/**
 * Puts events on the stream, those of one partition key in the order given.
 *
 * Of the records of one PutRecords call any may fail while later ones succeed, and the call promises
 * no order. So a call never holds two records of one key: events of a key that come together are
 * joined into one record, which succeeds or fails whole, and what does not fit waits until that record
 * is on the stream. Nothing overtakes, whichever records are throttled and however often; and when a
 * record is given up, so is everything of its key behind it.
 */
export class StreamWriter {
  readonly #kinesis: KinesisClient;
  readonly #streamName: string;
  readonly #pause: (milliseconds: number) => Promise<unknown>;

  constructor({ kinesis, streamName, pause = delay }: StreamWriterOptions) {
    this.#kinesis = kinesis;
    this.#streamName = streamName;
    this.#pause = pause;
  }

  /** Writes what it can; what a fault kept from the stream, it returns. */
  async write<Entry extends StreamEntry>(entries: readonly Entry[]): Promise<Written<Entry>> {
    const lanes = lanesOf(entries);
    const reasons = new Set<string>();
    for (let open = lanes; open.length > 0; open = lanes.filter(isOpen)) {
      const calls = callsOf(open.map(nextAttempt));
      const outcomes = await Promise.all(calls.map((call) => this.#put(call)));
      for (const reason of outcomes.flat()) reasons.add(reason);
      const failures = Math.max(...open.map((lane) => (isOpen(lane) ? lane.failures : 0)));
      if (failures > 0) await this.#pause(waitAfter(failures));
    }
    return { unwritten: new Set(lanes.flatMap(({ pending }) => pending)), reasons };
  }

  /** Sends one call and moves its lanes on; returns the reasons of those that stand still. */
  async #put<Entry>(call: readonly Attempt<Entry>[]): Promise<string[]> {
    const answers = await this.#send(call.map(({ record }) => record));
    return call.flatMap(({ lane, entries }, index) => {
      const refusal = answers[index];
      if (refusal === undefined) {
        lane.pending = lane.pending.slice(entries.length);
        lane.failures = 0;
        return [];
      }
      lane.failures += 1;
      return [refusal];
    });
  }

  /** For each record why it was refused; undefined where it is on the stream. */
  async #send(records: PutRecordsRequestEntry[]): Promise<(string | undefined)[]> {
    try {
      const { Records = [] } = await this.#kinesis.send(
        new PutRecordsCommand({ StreamName: this.#streamName, Records: records }),
      );
      return records.map((_, index) => {
        const { SequenceNumber, ErrorCode, ErrorMessage } = Records[index] ?? {};
        if (ErrorCode === undefined && SequenceNumber !== undefined) return undefined;
        return `${ErrorCode ?? 'no answer'}: ${ErrorMessage ?? ''}`;
      });
    } catch (error) {
      const { name, message } = error as Error;
      return records.map(() => `${name}: ${message}`);
    }
  }
}

function lanesOf<Entry extends StreamEntry>(entries: readonly Entry[]): Lane<Entry>[] {
  const lanes = Map.groupBy(entries, ({ partitionKey }) => partitionKey);
  return [...lanes].map(([partitionKey, pending]) => ({ partitionKey, pending, failures: 0 }));
}

const isOpen = ({ pending, failures }: Lane<unknown>): boolean =>
  pending.length > 0 && failures < ATTEMPTS;

/** One event stands alone; several that come together are a JSON array, CloudEvents' batch format. */
function nextAttempt<Entry extends StreamEntry>(lane: Lane<Entry>): Attempt<Entry> {
  const { partitionKey, pending } = lane;
  const entries = leading(pending);
  const texts = entries.map(({ text }) => text);
  const data = Buffer.from(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(',')}]`);
  return {
    lane,
    entries,
    record: { PartitionKey: partitionKey, Data: data },
    bytes: data.length + Buffer.byteLength(partitionKey),
  };
}

/** As many entries as may be joined; at least one. */
function leading<Entry extends StreamEntry>(pending: readonly Entry[]): Entry[] {
  let bytes = 1;
  const end = pending.findIndex(({ text }, index) => {
    bytes += Buffer.byteLength(text) + 1;
    return index > 0 && bytes > JOINED_BYTES;
  });
  return pending.slice(0, end < 0 ? pending.length : end);
}

/** Divides attempts into calls that Kinesis takes. */
function callsOf<Entry>(attempts: readonly Attempt<Entry>[]): Attempt<Entry>[][] {
  const calls: Attempt<Entry>[][] = [];
  let call: Attempt<Entry>[] = [];
  let bytes = 0;
  for (const attempt of attempts) {
    const full = call.length === RECORDS_PER_CALL || bytes + attempt.bytes > BYTES_PER_CALL;
    if (full || calls.length === 0) {
      call = [];
      calls.push(call);
      bytes = 0;
    }
    call.push(attempt);
    bytes += attempt.bytes;
  }
  return calls;
}

/** Equal jitter: half of the wait is certain, half is random. */
function waitAfter(failures: number): number {
  const longest = FIRST_WAIT_MILLISECONDS * 2 ** (failures - 1);
  return longest * (0.5 + Math.random() / 2);
}
