import { archive, type ArchiveOptions } from '../../../src/cli/commands/archive.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { ContractRegistry } from '../../../src/datasets/registry.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import type { Operation } from '../../../src/shared/ledger/operation-log.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { ledgerItem, ledgerOf } from '../../support/ledger-items.ts';

const at = '2026-11-20T16:06:00.000Z';
const fault = { status: 'FAILED', at, code: 'ACCESS_DENIED', reason: 'no' } as const;
/** Every dataset asks for an archive. */
const contracts = {
  match: () => ({ millrace: { archive: { action: 'move' } } }),
} as unknown as ContractRegistry;
const OPTIONS: ArchiveOptions = { since: 3_600_000, failed: true, contracts };

const faulty = (count: number): LedgerItem[] =>
  Array.from({ length: count }, (_, index) => ledgerItem(`in/${index}.csv`, { archive: fault }));

/** A deployment whose S3 refuses everything: that an object was tried is told by the failure recorded. */
function deploymentWith(items: readonly LedgerItem[]) {
  const operations: Operation[] = [];
  const tried: string[] = [];
  const made = {
    ledger: ledgerOf(items),
    s3: { send: () => Promise.reject(new Error('refused')) },
    ledgerWriter: {
      recordArchiveFailure: ({ key }: { key: string }) => Promise.resolve(tried.push(key)),
    },
    operationLog: { record: (one: Operation) => Promise.resolve(operations.push(one)) },
    outputs: { SourceBucketName: 'source-bucket', TargetBucketName: 'target-bucket' },
  };
  return { deployment: made as unknown as Deployment, operations, tried };
}

async function run(items: readonly LedgerItem[], options: Partial<ArchiveOptions> = {}) {
  const { deployment, operations, tried } = deploymentWith(items);
  const console = keptConsole();
  const exitCode = await archive(deployment, [], { ...OPTIONS, ...options }, console);
  return { exitCode, operations, tried, console };
}

it.each([
  ['more than ten files, unconfirmed', 11, {}, 1, 'these are 11 files. Give --yes'],
  ['a dry run', 1, { dryRun: true, yes: true }, 0, 'this is a dry run'],
])(
  '%s: they are listed, and no source object is touched',
  async (_, count, options, code, note) => {
    const { exitCode, operations, tried, console } = await run(faulty(count), options);
    expect(exitCode).toBe(code);
    expect({ operations, tried }).toEqual({ operations: [], tried: [] });
    expect(console.results.join()).toContain('in/0.csv');
    expect(console.notes.join()).toContain(note);
  },
);

it('more than ten files are archived when it is confirmed, under an operation that is told', async () => {
  const { operations, tried, console } = await run(faulty(11), { yes: true });
  expect(tried).toHaveLength(11);
  expect(operations).toMatchObject([{ action: 'archive', files: 11, filter: { failed: true } }]);
  expect(console.notes).toContain(`Operation: ${operations[0]!.operationId}`);
});

it('tells the operation, the files and what was left alone in JSON', async () => {
  const replayed = ledgerItem('in/r.csv', { archive: fault, status: 'REJECTED' });
  const { operations, console } = await run([...faulty(1), replayed], { json: true });
  expect(JSON.parse(console.results.join())).toMatchObject({
    operationId: operations[0]!.operationId,
    files: [{ source: 'source-bucket/in/0.csv' }],
    leftAlone: [{ source: 'source-bucket/in/r.csv', status: 'REJECTED' }],
  });
});

it('touches only keys with the prefix', async () => {
  const { tried } = await run(faulty(3), { prefix: 'in/1' });
  expect(tried).toEqual(['in/1.csv']);
});
