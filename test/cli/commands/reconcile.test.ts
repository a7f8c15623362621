import { S3Client } from '@aws-sdk/client-s3';
import type { SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import { reconcile, type ReconcileOptions } from '../../../src/cli/commands/reconcile.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { Operation } from '../../../src/shared/ledger/operation-log.ts';
import { keptConsole } from '../../support/kept-console.ts';

const NOW = new Date('2026-11-20T16:00:00.000Z');
const OPTIONS: ReconcileOptions = { since: 86_400_000, grace: 300_000 };

interface Call {
  readonly constructor: { readonly name: string };
  readonly input: SendMessageBatchCommandInput;
}

/** A deployment whose bucket holds so many files that its ledger does not know. */
function deploymentThat({ misses, waiting = 0 }: { misses: number; waiting?: number }) {
  /** What was done, in its order. */
  const done: string[] = [];
  const operations: Operation[] = [];
  const s3 = new S3Client({ region: 'us-east-1' });
  const Versions = Array.from({ length: misses }, (_, index) => ({
    Key: `in/${index}.csv`,
    VersionId: 'v1',
    ETag: '"abc"',
    Size: 1_234,
    LastModified: new Date('2026-11-20T15:00:00.000Z'),
  }));
  s3.middlewareStack.add(
    () => () => Promise.resolve({ response: {}, output: { $metadata: {}, Versions } }),
    { step: 'initialize' },
  );
  const sqs = {
    send: ({ constructor, input }: Call) => {
      if (constructor.name === 'GetQueueAttributesCommand') {
        return Promise.resolve({ Attributes: { ApproximateNumberOfMessages: String(waiting) } });
      }
      done.push(...input.Entries!.map(() => 'request'));
      return Promise.resolve({});
    },
  };
  const record = (operation: Operation): Promise<void> => {
    operations.push(operation);
    done.push('record');
    return Promise.resolve();
  };
  const ledger = { existing: () => [] };
  const outputs = { SourceBucketName: 'source', IngestQueueUrl: 'queue' };
  const made = { s3, sqs, ledger, operationLog: { record }, outputs, stackName: 'Millrace-test' };
  return { deployment: made as unknown as Deployment, done, operations };
}

async function run(
  fake: ReturnType<typeof deploymentThat>,
  options: Partial<ReconcileOptions> = {},
) {
  const console = keptConsole();
  const exitCode = await reconcile(fake.deployment, { ...OPTIONS, ...options }, console, NOW);
  return { exitCode, result: console.results.join('\n'), notes: console.notes.join('\n') };
}

it('requests few files at once, and records that before it does', async () => {
  const fake = deploymentThat({ misses: 2 });

  const { exitCode, result, notes } = await run(fake, { reason: 'a test', prefix: 'in/' });

  expect(exitCode).toBe(0);
  expect(result).toMatch(/^in\/0\.csv +MISSED +1,234 +2026-11-20 15:00:00Z +v1$/m);
  expect(fake.done).toEqual(['record', 'request', 'request']);
  expect(fake.operations).toEqual([
    expect.objectContaining({
      action: 'reconcile',
      at: NOW.toISOString(),
      by: expect.stringMatching(/^.+@.+$/) as string,
      reason: 'a test',
      filter: {
        since: '2026-11-19T16:00:00.000Z',
        until: '2026-11-20T15:55:00.000Z',
        prefix: 'in/',
      },
      files: 2,
      examples: ['in/0.csv', 'in/1.csv'],
    }),
  ]);
  expect(notes).toContain(`Asked for 2 files. Operation: ${fake.operations[0]!.operationId}`);
});

it.each([
  ['a dry run of few files', 10, { dryRun: true }, 0, 'this is a dry run'],
  ['many files, unconfirmed', 11, {}, 1, 'these are 11 files. Give --yes to go on.'],
  ['a dry run of many files, confirmed', 11, { dryRun: true, yes: true }, 0, 'a dry run'],
])('%s: nothing is done, and it says so', async (_, misses, options, code, note) => {
  const fake = deploymentThat({ misses });

  const { exitCode, notes } = await run(fake, options);

  expect(exitCode).toBe(code);
  expect(fake.done).toEqual([]);
  expect(notes).toContain('Nothing was done');
  expect(notes).toContain(note);
});

it('requests many files when it is confirmed', async () => {
  const fake = deploymentThat({ misses: 101 });

  const { result } = await run(fake, { yes: true });

  expect(fake.done.filter((each) => each === 'request')).toHaveLength(101);
  expect(result).toContain('and 1 more; --json shows all');
});

it('says that some may only wait in the queue', async () => {
  const { notes } = await run(deploymentThat({ misses: 1, waiting: 1_500 }));

  expect(notes).toContain(
    '1,500 messages wait in the ingest queue; some of these files may be among them. Asking for them again does no harm.',
  );
});

it('does nothing where nothing was missed, however full the queue is', async () => {
  const fake = deploymentThat({ misses: 0, waiting: 5 });

  const { result, notes } = await run(fake, { yes: true });

  expect(result).toBe(
    'No file was missed: 0 file versions arrived from 2026-11-19 16:00:00Z to 2026-11-20 15:55:00Z.',
  );
  expect(notes).toBe('');
  expect(fake.done).toEqual([]);
});

it('answers in JSON with every file and the operation', async () => {
  const fake = deploymentThat({ misses: 3 });

  const { result } = await run(fake, { json: true });

  const answer = JSON.parse(result) as { operationId: string; files: unknown[] };
  expect(answer.operationId).toBe(fake.operations[0]!.operationId);
  expect(answer.files).toHaveLength(3);
  expect(answer.files[0]).toMatchObject({ key: 'in/0.csv', mismatch: 'MISSED', versionId: 'v1' });
});
