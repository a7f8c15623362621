import type { SQSRecord } from 'aws-lambda';
import { Forwarder } from '../../../src/analytics/forward/forwarder.ts';
import fc from '../../support/fast-check.ts';
import { S3_TEST_EVENT, s3Event, s3Record } from '../../support/s3-events.ts';
import { applicationEvent, queueMessage, type EventParts } from '../support/events.ts';
import { FakeLogger, FakeMetrics } from '../support/fake-metrics.ts';
import { FakeQueue } from '../support/fake-queue.ts';
import { FakeStream, type CallFault } from '../support/fake-stream.ts';

/** Forward with everything that it reaches. */
function forwarding() {
  const stream = new FakeStream();
  const deadLetters = new FakeQueue();
  const measured = new FakeMetrics();
  const logs = new FakeLogger();
  const forwarder = new Forwarder({
    kinesis: stream.client,
    sqs: deadLetters.client,
    streamName: 'events',
    deadLetterQueueUrl: 'https://sqs/dead',
    logger: logs.logger,
    metrics: measured.metrics,
    pause: () => Promise.resolve(),
  });
  return { stream, deadLetters, measured, logs, forwarder };
}

const message = (id: string, parts: EventParts = {}): SQSRecord =>
  queueMessage(JSON.stringify(applicationEvent({ id, ...parts })), id);

const ids = (messages: readonly SQSRecord[]): string[] =>
  messages.map(({ messageId }) => messageId);

