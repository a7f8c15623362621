import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { awaitFiles } from '../../src/cli/await-files.ts';
import { forget, type ForgetAnswer } from '../../src/cli/commands/forget.ts';
import { operations } from '../../src/cli/commands/operations.ts';
import { pause, resume, type PauseAnswer } from '../../src/cli/commands/pause.ts';
import { redrive, type RedriveAnswer } from '../../src/cli/commands/redrive.ts';
import { inReplay, replay, type ReplayAnswer } from '../../src/cli/commands/replay.ts';
import { retry, type RetryAnswer } from '../../src/cli/commands/retry.ts';
import { status } from '../../src/cli/commands/status.ts';
import { waitingMessages } from '../../src/cli/operate/intake.ts';
import { outputsOf } from '../../src/cli/operate/outputs-of-file.ts';
import { localTarget } from '../../src/cli/target.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import type { Operation } from '../../src/shared/ledger/operation-log.ts';
import { answerOf, keptConsole } from '../support/kept-console.ts';
import { s3Event, s3Record } from '../support/s3-events.ts';
import { DeployedApp, E2E_STAGE } from './support/deployed-app.ts';
import { changeSettings } from './support/step-settings.ts';
import { EventSubscriber, eventually } from './support/test-queue.ts';

/** Receives of a message before it is given up, as `deploy-app.ts` sets it. */
const MAX_RECEIVES = 3;
const SINCE = 3_600_000;
const SEARCH = {
  since: SINCE,
  timeoutSeconds: 60,
  takeInterrupt: () => new AbortController().signal,
};

let app: DeployedApp;

beforeAll(async () => {
  app = await DeployedApp.open();
});

const get = async (file: Parameters<DeployedApp['deployment']['ledger']['get']>[0]) =>
  (await app.deployment.ledger.get(file))!;

const keysOf = async (item: LedgerItem): Promise<string[]> =>
  (await outputsOf(app.deployment, item)).map(({ key }) => key).sort();

describe('a fault that outlives all retries', () => {
  let subscriber: EventSubscriber;
  let file: UploadedFile;
  let failed: LedgerItem;
  let alarm: Alarm;
  let metric: number;

  beforeAll(async () => {
    alarm = await readAlarm();
    subscriber = await EventSubscriber.subscribe(
      app.endpoint,
      app.deployment.outputs.EventsTopicArn,
    );
    const before = await valueOf(alarm);
    const restore = await changeSettings(app.deployment.lambda, /StepsWrite(?!Split)/, {
      TARGET_BUCKET: 'no-such-bucket',
    });
    try {
      file = await app.put(`given-up/${randomUUID()}/file.csv`, 'a\n1\n');
      await eventually(async () => (await valueOf(alarm)) === before + 1, 90);
      [failed, metric] = [await get(file), await valueOf(alarm)];
    } finally {
      await restore();
    }
  }, 180_000);

  afterAll(() => subscriber.close());

  it('leaves the file FAILED in the ledger with a code and every attempt', () => {
    expect(failed).toMatchObject({ status: 'FAILED', attempt: MAX_RECEIVES });
    expect(failed.code).toBe('UNEXPECTED_ERROR');
    expect(failed.reason).toContain('NoSuchBucket');
    expect(failed.history!.map(({ status }) => status)).toEqual(
      Array.from({ length: MAX_RECEIVES }, () => 'FAILED'),
    );
  });

  it('meets the condition of the alarm with the real length of the dead-letter queue', () => {
    expect(alarm).toMatchObject({
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      comparison: 'GreaterThanOrEqualToThreshold',
      queueUrl: app.deployment.outputs.DeadLetterQueueUrl,
    });
    expect(metric).toBeGreaterThanOrEqual(alarm.threshold);
    expect(0).toBeLessThan(alarm.threshold);
  });

  it('tells subscribers of every failed attempt', async () => {
    const event = await subscriber.next(
      ({ data }) => data.file.fileId === file.fileId && data.attempt === MAX_RECEIVES,
    );
    expect(event.type).toBe('io.millrace.file.failed');
  });

  it('makes nothing visible', async () => {
    expect(await keysOf(failed)).toEqual([]);
  });

  it('leaves the letter alone when others are meant, or in a dry run', async () => {
    const before = await valueOf(alarm);
    for (const options of [{ prefix: 'elsewhere/' }, { dryRun: true }, { code: 'EMPTY_FILE' }]) {
      const answer = await answerOf<RedriveAnswer>((console) =>
        redrive(app.deployment, undefined, { json: true, ...options }, console),
      );
      expect(answer.operationId).toBeNull();
    }
    expect(await valueOf(alarm)).toBe(before);
  });

  it('is over after a redrive, whose file has all attempts in its history', async () => {
    const options = { json: true, reason: 'the bucket is back', yes: true };
    const { operationId, asked, malformed } = await answerOf<RedriveAnswer>((console) =>
      redrive(app.deployment, file.key, options, console),
    );
    expect(asked).toMatchObject([{ fileId: file.fileId, status: 'FAILED' }]);
    expect(malformed).toBe(0);

    const [item] = await app.awaitEnds([file]);
    expect(item).toMatchObject({ status: 'SUCCEEDED', attempt: MAX_RECEIVES + 1, rowsWritten: 1 });
    expect(item!.history!.map(({ status }) => status)).toEqual([
      ...Array.from({ length: MAX_RECEIVES }, () => 'FAILED'),
      'SUCCEEDED',
    ]);
    expect(item!.operations).toEqual([operationId]);
    expect(await app.records(item!)).toEqual([{ a: '1' }]);

    const console = keptConsole();
    await status(app.deployment, file.key, { since: SINCE, limit: 10 }, console);
    const shown = console.results.join('\n');
    expect(shown.match(/FAILED/g)).toHaveLength(MAX_RECEIVES);
    expect(shown).toContain('the bucket is back');

    const done = await answerOf<Operation[]>((console) =>
      operations(app.deployment, { limit: 100, json: true }, console),
    );
    expect(done.find((one) => one.operationId === operationId)).toMatchObject({
      action: 'redrive',
      reason: 'the bucket is back',
      by: expect.stringContaining('@') as string,
      filter: { file: file.key },
      files: 1,
      examples: [file.key],
    });
  }, 90_000);
});

