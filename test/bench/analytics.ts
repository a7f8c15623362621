import type { KinesisStreamRecord, SQSRecord } from 'aws-lambda';
import type { Column } from '../../src/cli/output/table.ts';
import { Analyser } from '../../src/analytics/analyse/analyser.ts';
import { Forwarder } from '../../src/analytics/forward/forwarder.ts';
import { LiveStatsStore } from '../../src/analytics/windows/live-stats-store.ts';
import { PRICES } from '../../src/report/cost/prices.ts';
import {
  fileEventOf,
  applicationEvent,
  queueMessage,
  streamRecord,
} from '../analytics/support/events.ts';
import { FakeLogger, FakeMetrics } from '../analytics/support/fake-metrics.ts';
import { FakeQueue } from '../analytics/support/fake-queue.ts';
import { FakeStream, type StoredRecord } from '../analytics/support/fake-stream.ts';
import { FakeTable } from '../analytics/support/fake-table.ts';
import { s3Event, s3Record } from '../support/s3-events.ts';
import type { BenchOptions, BenchResult } from './bench-result.ts';
import { Random } from './random.ts';

const EVENTS = 200_000;
const FEW_EVENTS = 20_000;
const START = Date.parse('2026-11-20T08:00:00.000Z');
/** Kinesis bills what is put by units of 25 KiB, at this price in us-east-1, beside the shards' hours. */
const PAYLOAD_UNIT_BYTES = 25 * 1_024;
const PAYLOAD_UNIT_PRICE = 0.014e-6;
/** Lambda's poller receives and deletes this many messages of a queue at a time. */
const MESSAGES_PER_REQUEST = 10;
/** Of both functions. */
const MEMORY_GIB = 0.5;
const MILLION = 1_000_000;

/** How busy the stream is: events a second, and how many of them make a batch. */
interface Load {
  readonly name: string;
  readonly perSecond: number;
  readonly batch: number;
}

const LOADS: readonly Load[] = [
  { name: 'busy', perSecond: 1_000, batch: 500 },
  { name: 'steady', perSecond: 50, batch: 100 },
  { name: 'quiet', perSecond: 1, batch: 2 },
];

interface Measured {
  readonly step: string;
  readonly load: string;
  readonly events: number;
  readonly cpuSeconds: number;
  /** Of anything that is billed, by name. */
  readonly calls: Readonly<Record<string, number>>;
  readonly dollars: number;
}

/**
 * What Forward and Analyse take to handle events, as far as it is computing, and what their calls cost.
 * Stream, queue and table are in memory.
 */
export async function analytics({ quick }: BenchOptions): Promise<BenchResult> {
  const measured: Measured[] = [];
  for (const load of LOADS) {
    const count = load.batch < 10 ? FEW_EVENTS / 4 : quick ? FEW_EVENTS : EVENTS;
    const { forward, records } = await measureForward(load, messages(load, count));
    measured.push(forward, await measureAnalyse(load, records, count));
  }
  return { columns: COLUMNS, rows: measured.map(tableRow), notes: METHOD, data: measured };
}

async function measureForward(
  load: Load,
  queue: readonly SQSRecord[],
): Promise<{ forward: Measured; records: readonly StoredRecord[] }> {
  const stream = new FakeStream();
  const forwarder = new Forwarder({
    kinesis: stream.client,
    sqs: new FakeQueue().client,
    streamName: 'events',
    deadLetterQueueUrl: 'https://sqs/dead',
    logger: new FakeLogger().logger,
    metrics: new FakeMetrics().metrics,
  });
  const cpuSeconds = await cpuSecondsOf(async () => {
    for (const batch of batches(queue, load.batch)) await forwarder.forward(batch);
  });
  if (stream.ids().length !== queue.length) throw new Error('Forward lost events');
  const payloadUnits = stream.records.map(({ text }) =>
    Math.ceil(text.length / PAYLOAD_UNIT_BYTES),
  );
  const calls = {
    invocations: Math.ceil(queue.length / load.batch),
    sqsRequests: 2 * Math.ceil(queue.length / Math.min(load.batch, MESSAGES_PER_REQUEST)),
    putRecords: stream.calls.length,
    payloadUnits: payloadUnits.reduce((a, b) => a + b, 0),
  };
  const dollars =
    lambdaDollars(calls.invocations, cpuSeconds) +
    calls.sqsRequests * PRICES.sqsRequest +
    calls.payloadUnits * PAYLOAD_UNIT_PRICE;
  const events = queue.length;
  const forward = { step: 'Forward', load: load.name, events, cpuSeconds, calls, dollars };
  return { forward, records: stream.records };
}

