import { randomUUID } from 'node:crypto';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as delay } from 'node:timers/promises';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../infra/local/local-aws.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import { Dimension, WindowKind } from '../../src/shared/live-stats/live-stats-item.ts';
import { LiveStatsReader } from '../../src/shared/live-stats/live-stats-reader.ts';
import { Random } from '../bench/random.ts';
import { eventually as find } from '../support/eventually.ts';
import {
  applicationEvents,
  chunksOf,
  Publisher,
  type ApplicationEvent,
} from './support/application-events.ts';
import { DeployedApp } from './support/deployed-app.ts';
import { EventStream } from './support/event-stream.ts';
import { countBySource, readWindows, windowsOf, type Windows } from './support/live-windows.ts';
import { EventSubscriber, queueDepth, receive, send, sqsClient } from './support/test-queue.ts';
import { killWorkers } from './support/workers.ts';

/** Size of the large run; the full one has 20,000 events and 500 files. */
const EVENTS = Number(process.env.ANALYTICS_EVENTS ?? 2_000);
const FILES = Number(process.env.ANALYTICS_FILES ?? 30);
/** Seed of the large run, which prints it. */
const SEED = Number(process.env.ANALYTICS_SEED ?? Date.now() % 1_000_000);
const LARGE_SECONDS = 60 + (EVENTS + 20 * FILES) / 50;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let app: DeployedApp;
let clients: { endpoint: string; region: string; credentials: typeof LOCAL_CREDENTIALS };
let sqs: SQSClient;
let kinesis: KinesisClient;
let stream: EventStream;
let reader: LiveStatsReader;
let publisher: Publisher;
let subscriber: EventSubscriber;

