import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../infra/local/local-aws.ts';
import { reconcile, type ReconcileAnswer } from '../../src/cli/commands/reconcile.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import type { Findings } from '../../src/reconcile/findings.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import type { Operation } from '../../src/shared/ledger/operation-log.ts';
import { answerOf } from '../support/kept-console.ts';
import { DeployedApp } from './support/deployed-app.ts';

const prefix = `reconcile/${randomUUID()}/`;
const OVERWRITTEN = `${prefix}overwritten.csv`;
const ODD = `${prefix}größe a b+c.csv`;
const DELETED = `${prefix}deleted.csv`;
const HOUR_MILLISECONDS = 3_600_000;

let app: DeployedApp;
/** Put while the source bucket told nobody. */
let missed: UploadedFile[];

/** Runs the command on the files of this test. */
async function reconciled(options: { dryRun?: boolean } = {}): Promise<ReconcileAnswer> {
  const all = { since: HOUR_MILLISECONDS, grace: 0, prefix, reason: 'a test', json: true };
  return answerOf<ReconcileAnswer>(async (console) => {
    expect(await reconcile(app.deployment, { ...all, ...options }, console)).toBe(0);
  });
}

/** Runs the function that looks every day, on the files of this test. */
async function invokeFunction(): Promise<Findings> {
  const config = { endpoint: app.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const client = new LambdaClient(config);
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    const found = Functions.find(({ FunctionName = '' }) => FunctionName.includes('Reconcile'));
    if (found === undefined) continue;
    const { Payload } = await client.send(
      new InvokeCommand({
        FunctionName: found.FunctionName,
        Payload: JSON.stringify({ prefix, graceMinutes: 0 }),
      }),
    );
    return JSON.parse(Payload!.transformToString()) as Findings;
  }
  throw new Error('no function Reconcile');
}

/** The latest operation by somebody. */
async function latestOperation(by: RegExp): Promise<Operation> {
  for await (const operation of app.deployment.operationLog.newestFirst()) {
    if (by.test(operation.by)) return operation;
  }
  throw new Error(`no operation by ${String(by)}`);
}

/** Does something while the source bucket tells nobody of new objects. */
async function withoutNotifications(work: () => Promise<void>): Promise<void> {
  const Bucket = app.deployment.outputs.SourceBucketName;
  const { TopicConfigurations } = await app.s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket }),
  );
  const configure = (NotificationConfiguration: NotificationConfiguration) =>
    app.s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
    );
  expect(TopicConfigurations).toBeDefined();
  await configure({});
  try {
    await work();
  } finally {
    await configure({ TopicConfigurations });
  }
}

beforeAll(async () => {
  app = await DeployedApp.open();
  const before = await app.put(`${prefix}before.csv`, 'a\n1\n');
  await withoutNotifications(async () => {
    missed = [
      await app.put(`${prefix}plain.csv`, 'a,b\n1,2\n3,4\n'),
      await app.put(OVERWRITTEN, 'a\nold\n'),
      await app.put(OVERWRITTEN, 'a\nnew\n'),
      await app.put(ODD, 'a\nodd\n'),
      await app.put(DELETED, 'a\ngone\n'),
    ];
    const Bucket = app.deployment.outputs.SourceBucketName;
    await app.s3.send(new DeleteObjectCommand({ Bucket, Key: DELETED }));
  });
  const after = await app.put(`${prefix}after.csv`, 'a\n1\n');
  await app.awaitEnds([before, after]);
}, 120_000);

const idsOf = (files: readonly { readonly fileId: string }[]): string[] =>
  files.map(({ fileId }) => fileId).sort();

describe('files that were put while the source bucket told nobody', () => {
  it('are counted by the function, which requests none of them and leaves a trace', async () => {
    const findings = await invokeFunction();

    expect(findings).toMatchObject({ looked: 7, missed: 5, stuck: 0, reachedKey: null });
    expect(findings.examples.toSorted()).toEqual(missed.map(({ key }) => key).toSorted());
    expect(await latestOperation(/^reconcile function$/)).toMatchObject({
      action: 'reconcile',
      filter: { prefix },
      files: 5,
      examples: findings.examples,
    });
  });

  it('are shown by a dry run, which requests none of them either', async () => {
    const { operationId, files } = await reconciled({ dryRun: true });

    expect(operationId).toBeNull();
    expect(idsOf(files)).toEqual(idsOf(missed));
    expect(await app.deployment.ledger.get(missed[0]!)).toBeUndefined();
  });

  it('are requested, exactly they, every version of them is processed, and none is left', async () => {
    const { operationId, files } = await reconciled();
    const items = await app.awaitEnds(missed);

    expect(idsOf(files)).toEqual(idsOf(missed));
    expect(new Set(files.map(({ mismatch }) => mismatch))).toEqual(new Set(['MISSED']));
    expect(items.map(({ status, attempt }) => `${status} ${attempt}`)).toEqual(
      missed.map(() => 'SUCCEEDED 1'),
    );
    expect(items.map(({ operations }) => operations)).toEqual(missed.map(() => [operationId]));
    expect(await Promise.all(items.map((item: LedgerItem) => app.records(item)))).toEqual([
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
      [{ a: 'old' }],
      [{ a: 'new' }],
      [{ a: 'odd' }],
      [{ a: 'gone' }],
    ]);
    expect(await latestOperation(/@/)).toMatchObject({
      operationId,
      action: 'reconcile',
      reason: 'a test',
      files: 5,
    });
    expect(await reconciled()).toEqual({ operationId: null, files: [], unsent: [] });
  }, 150_000);
});