async function measureAnalyse(
  load: Load,
  stored: readonly StoredRecord[],
  events: number,
): Promise<Measured> {
  const table = new FakeTable(10_000);
  const measured = new FakeMetrics();
  const analyser = new Analyser({
    store: new LiveStatsStore({ table: 'stats', client: table.client }),
    windows: { maxLatenessHours: 24, retentionDays: 35 },
    logger: new FakeLogger().logger,
    metrics: measured.metrics,
  });
  const share = load.batch * (stored.length / events);
  const deliveries = [
    ...batches(stored.map(arrived(load, stored.length, events)), Math.ceil(share)),
  ];
  const cpuSeconds = await cpuSecondsOf(async () => {
    for (const batch of deliveries) await analyser.analyse(batch, new Date(START));
  });
  if (measured.totals.EventsAnalysed !== events) throw new Error('Analyse lost events');
  const { read, write } = table.units;
  const { reads, transactions } = table.calls;
  const calls = {
    invocations: deliveries.length,
    reads,
    transactions,
    readUnits: read,
    writeUnits: write,
  };
  const dollars =
    lambdaDollars(calls.invocations, cpuSeconds) +
    read * PRICES.readUnit +
    write * PRICES.writeUnit;
  return { step: 'Analyse', load: load.name, events, cpuSeconds, calls, dollars };
}

/** What comes over the topics for files, object and outcome alike, and a third of other events. */
function messages({ perSecond }: Load, count: number): SQSRecord[] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(START + (index * 1_000) / perSecond).toISOString();
    return queueMessage(body(index, time, random), String(index));
  });
}

function body(index: number, time: string, random: Random): string {
  const key = `in/file-${index}.csv`;
  const dataset = `dataset-${random.below(8)}`;
  switch (index % 3) {
    case 0: {
      const object = { sequencer: index.toString(16).padStart(16, '0') };
      return s3Event({ ...s3Record({ key, object }), eventTime: time });
    }
    case 1: {
      const arrivedAt = new Date(Date.parse(time) - 200 - random.below(3_000)).toISOString();
      const status = random.chance(0.02) ? 'REJECTED' : 'SUCCEEDED';
      const id = String(index).padStart(20, '0');
      return JSON.stringify({
        ...fileEventOf({ id, status, time, arrivedAt, dataset }),
        subject: key,
      });
    }
    default:
      return JSON.stringify(
        applicationEvent({
          id: String(index),
          source: `/app/${random.below(5)}`,
          type: `com.example.event-${random.below(10)}`,
          subject: `order/${random.below(5_000)}`,
          time,
          data: { dataset, status: 'PAID', rows: 1 },
        }),
      );
  }
}

/** A record as Lambda hands it over, which arrived a second after the event. */
function arrived(
  { perSecond }: Load,
  records: number,
  events: number,
): (record: StoredRecord, index: number) => KinesisStreamRecord {
  return ({ text }, index) => {
    const second = ((index / records) * events) / perSecond + 1;
    const arrivedAt = new Date(START + second * 1_000).toISOString();
    return streamRecord(text, { sequence: index, arrivedAt });
  };
}

function* batches<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

async function cpuSecondsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MILLION;
}

const lambdaDollars = (invocations: number, seconds: number): number =>
  invocations * PRICES.lambdaRequest + seconds * MEMORY_GIB * PRICES.lambdaGibSecond;

const COLUMNS: readonly Column[] = [
  { title: 'STEP' },
  { title: 'LOAD' },
  { title: 'EVENTS/CPU S', align: 'right' },
  { title: '$ PER MILLION', align: 'right' },
  { title: 'CALLS AND UNITS PER MILLION EVENTS' },
];

function tableRow({ step, load, events, cpuSeconds, calls, dollars }: Measured): string[] {
  const perMillion = MILLION / events;
  const counts = Object.entries(calls).map(
    ([name, count]) => `${name} ${Math.round(count * perMillion).toLocaleString('en')}`,
  );
  return [
    step,
    load,
    Math.round(events / cpuSeconds).toLocaleString('en'),
    (dollars * perMillion).toFixed(3),
    counts.join(', '),
  ];
}

const METHOD: readonly string[] = [
  ...LOADS.map(
    ({ name, perSecond, batch }) => `${name}: ${perSecond} events a second in batches of ${batch}.`,
  ),
  'One process, one core, no network: stream, queue and table are in memory and part of the time.',
  'A third each: objects, ends of files in 8 datasets, events of 5 applications and 10 types.',
  'Dollars: list prices of us-east-1 for the calls counted, and for Lambda the requests and this CPU time',
  'at 512 MB; waiting for the network, the shard ($0.015 an hour), logs and metrics come on top.',
];
