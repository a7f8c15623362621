import type { KinesisStreamRecord } from 'aws-lambda';
import { Analyser, PoisonRecord } from '../../../src/analytics/analyse/analyser.ts';
import { LiveStatsStore } from '../../../src/analytics/windows/live-stats-store.ts';
import type { WindowKind } from '../../../src/shared/live-stats/live-stats-item.ts';
import { Dimension } from '../../../src/shared/live-stats/live-stats-item.ts';
import { LiveStatsReader } from '../../../src/shared/live-stats/live-stats-reader.ts';
import { applicationEvent, streamRecord } from '../support/events.ts';
import { FakeLogger, FakeMetrics } from '../support/fake-metrics.ts';
import { FakeTable } from '../support/fake-table.ts';

const NOW = new Date('2026-11-20T16:05:12.000Z');

/** Analyse with everything that it reaches. */
function analysis() {
  const table = new FakeTable();
  const logs = new FakeLogger();
  const measured = new FakeMetrics();
  const store = new LiveStatsStore({
    table: 'stats',
    client: table.client,
    pause: () => Promise.resolve(),
  });
  const windows = { maxLatenessHours: 24, retentionDays: 35 };
  const { logger } = logs;
  const analyser = new Analyser({ store, windows, logger, metrics: measured.metrics });
  return { table, logs, measured, analyser };
}

/** Events by type in all windows of a kind. */
async function typesIn(table: FakeTable, kind: WindowKind): Promise<Record<string, number>> {
  const reader = new LiveStatsReader('stats', table.client);
  const [from, to] = [new Date('2026-11-20T15:00:00Z'), new Date('2026-11-20T18:00:00Z')];
  const windows = await reader.windows(from, to, { kind, by: Dimension.TYPE });
  const counts = windows.flatMap(({ groups }) =>
    groups.map(({ value, events }) => [value, events]),
  );
  return Object.fromEntries(counts) as Record<string, number>;
}

const event = (id: string, parts: object = {}): string =>
  JSON.stringify(applicationEvent({ id, type: id, ...parts }));

const records = (...texts: (string | Buffer)[]): KinesisStreamRecord[] =>
  texts.map((text, index) => streamRecord(text, { sequence: index + 1 }));

const sequenceNumber = (sequence: number): string => String(sequence).padStart(56, '0');

