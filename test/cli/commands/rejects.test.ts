import { S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { rejects, type RejectsAnswer } from '../../../src/cli/commands/rejects.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { ledgerItem } from '../../support/ledger-items.ts';

const OPTIONS = { since: 3_600_000, examples: 3 };
const MANIFEST_KEY = 'manifests/dt=2026-11-20/hh=16/a.json';
const REJECTED_KEY = 'rejected/dataset=orders/dt=2026-11-20/a.rows.jsonl.gz';

const row = (number: number, code: string, column: string | null, reason: string) => ({
  row: number,
  line: number + 1,
  offset: number * 10,
  code,
  column,
  reason,
  raw: `${number},x\u2028y`,
  rawTruncated: false,
});

const ROWS = [
  { ...row(1, 'INVALID_TYPE', 'id', '"x" is not an integer'), furtherProblems: [] },
  row(5, 'INVALID_TYPE', 'id', '"y" is not an integer'),
  row(9, 'TOO_FEW_FIELDS', null, 'the row has 1 field, the header has 2 columns'),
];

const SUCCEEDED = {
  manifestVersion: 1,
  status: 'SUCCEEDED',
  contract: { name: 'orders', version: '0123456789ab' },
  counts: {
    rowsRead: 1_000,
    rowsWritten: 997,
    rowsRejected: 3,
    rejectsByCode: { INVALID_TYPE: 2, TOO_FEW_FIELDS: 1 },
    noticesByCode: {},
  },
  rejectedKey: REJECTED_KEY,
};

const REJECTED = {
  manifestVersion: 1,
  status: 'REJECTED',
  code: 'UNCLOSED_QUOTE',
  reason: 'a quote opened in row 7 is not closed',
  originalKey: 'rejected/a.original',
  reasonKey: 'rejected/a.reason.json',
};

const jsonLines = (rows: readonly object[]): Buffer =>
  gzipSync(rows.map((each) => `${JSON.stringify(each)}\n`).join(''));

/** A deployment whose ledger has the items and whose target bucket has the objects. */
function deploymentWith(
  items: readonly LedgerItem[],
  objects: Readonly<Record<string, object | Buffer>>,
): Deployment {
  const s3 = new S3Client({ region: 'us-east-1' });
  s3.middlewareStack.add(
    () => (args) => {
      const { Key } = args.input as { Key: string };
      const object = objects[Key];
      if (object === undefined) {
        return Promise.reject(Object.assign(new Error('gone'), { name: 'NoSuchKey' }));
      }
      const bytes = Buffer.isBuffer(object) ? object : Buffer.from(JSON.stringify(object));
      const output = { $metadata: {}, Body: Readable.from([bytes]) };
      return Promise.resolve({ output, response: {} });
    },
    { step: 'initialize', priority: 'high' },
  );
  const ledger = {
    // eslint-disable-next-line @typescript-eslint/require-await -- as asynchronous as the real one
    async *versionsOf({ bucket, key }: { bucket: string; key: string }) {
      yield* items.filter(({ source }) => source === `${bucket}/${key}`);
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- as asynchronous as the real one
    async *arrivedBetween() {
      yield* items;
    },
  };
  const outputs = { SourceBucketName: 'source-bucket', TargetBucketName: 'target' };
  return { s3, outputs, ledger } as unknown as Deployment;
}

const ended = (parts: Partial<LedgerItem> = {}): LedgerItem =>
  ledgerItem('in/a.csv', { manifestKey: MANIFEST_KEY, ...parts });

const succeeded = deploymentWith([ended()], {
  [MANIFEST_KEY]: SUCCEEDED,
  [REJECTED_KEY]: jsonLines(ROWS),
});

describe('the rejected rows of a file', () => {
  it.each(['in/a.csv', 'a.csv', ended().fileId])('are found by %s', async (file) => {
    const console = keptConsole();
    await rejects(succeeded, file, OPTIONS, console);
    expect(console.results[0]).toContain(
      'in/a.csv, arrived 2026-11-20 16:05:09Z: 3 of 1,000 rows were rejected under the contract "orders".',
    );
  });

  it('are shown in groups, with examples of each', async () => {
    const console = keptConsole();
    await rejects(succeeded, 'a.csv', { ...OPTIONS, examples: 1 }, console);
    const [shown] = console.results;
    expect(shown).toMatch(/INVALID_TYPE +id +2 /);
    expect(shown).toMatch(/TOO_FEW_FIELDS +- +1 /);
    expect(shown).toContain('row 1, line 2, byte 10: "x" is not an integer\n    1,x\\u2028y');
    expect(shown).not.toContain('row 5');
  });

  it('are answered in JSON', async () => {
    const console = keptConsole();
    await rejects(succeeded, 'a.csv', { ...OPTIONS, json: true }, console);
    const answer = JSON.parse(console.results[0]!) as RejectsAnswer;
    expect(answer).toMatchObject({
      key: 'in/a.csv',
      manifest: { status: 'SUCCEEDED', rejectedKey: REJECTED_KEY },
      rejects: [
        { code: 'INVALID_TYPE', column: 'id', rows: 2, examples: [{ row: 1 }, { row: 5 }] },
        { code: 'TOO_FEW_FIELDS', column: null, rows: 1 },
      ],
    });
  });

  it('are narrowed by a code', async () => {
    const console = keptConsole();
    await rejects(succeeded, 'a.csv', { ...OPTIONS, code: 'TOO_FEW_FIELDS' }, console);
    expect(console.results[0]).not.toContain('INVALID_TYPE');
    await rejects(succeeded, 'a.csv', { ...OPTIONS, code: 'TOO_LONG' }, console);
    expect(console.results[1]).toBe('in/a.csv: no row of 1,000 was rejected with TOO_LONG.');
  });

  it('are all shown when asked for, in JSON as JSON Lines', async () => {
    const console = keptConsole();
    await rejects(succeeded, 'a.csv', { ...OPTIONS, all: true, json: true }, console);
    expect(console.results.map((line) => JSON.parse(line) as object)).toEqual(ROWS);
    await rejects(succeeded, 'a.csv', { ...OPTIONS, all: true }, console);
    expect(console.results.slice(3)).toHaveLength(3);
    expect(console.results.at(-1)).toMatch(/^row 9, line 10, byte 90\n {2}TOO_FEW_FIELDS: the row/);
  });

  it('are those of the newest version', async () => {
    const older = ended({ arrivedAt: '2026-11-19T00:00:00.000Z', manifestKey: 'older' });
    const deployment = deploymentWith([older, ended()], {
      [MANIFEST_KEY]: { ...SUCCEEDED, rejectedKey: null },
    });
    const console = keptConsole();
    await rejects(deployment, 'in/a.csv', OPTIONS, console);
    expect(console.results).toEqual(['in/a.csv: no row of 1,000 was rejected.']);
    expect(console.notes).toEqual([]);
  });

  it('are those of the newest file of that name, and a note says which', async () => {
    const other = ledgerItem('out/a.csv', { manifestKey: 'other' });
    const deployment = deploymentWith([ended(), other], {
      [MANIFEST_KEY]: { ...SUCCEEDED, rejectedKey: null },
    });
    const console = keptConsole();
    await rejects(deployment, 'a.csv', OPTIONS, console);
    expect(console.notes).toEqual(['2 files have that name. This is the newest: in/a.csv']);
  });
});

describe('a file that was rejected as a whole', () => {
  const item = ended({ status: 'REJECTED' });

  it('is shown with its reason and where the evidence lies', async () => {
    const console = keptConsole();
    await rejects(deploymentWith([item], { [MANIFEST_KEY]: REJECTED }), 'a.csv', OPTIONS, console);
    expect(console.results[0]).toContain('UNCLOSED_QUOTE: a quote opened in row 7 is not closed');
    expect(console.results[0]).toContain('original  s3://target/rejected/a.original');
    expect(console.results[0]).toContain('reason    s3://target/rejected/a.reason.json');
  });

  it('says that the original was not kept', async () => {
    const manifest = { ...REJECTED, originalKey: null };
    const console = keptConsole();
    await rejects(deploymentWith([item], { [MANIFEST_KEY]: manifest }), 'a.csv', OPTIONS, console);
    expect(console.results[0]).toContain('original  not kept');
  });
});

describe('rejects that cannot be shown', () => {
  it.each<[string, LedgerItem[], Record<string, object>, string]>([
    ['an unknown file', [], {}, 'The ledger knows no file "a.csv".'],
    ['a running file', [ended({ status: 'RUNNING' })], {}, 'in/a.csv is still running.'],
    [
      'a failed file',
      [ended({ status: 'FAILED', code: 'ACCESS_DENIED', reason: 'no key' })],
      {},
      'in/a.csv failed: ACCESS_DENIED: no key',
    ],
    ['no manifest', [ledgerItem('in/a.csv')], {}, 'The ledger has no manifest of in/a.csv.'],
    ['a deleted manifest', [ended()], {}, `s3://target/${MANIFEST_KEY} is gone.`],
    [
      'a manifest of another version',
      [ended()],
      { [MANIFEST_KEY]: { status: 'DONE' } },
      `The manifest ${MANIFEST_KEY} cannot be read: another version of Millrace wrote it.`,
    ],
    [
      'deleted rows',
      [ended()],
      { [MANIFEST_KEY]: SUCCEEDED },
      `s3://target/${REJECTED_KEY} is gone.`,
    ],
  ])('because of %s say so', async (_, items, objects, message) => {
    const shown = rejects(deploymentWith(items, objects), 'a.csv', OPTIONS, keptConsole());
    await expect(shown).rejects.toMatchObject({ name: 'UserError', message });
  });

  it('because the object is damaged fail', async () => {
    const damaged = jsonLines(ROWS).subarray(0, 40);
    const objects = { [MANIFEST_KEY]: SUCCEEDED, [REJECTED_KEY]: damaged };
    const shown = rejects(deploymentWith([ended()], objects), 'a.csv', OPTIONS, keptConsole());
    await expect(shown).rejects.toThrow('unexpected end of file');
  });
});

describe('a file that was deleted', () => {
  const marker = ledgerItem('in/a.csv', {
    status: 'SOURCE_DELETED',
    attempt: 0,
    deleteMarker: true,
    sequencer: '0055AED6DCD90281F0',
  });

  it('shows the rejected rows of its newest version that was read', async () => {
    const console = keptConsole();
    const objects = { [MANIFEST_KEY]: SUCCEEDED, [REJECTED_KEY]: jsonLines(ROWS) };
    await rejects(deploymentWith([marker, ended()], objects), 'in/a.csv', OPTIONS, console);
    expect(console.results[0]).toContain('3 of 1,000 rows were rejected');
  });

  it.each<[string, Partial<LedgerItem>]>([
    ['deleted from the source bucket before it was read', marker],
    ['outputs of in/a.csv were removed', { status: 'FORGOTTEN' }],
  ])('says that it was: %s', async (reason, parts) => {
    const deployment = deploymentWith([ledgerItem('in/a.csv', parts)], {});
    await expect(rejects(deployment, 'in/a.csv', OPTIONS, keptConsole())).rejects.toThrow(reason);
  });
});
