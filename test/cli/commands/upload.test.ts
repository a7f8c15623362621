import { S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { upload } from '../../../src/cli/commands/upload.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { ledgerItem } from '../../support/ledger-items.ts';

let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-upload-'));
  path = join(folder, 'a.csv');
  writeFileSync(path, 'a,b\n1,2\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A deployment that takes every upload, and whose ledger has the same item for every file. */
function deploymentWhere(item: LedgerItem | undefined): Deployment {
  const s3 = new S3Client({ region: 'us-east-1' });
  const output = { $metadata: {}, ETag: '"e"', VersionId: 'v1' };
  s3.middlewareStack.add(() => () => Promise.resolve({ output, response: {} }), {
    step: 'initialize',
    priority: 'high',
  });
  const deployment = {
    s3,
    outputs: { SourceBucketName: 'source' },
    ledger: { get: () => Promise.resolve(item) },
  };
  return deployment as unknown as Deployment;
}

const OPTIONS = { prefix: 'in/', wait: true, takeInterrupt: () => new AbortController().signal };

describe('upload --wait', () => {
  it.each([
    ['that the pipeline never saw', undefined, 'in/a.csv: not seen by the pipeline within the'],
    [
      'that is not done in time',
      ledgerItem('in/a.csv', { status: 'RUNNING' }),
      'in/a.csv: expected SUCCEEDED, got RUNNING',
    ],
  ])('says of a file %s how it stands, and exits with 1', async (_, item, note) => {
    const console = keptConsole();
    const options = { ...OPTIONS, timeoutSeconds: 0.01 };
    expect(await upload(deploymentWhere(item), [path], options, console)).toBe(1);
    expect(console.notes.at(-1)).toContain(note);
  });

  it('exits with 0 and without a further note when every file has succeeded', async () => {
    const console = keptConsole();
    const options = { ...OPTIONS, timeoutSeconds: 5 };
    const deployment = deploymentWhere(ledgerItem('in/a.csv'));
    expect(await upload(deployment, [path], options, console)).toBe(0);
    expect(console.notes).toEqual([`${path} -> s3://source/in/a.csv`]);
  });

  it('is ended by its signal while it waits', async () => {
    const interrupt = new AbortController();
    const console = keptConsole();
    const options = { ...OPTIONS, timeoutSeconds: 60, takeInterrupt: () => interrupt.signal };
    const ended = upload(deploymentWhere(undefined), [path], options, console);
    setTimeout(() => interrupt.abort(), 200);
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('upload without --wait', () => {
  it('leaves Ctrl-C alone, so that it ends a long upload at once', async () => {
    const takeInterrupt = () => {
      throw new Error('taken');
    };
    const options = { prefix: 'in/', timeoutSeconds: 5, takeInterrupt };
    expect(await upload(deploymentWhere(undefined), [path], options, keptConsole())).toBe(0);
  });
});