beforeAll(async () => {
  app = await DeployedApp.open();
  clients = { endpoint: app.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const { outputs } = app.deployment;
  sqs = sqsClient(app.endpoint);
  kinesis = new KinesisClient(clients);
  const lambda = new LambdaClient(clients);
  stream = await EventStream.open({ kinesis, lambda }, outputs.EventsStreamName);
  reader = new LiveStatsReader(outputs.LiveStatsTableName, new DynamoDBClient(clients));
  publisher = new Publisher(new SNSClient(clients), outputs.EventsTopicArn);
  const ends = { status: ['SUCCEEDED', 'REJECTED'] };
  subscriber = await EventSubscriber.subscribe(app.endpoint, outputs.EventsTopicArn, ends);
});

afterAll(async () => {
  await subscriber.close();
  // Its connections would keep the process alive.
  kinesis.destroy();
});

/** A word that marks all that a test publishes; letters only, so that it stays whole in a dataset. */
const newRun = (): string =>
  `run${randomUUID().replaceAll(/[-\d]/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')}`;

/** Waits until the live statistics of a time say what they must; fails with the difference. */
async function expectWindows(
  expected: Windows,
  { run, from, to }: { run: string; from: Date; to: Date },
  seconds = 30,
): Promise<void> {
  const total = (windows: Windows): number =>
    Object.values(windows).reduce((sum, { events }) => sum + events, 0);
  let counted: Windows = {};
  await find(
    'all events are counted',
    async () => {
      counted = await readWindows(reader, { run, from, to });
      return total(counted) >= total(expected) || undefined;
    },
    seconds,
  ).catch(() => undefined);
  expect(counted).toEqual(expected);
}

const csv = (rows: number, rejects: number): string =>
  [
    'id,note',
    ...Array.from({ length: rows }, (_, row) => (row < rejects ? `${row},too,many` : `${row},x`)),
  ].join('\n') + '\n';

interface Made {
  readonly file: UploadedFile;
  readonly size: number;
  readonly rows: number;
  readonly rejects: number;
}

async function putFile(run: string, index: number): Promise<Made> {
  const [rows, rejects] = [20 + (index % 7), index % 3];
  const body = csv(rows, rejects);
  const file = await app.put(`analytics/${run}-${index}.csv`, body);
  return { file, size: Buffer.byteLength(body), rows, rejects };
}

/** What the windows must say of files by their dataset, at the times at which their ends were told. */
async function windowsOfFiles(files: readonly Made[]): Promise<Windows> {
  const ends: ApplicationEvent[] = [];
  for (const { file, size, rows, rejects } of files) {
    const event = await subscriber.next(({ data }) => data.file.fileId === file.fileId);
    const data = { dataset: event.data.dataset!, status: '', bytes: size, rows, rejects };
    ends.push({ ...event, subject: file.key, data });
  }
  const windows = Object.entries(windowsOf(ends));
  return Object.fromEntries(windows.filter(([key]) => key.includes(' dataset=')));
}

describe('files', () => {
  it('are counted with their rows, bytes, rejects and latency when they end', async () => {
    const run = newRun();
    const from = new Date();
    const files = await Promise.all([0, 1, 2].map((index) => putFile(run, index)));
    await app.awaitEnds(files.map(({ file }) => file));

    const span = { run, from, to: new Date() };
    await expectWindows(await windowsOfFiles(files), span);
    const [window] = await reader.windows(from, span.to, {
      kind: WindowKind.HOUR,
      by: Dimension.DATASET,
    });
    expect(window!.groups.find(({ value }) => value.includes(run))!.latency).toBeDefined();
  }, 90_000);
});

describe('events of an application', () => {
  it('are counted by type, source, dataset and status, each once', async () => {
    const run = newRun();
    const end = new Date(Date.now() - HOUR);
    const events = applicationEvents(run, { count: 40, minutes: 5, end, random: new Random(1) });

    await publisher.publish([...events, ...events.slice(0, 10)]);

    const from = new Date(end.getTime() - 6 * MINUTE);
    await expectWindows(windowsOf(events), { run, from, to: end });
  });

  it('that are too late or from the future are counted apart', async () => {
    const run = newRun();
    const now = Date.now();
    const [late, future] = [now - 25 * HOUR, now + 10 * MINUTE].map((time) =>
      applicationEvents(run, {
        count: 1,
        minutes: 0,
        end: new Date(time),
        random: new Random(time),
      }),
    );
    await publisher.publish(late!);
    await publisher.publish(future!.map((event) => ({ ...event, id: `${event.id}-future` })));

    const span = { run, from: new Date(now - HOUR), to: new Date(now + HOUR) };
    for (const kind of [WindowKind.LATE, WindowKind.FUTURE]) {
      await find(
        `an event of the kind ${kind}`,
        async () => (await countBySource(reader, { ...span, kind })) || undefined,
        30,
      );
    }
    const everywhere = { run, from: new Date(now - 27 * HOUR), to: new Date(now + HOUR) };
    expect(await readWindows(reader, everywhere)).toEqual({});
  });
});

describe('the dead-letter queue', () => {
  /** The next message, with its attributes. */
  const nextDeadLetter = (): Promise<Message> =>
    find(
      'a dead letter',
      async () => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: app.deployment.outputs.AnalyticsDeadLetterQueueUrl,
            MessageAttributeNames: ['All'],
            VisibilityTimeout: 0,
          }),
        );
        return Messages[0];
      },
      30,
    );
  const attributesOf = ({ MessageAttributes = {} }: Message): Record<string, string | undefined> =>
    Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    );

  afterEach(() => receive(sqs, app.deployment.outputs.AnalyticsDeadLetterQueueUrl));

  it('gets a message that is no event, with code and reason', async () => {
    const message = `{"specversion":"1.0","id":"${newRun()}","type":"a"}`;
    await publisher.publish([message]);

    const letter = await nextDeadLetter();
    expect(letter.Body).toBe(message);
    expect(attributesOf(letter)).toEqual({
      code: 'MALFORMED_EVENT',
      reason: expect.stringContaining('source') as string,
    });
  });

  it('gets an event that is too large for the stream', async () => {
    const [event] = applicationEvents(newRun(), {
      count: 1,
      minutes: 1,
      end: new Date(),
      random: new Random(3),
    });
    const text = JSON.stringify({ ...event, filler: '' });
    const body = JSON.stringify({ ...event, filler: 'x'.repeat(1_048_576 - text.length) });
    await send(sqs, app.deployment.outputs.AnalyticsQueueUrl, body);

    const letter = await nextDeadLetter();
    expect(letter.Body).toHaveLength(1_048_576);
    expect(attributesOf(letter)).toMatchObject({ code: 'OVERSIZE_EVENT' });
  });
});