describe('a rejected file whose cause is mended', () => {
  it('is tried again once, though it is asked for twice', async () => {
    const key = `retried/${randomUUID()}/file.csv`;
    const restore = await changeSettings(app.deployment.lambda, /StepsValidate/, {
      MAX_FILE_BYTES: '1',
    });
    let rejected: LedgerItem;
    try {
      rejected = await app.process(key, 'a\n1\n');
    } finally {
      await restore();
    }
    expect(rejected).toMatchObject({ status: 'REJECTED', code: 'FILE_TOO_LARGE', attempt: 1 });

    const options = { ...SEARCH, json: true, code: 'FILE_TOO_LARGE', prefix: 'retried/' } as const;
    const idle = await answerOf<RetryAnswer>((console) =>
      retry(app.deployment, undefined, options, console),
    );
    expect(idle).toMatchObject({
      operationId: null,
      left: [{ status: 'REJECTED', files: 1, why: 'it is tried again with --status REJECTED' }],
    });

    const asked = { ...options, status: 'REJECTED' } as const;
    await pause(app.deployment, {}, keptConsole());
    for (const round of [1, 2]) {
      const { retried } = await answerOf<RetryAnswer>((console) =>
        retry(app.deployment, key, { ...asked, reason: `round ${round}` }, console),
      );
      expect(retried).toMatchObject([{ fileId: rejected.fileId, status: 'REJECTED' }]);
    }
    await resume(app.deployment, {}, keptConsole());

    await eventually(async () => {
      const { status, duplicateEvents = 0 } = await get(fileOf(rejected));
      return duplicateEvents > 0 && status !== 'RUNNING';
    });
    const item = await get(fileOf(rejected));
    expect(item).toMatchObject({ status: 'SUCCEEDED', attempt: 2, rowsWritten: 1 });
    expect(item.history!.map(({ status }) => status)).toEqual(['REJECTED', 'SUCCEEDED']);
    expect(item.operations).toHaveLength(1);
  }, 120_000);
});

describe('a paused pipeline', () => {
  it('holds files back until it is resumed', async () => {
    const paused = await answerOf<PauseAnswer>((console) =>
      pause(app.deployment, { json: true, reason: 'a test' }, console),
    );
    expect(paused).toMatchObject({ paused: true, operationId: expect.any(String) as string });
    const file = await app.put(`paused/${randomUUID()}/file.csv`, 'a\n1\n');
    await eventually(async () => (await waitingMessages(app.deployment)).waiting > 0);
    await delay(1_500);
    expect(await app.deployment.ledger.get(file)).toBeUndefined();

    const again = await answerOf<PauseAnswer>((console) =>
      pause(app.deployment, { json: true }, console),
    );
    expect(again).toMatchObject({ paused: true, operationId: null, waiting: 1, inWork: 0 });
    const notes = keptConsole();
    await status(app.deployment, undefined, { since: SINCE, limit: 1 }, notes);
    expect(notes.notes.join('\n')).toContain('The pipeline is paused, and 1 messages wait');

    await resume(app.deployment, {}, keptConsole());
    const [item] = await app.awaitEnds([file]);
    expect(item).toMatchObject({ status: 'SUCCEEDED', attempt: 1 });
  }, 90_000);
});

