import { randomUUID } from 'node:crypto';
import { readConfig } from '../../infra/config.ts';
import { uploadBytes } from '../../src/cli/upload-file.ts';
import { backOffSeconds } from '../../src/pipeline/dispatch/back-off.ts';
import type { AttemptRecord } from '../../src/shared/ledger/ledger-item.ts';
import { changeSettings } from '../e2e/support/step-settings.ts';
import { eventually, queueDepth } from '../e2e/support/test-queue.ts';
import { BenchApp } from './bench-app.ts';
import { median, type BenchOptions, type BenchResult } from './bench-result.ts';

const FILES = 10;
/** All tries and waits of a file that cannot be written, generously. */
const GIVEN_UP_SECONDS = 400;

/** The settings as they are by default: how long files wait, and how often they are tried. */
const { retryBaseSeconds, retryMaxSeconds, maxReceiveCount } = readConfig({
  getAllContext: () => ({}),
});

/** Waits before the tries of one file, in seconds: from the end of one to the start of the next. */
type Waits = readonly number[];

/** How long files that cannot be written wait between their tries, until they are given up. */
export async function redelivery({ quick }: BenchOptions): Promise<BenchResult> {
  const tries = quick ? 3 : maxReceiveCount;
  return describe(await BenchApp.use({ maxReceiveCount: tries }, (app) => measure(app, tries)));
}

async function measure({ deployment }: BenchApp, tries: number): Promise<Waits[]> {
  const { DeadLetterQueueUrl } = deployment.outputs;
  // So that no file can be written.
  await changeSettings(deployment.lambda, /StepsWrite(?!Split)/, {
    TARGET_BUCKET: 'no-such-bucket',
  });
  const files = await Promise.all(
    Array.from({ length: FILES }, () =>
      uploadBytes(deployment, Buffer.from('a\n1\n'), `redelivery/${randomUUID()}.csv`),
    ),
  );
  const isGivenUp = async (): Promise<boolean> =>
    (await queueDepth(deployment.sqs, DeadLetterQueueUrl)) === FILES;
  await eventually(isGivenUp, GIVEN_UP_SECONDS);
  const items = await Promise.all(files.map((file) => deployment.ledger.get(file)));
  return items.map((item) => {
    const { history = [] } = item ?? {};
    if (history.length !== tries) throw new Error(`${history.length} tries instead of ${tries}`);
    return waitsBetween(history);
  });
}

function waitsBetween(history: readonly AttemptRecord[]): Waits {
  return history
    .slice(1)
    .map(
      ({ startedAt }, index) =>
        (Date.parse(startedAt) - Date.parse(history[index]!.endedAt)) / 1_000,
    );
}

function describe(files: readonly Waits[]): BenchResult {
  const backOff = { baseSeconds: retryBaseSeconds, maxSeconds: retryMaxSeconds };
  const data = files[0]!.map((_, index) => {
    const waits = files.map((each) => each[index]!);
    return {
      try: index + 2,
      documentedSeconds: [0, 1].map((random) => backOffSeconds(index + 1, backOff, random)),
      leastSeconds: Math.min(...waits),
      medianSeconds: median(waits),
      mostSeconds: Math.max(...waits),
    };
  });
  return {
    columns: [
      { title: 'TRY', align: 'right' },
      { title: 'DOCUMENTED WAIT', align: 'right' },
      ...(['LEAST', 'MEDIAN', 'MOST'] as const).map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    rows: data.map((row) => [
      String(row.try),
      `${row.documentedSeconds.join(' to ')} s`,
      ...[row.leastSeconds, row.medianSeconds, row.mostSeconds].map(
        (wait) => `${wait.toFixed(1)} s`,
      ),
    ]),
    notes: [
      `${FILES} files that cannot be written. From the end of a try to the start of the next, which holds the poll of the queue too.`,
    ],
    data,
  };
}