/** Log lines of Analyse that have a text. */
async function logLines(text: string): Promise<string[]> {
  const lambda = new LambdaClient(clients);
  const { LoggingConfig } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: stream.analyse }),
  );
  const { events = [] } = await app.deployment.logs.send(
    new FilterLogEventsCommand({ logGroupName: LoggingConfig!.LogGroup!, limit: 10_000 }),
  );
  return events.map(({ message }) => message ?? '').filter((line) => line.includes(text));
}

describe('a record that is no event', () => {
  it('ends alone at the destination of failures, its reason in the log; the shard goes on', async () => {
    const run = newRun();
    const end = new Date(Date.now() - HOUR);
    const events = applicationEvents(run, { count: 30, minutes: 2, end, random: new Random(4) });
    const texts = events.map((event) => JSON.stringify(event));
    await stream.setReading(false);
    for (const text of texts.slice(0, 13)) await stream.put(text, { key: run });
    const poison = await stream.put(`poison ${run}`, { key: run });
    for (const text of texts.slice(13)) await stream.put(text, { key: run });
    await stream.setReading(true);

    const from = new Date(end.getTime() - 3 * MINUTE);
    await expectWindows(windowsOf(events), { run, from, to: end });
    const queueUrl = app.deployment.outputs.AnalyticsFailuresQueueUrl;
    const [failure] = await find(
      'the failure is told',
      async () => {
        const messages = await receive(sqs, queueUrl);
        return messages.length > 0 ? messages : undefined;
      },
      60,
    );
    expect(JSON.parse(failure!.Body!)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      KinesisBatchInfo: {
        batchSize: 1,
        startSequenceNumber: poison,
        endSequenceNumber: poison,
        streamArn: stream.arn,
      },
    });
    const [line] = await logLines(poison);
    expect(line).toContain('MALFORMED_RECORD');
    expect(line).toContain('not JSON');

    // What comes after it is counted too.
    const later = applicationEvents(`${run}later`, {
      count: 5,
      minutes: 1,
      end,
      random: new Random(5),
    });
    await publisher.publish(later);
    await expectWindows(windowsOf(later), { run: `${run}later`, from, to: end });
    expect(await queueDepth(sqs, queueUrl)).toBe(0);
  }, 150_000);
});

