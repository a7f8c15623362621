import type { S3Client } from '@aws-sdk/client-s3';
import { forget } from '../../../src/cli/commands/forget.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { deploymentWith, keptConsole, ledgerItem } from './ledger-items.ts';

/** Shows what would be removed of one file, of which the target bucket has nothing. */
async function shown(item: LedgerItem): Promise<string> {
  const { deployment } = deploymentWith([item]);
  const read = () => deployment.ledger.arrivedBetween(new Date(), new Date());
  const target = {
    ...deployment,
    ledger: { arrivedBetween: read, versionsOf: read },
    s3: { send: () => Promise.resolve({}) } as unknown as S3Client,
  } as unknown as Deployment;
  const console = keptConsole();
  await forget(target, item.fileId, { since: 3_600_000 }, console);
  return console.results.join('\n');
}

const gone = { status: 'SOURCE_DELETED' } as const;

describe('forgetting a file that is gone from the source bucket', () => {
  it('is refused where it was never processed', async () => {
    const item = ledgerItem('in/a.csv', { ...gone, attempt: 0 });
    await expect(shown(item)).rejects.toThrow('gone before it was read');
  });

  it('is possible where an attempt that failed may have left something', async () => {
    const item = ledgerItem('in/a.csv', { ...gone, attempt: 1 });
    expect(await shown(item)).toContain('0 object versions would be removed');
  });
});
