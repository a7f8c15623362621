import { S3Client, type DeleteObjectsCommandInput } from '@aws-sdk/client-s3';
import { forget, type ForgetOptions } from '../../../src/cli/commands/forget.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { ledgerItem, ledgerOf } from '../../support/ledger-items.ts';

const SINCE = 3_600_000;
const original = ledgerItem('in/a.csv', { fileId: 'f0'.repeat(8) });
const replayed = ledgerItem('in/a.csv', { fileId: 'f1'.repeat(8), replay: 'again' });

/** A deployment that knows so many files, each with one object under every prefix that is listed. */
function deploymentWith(items: readonly LedgerItem[]) {
  const deleted: string[] = [];
  const s3 = new S3Client({ region: 'us-east-1' });
  s3.middlewareStack.add(
    (_, { commandName }) =>
      ({ input }) => {
        const { Prefix, Delimiter, Delete } = input as DeleteObjectsCommandInput & {
          Prefix: string;
          Delimiter?: string;
        };
        if (commandName === 'DeleteObjectsCommand') {
          deleted.push(...Delete!.Objects!.map(({ Key }) => Key!));
        }
        const Versions = Delimiter === undefined ? [{ Key: Prefix, VersionId: 'v1' }] : [];
        return Promise.resolve({ response: {}, output: { $metadata: {}, Versions } });
      },
    { step: 'initialize' },
  );
  const forgotten: string[] = [];
  const forgetting = {
    forget: ({ fileId }: LedgerItem) => Promise.resolve(forgotten.push(fileId) > 0),
    confirmRemoval: () => Promise.resolve(),
  };
  const operationLog = { record: () => Promise.resolve() };
  const outputs = { SourceBucketName: 'source-bucket', TargetBucketName: 'target-bucket' };
  const made = { s3, ledger: ledgerOf(items), forgetting, operationLog, outputs };
  return { deployment: made as unknown as Deployment, forgotten, deleted };
}

const run = (deployment: Deployment, file: string, options: Partial<ForgetOptions> = {}) =>
  forget(deployment, file, { since: SINCE, yes: true, ...options }, keptConsole());

describe('an object key of which there is a replay', () => {
  it('means the file of the replay where that is named, and removes only its outputs', async () => {
    const { deployment, forgotten, deleted } = deploymentWith([original, replayed]);
    expect(await run(deployment, 'in/a.csv', { replay: 'again' })).toBe(0);
    expect(forgotten).toEqual([replayed.fileId]);
    const own = ['replays/again/', `staging/${replayed.fileId}/`];
    expect(deleted.length).toBeGreaterThan(0);
    expect(deleted.filter((key) => !own.some((prefix) => key.startsWith(prefix)))).toEqual([]);
  });

  it('means the original where no replay is named', async () => {
    const { deployment, forgotten } = deploymentWith([original, replayed]);
    await run(deployment, 'in/a.csv');
    expect(forgotten).toEqual([original.fileId]);
  });

  it('means no file where the replay that is named has none of it', async () => {
    const { deployment, forgotten } = deploymentWith([original]);
    await expect(run(deployment, 'in/a.csv', { replay: 'again' })).rejects.toThrow('knows no file');
    expect(forgotten).toEqual([]);
  });
});

describe('a file that is gone from the source bucket', () => {
  const gone = { status: 'SOURCE_DELETED' } as const;

  it('is refused where it was never processed', async () => {
    const { deployment } = deploymentWith([ledgerItem('in/a.csv', { ...gone, attempt: 0 })]);
    await expect(run(deployment, 'in/a.csv')).rejects.toThrow('gone before it was read');
  });

  it('is forgotten where an attempt that failed may have left something', async () => {
    const item = ledgerItem('in/a.csv', { ...gone, attempt: 1 });
    const { deployment, forgotten } = deploymentWith([item]);
    await run(deployment, 'in/a.csv');
    expect(forgotten).toEqual([item.fileId]);
  });
});