describe('Forward', () => {
  it('puts an event on the stream as it was written', async () => {
    const { forwarder, stream, measured } = forwarding();
    const body = `{"big": 12345678901234567890, ${JSON.stringify(applicationEvent()).slice(1)}`;
    expect(await forwarder.forward([queueMessage(body)])).toEqual([]);
    expect(stream.records.map(({ text }) => text)).toEqual([body]);
    expect(measured.totals).toMatchObject({ EventsForwarded: 1, EventsOfUnknownType: 1 });
  });

  it('makes CloudEvents of S3 events', async () => {
    const { forwarder, stream, measured } = forwarding();
    const body = s3Event(s3Record(), s3Record({ eventName: 'ObjectRemoved:Delete', key: 'b+c' }));
    expect(await forwarder.forward([queueMessage(body)])).toEqual([]);
    expect(stream.records.map(({ text }) => JSON.parse(text) as object)).toMatchObject([
      {
        type: 'io.millrace.object.created',
        source: 's3://source-bucket',
        subject: 'source-bucket/in/orders.csv',
        time: '2026-11-20T16:05:09.123Z',
        data: { size: 1_024, eventName: 'ObjectCreated:Put' },
      },
      { type: 'io.millrace.object.removed', subject: 'source-bucket/b c' },
    ]);
    expect(measured.totals).toMatchObject({ EventsForwarded: 2, EventsOfUnknownType: 0 });
  });

  it('ignores the test event of S3 and what is neither a creation nor a removal', async () => {
    const { forwarder, stream, deadLetters } = forwarding();
    const tagged = s3Event(s3Record({ eventName: 'ObjectTagging:Put' }));
    expect(
      await forwarder.forward([S3_TEST_EVENT, tagged].map((body) => queueMessage(body))),
    ).toEqual([]);
    expect([stream.records, deadLetters.sent]).toEqual([[], []]);
  });

  it.each([
    ['no JSON', 'hello', 'the body is not JSON'],
    ['no object', '[]', 'the event: '],
    ['an SNS envelope', '{"Type":"Notification","Message":"{}"}', 'specversion: '],
    [
      'an S3 event without a key',
      s3Event(s3Record({ object: { key: '' } })),
      'Records.0.s3.object',
    ],
    ['a key that is not encoded', s3Event(s3Record({ key: '%' })), 'the key % is not'],
    [
      'another version',
      JSON.stringify({ ...applicationEvent(), specversion: '0.3' }),
      'specversion: ',
    ],
    ['an empty id', JSON.stringify(applicationEvent({ id: '' })), 'id: '],
    ['no time', JSON.stringify({ ...applicationEvent(), time: null }), 'time: '],
    [
      'a time without a zone',
      JSON.stringify(applicationEvent({ time: '2026-11-20T16:05:09' })),
      'time: ',
    ],
    [
      'a source that is no URI',
      JSON.stringify(applicationEvent({ source: 'http://[' })),
      'source: ',
    ],
    ['several events at once', JSON.stringify([applicationEvent()]), 'the event: '],
  ])('sends %s to the dead-letter queue and says why', async (_, body, reason) => {
    const { forwarder, stream, deadLetters, measured } = forwarding();
    expect(await forwarder.forward([queueMessage(body)])).toEqual([]);
    expect(deadLetters.sent).toEqual([
      { body, code: 'MALFORMED_EVENT', reason: expect.stringContaining(reason) as string },
    ]);
    expect(stream.records).toEqual([]);
    expect(measured.totals).toMatchObject({ EventsMalformed: 1 });
  });

  it('sends an event that is too large for the stream to the dead-letter queue', async () => {
    const { forwarder, deadLetters } = forwarding();
    const body = (length: number): string =>
      JSON.stringify(applicationEvent({ data: 'x'.repeat(length) }));
    const largest = 1_048_576 - 64 - body(0).length;
    const sizes = [largest, largest + 1];
    expect(await forwarder.forward(sizes.map((size) => queueMessage(body(size))))).toEqual([]);
    expect(deadLetters.sent).toMatchObject([{ code: 'OVERSIZE_EVENT', body: body(largest + 1) }]);
  });

  it('keeps a message in the queue that the dead-letter queue does not take', async () => {
    const { forwarder, deadLetters } = forwarding();
    deadLetters.broken = () => true;
    const failed = await forwarder.forward([queueMessage('hello', 'bad'), message('good')]);
    expect(ids(failed)).toEqual(['bad']);
  });

  it('gives reasons that a message attribute may hold', async () => {
    const { forwarder, deadLetters } = forwarding();
    const key = `%\u0000\ud800\uffff${'x'.repeat(2_000)}`;
    await forwarder.forward([queueMessage(s3Event(s3Record({ key })))]);
    expect(deadLetters.sent[0]!.reason).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]{1,1000}$/);
  });

  it('joins events of one key in order', async () => {
    const { forwarder, stream } = forwarding();
    const messages = ['1', '2', '3'].map((id) => message(id));
    await forwarder.forward([...messages, message('4', { subject: 'other' })]);
    expect(stream.calls).toHaveLength(1);
    expect(stream.records).toHaveLength(2);
    expect(stream.ids()).toEqual(['1', '2', '3', '4']);
  });

  it('keeps to the limits of a call and a record', async () => {
    const { forwarder, stream } = forwarding();
    const small = Array.from({ length: 1_200 }, (_, id) =>
      message(`s${id}`, { subject: `s${id}` }),
    );
    const large = Array.from({ length: 30 }, (_, id) =>
      message(`l${id}`, { subject: `l${id % 10}`, data: 'x'.repeat(900_000) }),
    );
    expect(await forwarder.forward([...small, ...large])).toEqual([]);
    expect(Math.max(...stream.calls.map(({ records }) => records))).toBe(500);
    expect(Math.max(...stream.calls.map(({ bytes }) => bytes))).toBeLessThanOrEqual(5 * 1_048_576);
    expect(stream.ids()).toHaveLength(1_230);
  });

  it('returns what a throttled stream did not take, and all of its key behind it', async () => {
    const { forwarder, stream, logs } = forwarding();
    const large = { data: 'x'.repeat(300_000) };
    const messages = [message('1', large), message('2', large), message('3', { subject: 'b' })];
    stream.throttles = ({ text }) => text.includes('"id":"1"');
    expect(ids(await forwarder.forward(messages))).toEqual(['1', '2']);
    expect(stream.ids()).toEqual(['3']);
    expect(logs.lines).toMatchObject([
      { details: { events: 2, reasons: ['ProvisionedThroughputExceededException: Slow down'] } },
    ]);
  });

  it('loses nothing and keeps the order of every key, whatever the stream throttles', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.nat(4), large: fc.nat(9) }), { maxLength: 60 }),
        fc.infiniteStream(fc.nat(999)),
        fc.constantFrom(100, 400, 800),
        async (sent, chances, throttled) => {
          const chance = (perMille: number): boolean => (chances.next().value ?? 0) < perMille;
          const { forwarder, stream } = forwarding();
          stream.throttles = () => chance(throttled);
          stream.callFault = (): CallFault => {
            if (chance(50)) return 'before';
            return chance(50) ? 'after' : 'none';
          };
          let queue = sent.map(({ key, large }, index) =>
            message(`${key}:${index}`, {
              subject: String(key),
              data: large === 0 ? 'x'.repeat(200_000) : null,
            }),
          );
          for (let round = 0; queue.length > 0; round += 1) {
            if (round > 500) throw new Error('does not come to an end');
            const size = 1 + ((chances.next().value ?? 0) % 20);
            const failed = new Set(await forwarder.forward(queue.slice(0, size)));
            queue = queue.filter((its, index) => index >= size || failed.has(its));
          }
          const firsts = [...new Set(stream.ids())];
          expect(firsts.toSorted()).toEqual(sent.map(({ key }, at) => `${key}:${at}`).toSorted());
          for (const its of Map.groupBy(firsts, (id) => id.split(':')[0]).values()) {
            const order = its.map((id) => Number(id.split(':')[1]));
            expect(order).toEqual(order.toSorted((a, b) => a - b));
          }
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
