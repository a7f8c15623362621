import { randomUUID } from 'node:crypto';
import type { Deployment } from '../../src/cli/deployment.ts';
import { uploadBytes } from '../../src/cli/upload-file.ts';
import { EventSubscriber } from '../e2e/support/test-queue.ts';
import { BenchApp } from './bench-app.ts';
import { median, type BenchResult } from './bench-result.ts';

const WARM_UP = 5;
const RUNS = 20;

/** One file's way, in milliseconds. */
interface Way {
  /** From before the PUT to the claim: the PUT, S3's event, SNS, SQS, the poll, the dispatcher. */
  readonly toClaim: number;
  /** From the claim to the event's publication: the execution. */
  readonly execution: number;
  /** From before the PUT to the event's publication. */
  readonly total: number;
}

/** How long a warm small file takes from its PUT to its published event on the local AWS. */
export async function latency(): Promise<BenchResult> {
  return describe(await BenchApp.use({}, measure));
}

async function measure({ deployment, endpoint }: BenchApp): Promise<Way[]> {
  const subscriber = await EventSubscriber.subscribe(endpoint, deployment.outputs.EventsTopicArn);
  const ways: Way[] = [];
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    ways.push(await processOne(deployment, subscriber));
  }
  await subscriber.close();
  return ways.slice(WARM_UP);
}

async function processOne(deployment: Deployment, subscriber: EventSubscriber): Promise<Way> {
  const body = Buffer.from(`id,note\n${'1,a small file\n'.repeat(100)}`);
  const before = Date.now();
  const file = await uploadBytes(deployment, body, `latency/${randomUUID()}.csv`);
  const event = await subscriber.next(({ data }) => data.file.fileId === file.fileId);
  const claimed = Date.parse(event.data.startedAt);
  const published = Date.parse(event.time);
  return {
    toClaim: claimed - before,
    execution: published - claimed,
    total: published - before,
  };
}

function describe(ways: readonly Way[]): BenchResult {
  const parts = { toClaim: 'PUT to claim', execution: 'execution', total: 'PUT to event' } as const;
  const summary = Object.entries(parts).map(([name, title]) => {
    const values = ways.map((way) => way[name as keyof Way]);
    return { title, median: median(values), min: Math.min(...values), max: Math.max(...values) };
  });
  return {
    columns: [
      { title: 'PART' },
      { title: 'MEDIAN', align: 'right' },
      { title: 'MIN', align: 'right' },
      { title: 'MAX', align: 'right' },
    ],
    rows: summary.map(({ title, ...values }) => [
      title,
      ...[values.median, values.min, values.max].map((value) => `${value} ms`),
    ]),
    notes: [
      `${RUNS} files of 100 rows, one after the other, after ${WARM_UP} to warm up.`,
      '"PUT to claim" holds the PUT itself and the polling of the queue.',
    ],
    data: summary,
  };
}