describe('a replay', () => {
  it('makes a second set of outputs and leaves the first, and its ledger items, as they were', async () => {
    const prefix = `replayed/${randomUUID()}/`;
    const bodies = ['a,b\n1,2\n3\n', 'a,b\n3,4\n5,6\n'];
    const files = await Promise.all(
      bodies.map((body, index) => app.put(`${prefix}${index}.csv`, body)),
    );
    const originals = await app.awaitEnds(files);
    const outputsBefore = await Promise.all(
      originals.map((item) => outputsOf(app.deployment, item)),
    );
    const days = originals.map(({ arrivedAt }) => arrivedAt.slice(0, 10)).sort();
    const options = { as: 'again', prefix, json: true } as const;
    const { replayed } = await answerOf<ReplayAnswer>((console) =>
      replay(app.deployment, days, options, console),
    );
    expect(replayed).toHaveLength(2);

    const inAgain = originals.map((item) =>
      inReplay(item, 'again', app.deployment.outputs.TargetBucketName),
    );
    const ends = await awaitFiles(app.deployment, inAgain, { timeoutSeconds: 60 });
    for (const [index, original] of originals.entries()) {
      const end = ends[index]!;
      expect(end).toMatchObject({ status: 'SUCCEEDED', attempt: 1, replay: 'again' });
      expect(end.contentHash).toBe(original.contentHash);
      for (const key of ['processedKey', 'rejectedKey'] as const) {
        expect(end[key] === null).toBe(original[key] === null);
        if (!end[key]) continue;
        expect(end[key]).toMatch(/^replays\/again\/(processed|rejected)\/dataset=/);
        expect((await app.read(end[key])).equals(await app.read(original[key]!))).toBe(true);
      }
      expect(await get(fileOf(original))).toEqual(original);
      expect(await outputsOf(app.deployment, original)).toEqual(outputsBefore[index]);
    }

    const listed = await answerOf<LedgerItem[]>((console) =>
      status(
        app.deployment,
        undefined,
        { since: SINCE, limit: 9, replay: 'again', json: true },
        console,
      ),
    );
    expect(listed.map(({ fileId }) => fileId).sort()).toEqual(
      inAgain.map(({ fileId }) => fileId).sort(),
    );
    const once = await answerOf<ReplayAnswer>((console) =>
      replay(app.deployment, days, options, console),
    );
    expect(once).toMatchObject({ operationId: null, replayed: [] });
    expect(once.leftAlone).toHaveLength(2);
  }, 120_000);
});

describe('a file that is forgotten', () => {
  it('has no output left in any version, and is not processed when its event comes again', async () => {
    const item = await app.process(`forgotten/${randomUUID()}/file.csv`, 'a,b\n1,2\n3\n');
    const file = fileOf(item);
    expect(await keysOf(item)).toEqual(
      [item.manifestKey, item.processedKey, item.rejectedKey].sort(),
    );

    const refused = keptConsole();
    expect(await forget(app.deployment, file.key, { since: SINCE }, refused)).toBe(1);
    expect(refused.results.join()).toContain('3 object versions would be removed');
    expect(await get(file)).toEqual(item);

    const { operationId, outputs } = await answerOf<ForgetAnswer>((console) =>
      forget(app.deployment, file.key, { since: SINCE, yes: true, json: true }, console),
    );
    expect(outputs).toHaveLength(3);
    expect(await outputsOf(app.deployment, item)).toEqual([]);
    expect(await get(file)).toMatchObject({ status: 'FORGOTTEN', operations: [operationId] });

    const { versionId, etag, size, sequencer } = item;
    const object = { versionId, eTag: etag, size, sequencer };
    const MessageBody = s3Event(s3Record({ bucket: file.bucket, key: file.key, object }));
    const { IngestQueueUrl: QueueUrl } = app.deployment.outputs;
    await app.deployment.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await eventually(async () => ((await get(file)).duplicateEvents ?? 0) > 0);
    expect(await get(file)).toMatchObject({ status: 'FORGOTTEN', attempt: 1 });
    expect(await outputsOf(app.deployment, item)).toEqual([]);
  }, 90_000);
});

const fileOf = ({ source, fileId }: LedgerItem) => {
  const [bucket = '', ...key] = source.split('/');
  return { bucket, key: key.join('/'), fileId };
};

/** An alarm as it is deployed. */
interface Alarm {
  readonly namespace: string;
  readonly metric: string;
  readonly comparison: string;
  readonly threshold: number;
  readonly queueUrl: string;
}

/** The alarm that tells of files given up, from the template of the stack. */
async function readAlarm(): Promise<Alarm> {
  const client = new CloudFormationClient(localTarget(E2E_STAGE, app.endpoint).clientConfig);
  const StackName = app.deployment.stackName;
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
  const { Resources } = JSON.parse(TemplateBody!) as {
    Resources: Record<string, { Properties: AlarmProperties }>;
  };
  const [, { Properties }] = Object.entries(Resources).find(([id]) => id.includes('FilesGivenUp'))!;
  const [{ Value }] = Properties.Dimensions;
  const LogicalResourceId = Value['Fn::GetAtt'][0];
  const { StackResourceDetail } = await client.send(
    new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
  );
  return {
    namespace: Properties.Namespace,
    metric: Properties.MetricName,
    comparison: Properties.ComparisonOperator,
    threshold: Properties.Threshold,
    queueUrl: StackResourceDetail!.PhysicalResourceId!,
  };
}

interface AlarmProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly Dimensions: readonly [{ readonly Value: { readonly 'Fn::GetAtt': [string, string] } }];
}

/** What SQS would report to CloudWatch as the alarm's metric. */
async function valueOf({ queueUrl }: Alarm): Promise<number> {
  const { Attributes = {} } = await app.deployment.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    }),
  );
  return Number(Attributes.ApproximateNumberOfMessages);
}
