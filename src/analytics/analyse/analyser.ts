import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { KinesisStreamBatchResponse, KinesisStreamRecord } from 'aws-lambda';
import { Metric } from '../../shared/observability.ts';
import { EventCode } from '../event-code.ts';
import type { CountResult, LiveStatsStore } from '../windows/live-stats-store.ts';
import { windowEvent, type WindowSettings } from '../windows/window-event.ts';
import { readStreamRecord, type StreamRecord } from './stream-record.ts';

export interface AnalyserOptions {
  readonly store: LiveStatsStore;
  readonly windows: WindowSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A batch begins with a record that can never be read: Lambda has to divide it. */
export class PoisonRecord extends Error {
  override readonly name = 'PoisonRecord';

  constructor({ sequenceNumber, shardId, malformed }: StreamRecord) {
    super(`${EventCode.MALFORMED_RECORD}: ${sequenceNumber} of ${shardId}: ${malformed ?? ''}`);
  }
}

/**
 * Counts the events of a batch of the stream.
 *
 * What can be counted is counted, before and behind a malformed record, so that giving up that record
 * loses nothing else: counting is safe to repeat in any order. Then the malformed record is made the
 * only one of a batch, because Lambda hands what it gives up to the on-failure destination by the batch:
 * it is reported, so that the batch is cut before it, and when it is the first of several, the batch
 * fails, so that Lambda cuts it in two until the record is alone.
 */
export class Analyser {
  readonly #options: AnalyserOptions;

  constructor(options: AnalyserOptions) {
    this.#options = options;
  }

  /**
   * Handles a batch.
   *
   * @returns the first record that cannot be read
   * @throws PoisonRecord when that is the first of several
   * @throws the SDK's error when the events could not be counted
   */
  async analyse(
    batch: readonly KinesisStreamRecord[],
    now: Date,
  ): Promise<KinesisStreamBatchResponse> {
    const records = batch.map(readStreamRecord);
    const { store, windows } = this.#options;
    const events = records.flatMap(({ arrivedAt, events }) =>
      events.map((event) => windowEvent(event, arrivedAt, windows)),
    );
    this.#measure(await store.count(events), records, now);
    return this.#answer(records);
  }

  #answer(records: readonly StreamRecord[]): KinesisStreamBatchResponse {
    const malformed = records.filter((record) => record.malformed !== null);
    for (const record of malformed) this.#report(record);
    const [first] = malformed;
    if (first === undefined) return { batchItemFailures: [] };
    if (first === records[0] && records.length > 1) throw new PoisonRecord(first);
    return { batchItemFailures: [{ itemIdentifier: first.sequenceNumber }] };
  }

  #report({ sequenceNumber, shardId, malformed }: StreamRecord): void {
    const { logger, metrics } = this.#options;
    const code = EventCode.MALFORMED_RECORD;
    logger.error('record not readable', { code, reason: malformed, sequenceNumber, shardId });
    metrics.addMetric(Metric.EventsMalformed, 'Count', 1);
  }

  #measure({ counted, repeated }: CountResult, records: readonly StreamRecord[], now: Date): void {
    const { metrics } = this.#options;
    const late = counted.filter(({ punctuality }) => punctuality === 'late').length;
    const future = counted.filter(({ punctuality }) => punctuality === 'future').length;
    metrics.addMetric(Metric.EventsAnalysed, 'Count', counted.length);
    metrics.addMetric(Metric.DuplicateEvents, 'Count', repeated);
    metrics.addMetric(Metric.EventsLate, 'Count', late);
    metrics.addMetric(Metric.EventsInFuture, 'Count', future);
    const newest = records.at(-1)?.arrivedAt ?? now.getTime();
    metrics.addMetric(Metric.IteratorLag, 'Milliseconds', Math.max(0, now.getTime() - newest));
  }
}