describe('Analyse', () => {
  it('answers an empty failure list for a batch that it could count', async () => {
    const { analyser, table } = analysis();
    const answer = await analyser.analyse(records(event('a'), event('b')), NOW);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await typesIn(table, 'minute')).toEqual({ a: 1, b: 1 });
  });

  it('reads records of several events', async () => {
    const { analyser, table } = analysis();
    await analyser.analyse(records(`[${event('a')},${event('b')}]`), NOW);
    expect(await typesIn(table, 'hour')).toEqual({ a: 1, b: 1 });
  });

  it.each<[string, string | Buffer, string]>([
    ['no JSON', 'hello', 'the record is not JSON in UTF-8'],
    ['nothing', '', 'the record is not JSON in UTF-8'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'the record is not JSON in UTF-8'],
    ['no event', '17', 'the event: '],
    ['an event without a time', event('p', { time: undefined }), 'time: '],
    ['an array with one bad event', `[${event('a')},{}]`, 'specversion: '],
  ])('reports a record of %s and says why', async (_, text, reason) => {
    const { analyser, logs, measured } = analysis();
    const answer = await analyser.analyse(records(event('a'), text, event('b')), NOW);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(2) }] });
    expect(logs.lines).toMatchObject([
      {
        level: 'error',
        details: {
          code: 'MALFORMED_RECORD',
          reason: expect.stringContaining(reason) as string,
          sequenceNumber: sequenceNumber(2),
          shardId: 'shardId-000000000000',
        },
      },
    ]);
    expect(measured.totals).toMatchObject({ EventsMalformed: 1 });
  });

  it('counts what stands before and behind a malformed record', async () => {
    const { analyser, table } = analysis();
    await analyser.analyse(records(event('a'), 'poison', event('b'), 'poison', event('c')), NOW);
    expect(await typesIn(table, 'minute')).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('fails when the first of several is malformed, so that Lambda cuts the batch in two', async () => {
    const { analyser, table } = analysis();
    const answer = analyser.analyse(records('poison', event('b')), NOW);
    await expect(answer).rejects.toThrow(PoisonRecord);
    await expect(answer).rejects.toThrow('MALFORMED_RECORD');
    expect(await typesIn(table, 'minute')).toEqual({ b: 1 });
  });

  it('reports a malformed record that is alone', async () => {
    const { analyser } = analysis();
    expect(await analyser.analyse(records('poison'), NOW)).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumber(1) }],
    });
  });

  it('ends with malformed records alone in their batches, all others counted once', async () => {
    const { analyser, table } = analysis();
    const texts = Array.from({ length: 40 }, (_, index) => event(String(index)));
    for (const at of [0, 7, 8, 30, 39]) texts[at] = 'poison';
    const givenUp = await deliverLikeLambda(analyser, records(...texts));
    expect(givenUp).toEqual([1, 8, 9, 31, 40].map((sequence) => [sequenceNumber(sequence)]));
    const counts = await typesIn(table, 'minute');
    expect(Object.keys(counts)).toHaveLength(35);
    expect(new Set(Object.values(counts))).toEqual(new Set([1]));
  });

  it('counts events beyond the lateness, or ahead of the clock, in windows of their own', async () => {
    const { analyser, table, measured } = analysis();
    const batch = records(
      event('in time', { time: '2026-11-19T16:05:10.000Z' }),
      event('late', { time: '2026-11-19T16:05:09.999Z' }),
      event('ahead', { time: '2026-11-20T16:10:10.000Z' }),
      event('future', { time: '2026-11-20T16:10:10.001Z' }),
      event('other zone', { time: '2026-11-20T18:05:00+02:00' }),
    );
    await analyser.analyse(batch, NOW);
    expect(await typesIn(table, 'late')).toEqual({ late: 1 });
    expect(await typesIn(table, 'future')).toEqual({ future: 1 });
    expect(await typesIn(table, 'minute')).toEqual({ ahead: 1, 'other zone': 1 });
    expect(measured.totals).toMatchObject({ EventsAnalysed: 5, EventsLate: 1, EventsInFuture: 1 });
  });

  it('measures repeats and how far it lags behind', async () => {
    const { analyser, measured } = analysis();
    await analyser.analyse(records(event('a'), event('a')), NOW);
    expect(measured.totals).toMatchObject({
      EventsAnalysed: 1,
      DuplicateEvents: 1,
      IteratorLag: 2_000,
    });
  });

  it('fails as a whole when the table does, so that the batch comes again', async () => {
    const { analyser, table } = analysis();
    table.fault = () => 'before';
    await expect(analyser.analyse(records(event('a')), NOW)).rejects.toThrow(
      'the connection broke',
    );
  });

  it('gives up on a transaction that is always refused', async () => {
    const { analyser, table } = analysis();
    table.fault = () => 'throttled';
    await expect(analyser.analyse(records(event('a')), NOW)).rejects.toThrow('cancelled');
    expect(table.calls.transactions).toBe(12);
  });
});

/**
 * Delivers records as Lambda does with BisectBatchOnFunctionError, ReportBatchItemFailures and two
 * retries; returns the sequence numbers of the batches that it gives up.
 */
async function deliverLikeLambda(
  analyser: Analyser,
  batch: KinesisStreamRecord[],
  retries = 2,
): Promise<string[][]> {
  if (batch.length === 0) return [];
  let from: number;
  try {
    const { batchItemFailures } = await analyser.analyse(batch, NOW);
    const [failure] = batchItemFailures;
    if (failure === undefined) return [];
    from = batch.findIndex(({ kinesis }) => kinesis.sequenceNumber === failure.itemIdentifier);
  } catch {
    const middle = Math.ceil(batch.length / 2);
    return [
      ...(await deliverLikeLambda(analyser, batch.slice(0, middle), retries)),
      ...(await deliverLikeLambda(analyser, batch.slice(middle), retries)),
    ];
  }
  if (retries === 0) return [batch.slice(from).map(({ kinesis }) => kinesis.sequenceNumber)];
  return deliverLikeLambda(analyser, batch.slice(from), retries - 1);
}