describe(`${EVENTS} events and ${FILES} files, shuffled, with 5 % duplicates`, () => {
  const random = new Random(SEED);
  const run = newRun();
  const end = new Date(Date.now() - 2 * HOUR);
  const span = { run: `/${run}/`, from: new Date(end.getTime() - HOUR), to: end };
  const everyDimension = { ...span, run };
  const events = applicationEvents(run, { count: EVENTS, minutes: 30, end, random });
  let began: Date;
  let files: Made[];
  let kills = 0;
  let objectsBefore: number;

  const objectsCreated = async (): Promise<number> => {
    const windows = await reader.windows(began, new Date(), {
      kind: WindowKind.HOUR,
      by: Dimension.TYPE,
    });
    const groups = windows.flatMap((window) => window.groups);
    return groups
      .filter(({ value }) => value === 'io.millrace.object.created')
      .reduce((sum, group) => sum + group.events, 0);
  };

  /**
   * Kills Analyse at random moments until told to stop; not before it has counted more, because a record
   * that fails too often in a row is given up.
   */
  async function killAnalyse(signal: AbortSignal): Promise<void> {
    let before = 0;
    while (!signal.aborted) {
      await delay(random.below(1_500));
      const counted = await countBySource(reader, { ...span, kind: WindowKind.HOUR });
      if (counted === before) continue;
      before = counted;
      kills += killWorkers(stream.analyse);
    }
  }

  async function publishAll(): Promise<void> {
    const again = events.filter(() => random.chance(0.05));
    const all = shuffled([...events, ...again], random);
    const parts = chunksOf(all, Math.ceil(all.length / 10));
    for (const [index, part] of parts.entries()) {
      await publisher.publish(part);
      if (index === 5) await stream.split();
    }
  }

  /** Puts the files, some at a time: every one of them takes several functions. */
  async function putFiles(): Promise<Made[]> {
    const made: Made[] = [];
    for (const indexes of chunksOf([...Array(FILES).keys()], 15)) {
      const some = await Promise.all(indexes.map((index) => putFile(run, index)));
      await app.awaitEnds(some.map(({ file }) => file));
      made.push(...some);
    }
    return made;
  }

  beforeAll(async () => {
    began = new Date();
    objectsBefore = await objectsCreated();
    const killer = new AbortController();
    const killing = killAnalyse(killer.signal);
    const publishing = publishAll();
    files = await putFiles();
    await publishing;
    await find(
      'most events are counted',
      async () =>
        (await countBySource(reader, { ...span, kind: WindowKind.HOUR })) > EVENTS * 0.9 ||
        undefined,
      LARGE_SECONDS,
    );
    killer.abort();
    await killing;
    const seconds = Math.round((Date.now() - began.getTime()) / 1_000);
    process.stdout.write(`seed ${SEED}: ${kills} kills of Analyse in ${seconds} s\n`);
  }, LARGE_SECONDS * 3_000);

  it(
    'are counted exactly once in every window, although Analyse was killed again and again',
    async () => {
      await expectWindows(windowsOf(events), everyDimension, LARGE_SECONDS);
      expect(kills).toBeGreaterThan(0);
    },
    LARGE_SECONDS * 1_000,
  );

  it('the files as well', async () => {
    const inWindows = await windowsOfFiles(files);

    await expectWindows(inWindows, { run, from: began, to: new Date() });
    expect(await objectsCreated()).toBe(objectsBefore + FILES);
  }, 90_000);

  it('nothing was given up', async () => {
    const { AnalyticsDeadLetterQueueUrl, AnalyticsFailuresQueueUrl } = app.deployment.outputs;

    expect(await queueDepth(sqs, AnalyticsDeadLetterQueueUrl)).toBe(0);
    expect(await queueDepth(sqs, AnalyticsFailuresQueueUrl)).toBe(0);
  });

  it(
    'a replay of the whole stream from its horizon changes nothing',
    async () => {
      const before = await readWindows(reader, everyDimension);
      const objects = await objectsCreated();
      await stream.setReading(false);
      const last = await putLastEvents();
      const stop = await stream.replay();
      try {
        // They are behind all others of their shards, so that these were read before.
        await expectWindows(windowsOf(last), { ...span, run: `${run}last` }, LARGE_SECONDS);
      } finally {
        await stop();
        await stream.setReading(true);
      }

      expect(withoutLast(await readWindows(reader, everyDimension))).toEqual(before);
      expect(await objectsCreated()).toBe(objects);
    },
    LARGE_SECONDS * 1_000,
  );

  /** Puts an event at the end of every shard. */
  async function putLastEvents(): Promise<ApplicationEvent[]> {
    const shards = await stream.openShards();
    const last = applicationEvents(`${run}last`, {
      count: shards.length,
      minutes: 1,
      end,
      random,
    });
    for (const [index, { HashKeyRange }] of shards.entries()) {
      const hashKey = HashKeyRange!.StartingHashKey!;
      await stream.put(JSON.stringify(last[index]), { key: run, hashKey });
    }
    return last;
  }

  const withoutLast = (windows: Windows): Windows =>
    Object.fromEntries(Object.entries(windows).filter(([key]) => !key.includes(`${run}last`)));
});

/** A random order of values (Fisher and Yates). */
function shuffled<T>(values: readonly T[], random: Random): T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
