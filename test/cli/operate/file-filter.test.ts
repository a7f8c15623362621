import type { Deployment } from '../../../src/cli/deployment.ts';
import { searchedItems } from '../../../src/cli/operate/file-filter.ts';
import { ledgerItem, ledgerOf } from '../../support/ledger-items.ts';

const SINCE = 3_600_000;
const original = ledgerItem('in/a.csv', { fileId: 'f0'.repeat(8) });
const replayed = ledgerItem('in/a.csv', { fileId: 'f1'.repeat(8), replay: 'again' });
const deployment = {
  ledger: ledgerOf([original, replayed]),
  outputs: { SourceBucketName: 'source-bucket' },
} as unknown as Deployment;

it.each([
  ['the original where no replay is named', {}, original],
  ['the file of the replay that is named', { replay: 'again' }, replayed],
])('an object key means %s', async (_, options, meant) => {
  const search = { since: SINCE, ...options };
  expect(await Array.fromAsync(searchedItems(deployment, 'in/a.csv', search))).toEqual([meant]);
});
