import { replay, type ReplayAnswer } from '../../../src/cli/commands/replay.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { ledgerItem, ledgerOf } from '../../support/ledger-items.ts';

it('leaves out versions of which no bytes are left, and says so', async () => {
  const at = '2026-11-21T00:00:00.000Z';
  const archived = { status: 'ARCHIVED', at, key: 'archive/in/archived.csv' } as const;
  const items = [
    ledgerItem('in/there.csv'),
    ledgerItem('in/gone.csv', { sourceDeletedAt: at }),
    ledgerItem('in/archived.csv', { sourceDeletedAt: at, archive: archived }),
  ];
  const outputs = { TargetBucketName: 'target-bucket' };
  const deployment = { ledger: ledgerOf(items), outputs } as unknown as Deployment;
  const console = keptConsole();

  const options = { as: 'again', dryRun: true, json: true };
  await replay(deployment, ['2026-11-20'], options, console);

  const { replayed, leftAlone } = JSON.parse(console.results.join()) as ReplayAnswer;
  expect(replayed.map(({ key }) => key)).toEqual(['in/there.csv', 'in/archived.csv']);
  expect(leftAlone).toMatchObject([
    { key: 'in/gone.csv', why: 'it is gone from the source bucket' },
  ]);
});
