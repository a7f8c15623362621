import { retry, type RetryAnswer, type RetryOptions } from '../../../src/cli/commands/retry.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import type { Operation } from '../../../src/shared/ledger/operation-log.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { ledgerItem, ledgerOf } from '../../support/ledger-items.ts';

const OPTIONS: RetryOptions = {
  // Back to 1970: the files' times are fixed.
  since: Date.now(),
  timeoutSeconds: 60,
  takeInterrupt: () => new AbortController().signal,
};

const failed = (count: number): LedgerItem[] =>
  Array.from({ length: count }, (_, index) => ledgerItem(`in/${index}.csv`, { status: 'FAILED' }));

/** A deployment whose ingest queue fails after so many batches. */
function deploymentWith(items: readonly LedgerItem[], goodBatches = Infinity) {
  const operations: Operation[] = [];
  let batches = 0;
  const send = () => {
    batches += 1;
    return batches > goodBatches ? Promise.reject(new Error('down')) : Promise.resolve({});
  };
  const made = {
    sqs: { send },
    ledger: ledgerOf(items),
    operationLog: { record: (one: Operation) => Promise.resolve(operations.push(one)) },
    outputs: { SourceBucketName: 'source-bucket', IngestQueueUrl: 'ingest' },
    stackName: 'Millrace-test',
  };
  return { deployment: made as unknown as Deployment, operations };
}

it('a named file that the filter leaves out is not said to be unknown', async () => {
  const { deployment } = deploymentWith(failed(1));
  const one = (options: Partial<RetryOptions>, file = 'in/0.csv') =>
    retry(deployment, file, { ...OPTIONS, ...options }, keptConsole());
  await expect(one({ prefix: 'out/' })).rejects.toThrow(
    'The one version called "in/0.csv" is not meant.',
  );
  await expect(one({}, 'in/9.csv')).rejects.toThrow('The ledger knows no file "in/9.csv".');
});

it('files that are left are counted by kind, and named only where a file is named', async () => {
  const items = [1, 2].map((index) => ledgerItem(`in/${index}.csv`, { status: 'REJECTED' }));
  const { deployment } = deploymentWith(items);
  const why = 'it is tried again with --status REJECTED';
  for (const [file, files] of [
    [undefined, 2],
    ['in/1.csv', 1],
  ] as const) {
    const console = keptConsole();
    await retry(deployment, file, { ...OPTIONS, json: true }, console);
    const { left, leftAlone } = JSON.parse(console.results.join()) as RetryAnswer;
    expect(left).toEqual([{ status: 'REJECTED', why, files }]);
    expect(leftAlone.map(({ key }) => key)).toEqual(file === undefined ? [] : [file]);
  }
});

it('the operation says which span of arrival was looked through', async () => {
  const { deployment, operations } = deploymentWith(failed(1));
  await retry(deployment, undefined, OPTIONS, keptConsole());
  const { from, to } = operations[0]!.filter as Record<'from' | 'to', string>;
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(OPTIONS.since);
});

it('a queue that fails midway leaves an account, and only what was sent is waited for', async () => {
  const { deployment, operations } = deploymentWith(failed(12), 1);
  const console = keptConsole();
  const options = { ...OPTIONS, yes: true, wait: true, timeoutSeconds: 0, json: true };
  expect(await retry(deployment, undefined, options, console)).toBe(1);
  const { unsent } = JSON.parse(console.results.join()) as RetryAnswer;
  expect(unsent.map(({ reason }) => reason)).toEqual(['down', 'down']);
  expect(console.notes.slice(0, 4)).toEqual([
    `Asked for 10 files. Operation: ${operations[0]!.operationId}`,
    'in/10.csv: not asked for: down',
    'in/11.csv: not asked for: down',
    'Waiting for 10 files ...',
  ]);
});
