import type { FileCheck } from '../../../src/cli/check/check-file.ts';
import { cloneSettings } from '../../../src/cli/clone-settings.ts';
import { contractCheck } from '../../../src/cli/commands/contract-check.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { TemporaryFiles } from '../temporary-files.ts';

const files = new TemporaryFiles();
const CONTRACT = { name: 'orders', fields: [{ name: 'id', type: 'integer' }] };
const contract = files.write(
  'orders.contract.json',
  JSON.stringify({ ...CONTRACT, millrace: { match: ['orders/**'] } }),
);
const good = files.write('good.csv', 'id\n1\n');
const bad = files.write('bad.csv', 'id\n1\nx\n');

/** Runs the command in JSON. */
async function answer(paths: readonly string[], options: object = {}) {
  const console = keptConsole();
  const exitCode = await contractCheck(paths, { examples: 3, json: true, ...options }, console);
  return { exitCode, checks: JSON.parse(console.results[0]!) as FileCheck[], notes: console.notes };
}

describe('contract check', () => {
  it.each([
    ['every file is taken', [good], 0],
    ['a row would be rejected', [good, bad], 1],
    ['a file would be rejected', [files.write('empty.csv', '')], 1],
  ])('where %s', async (_, paths, expected) => {
    const { exitCode, checks } = await answer(paths, { contract, key: undefined });
    expect(exitCode).toBe(expected);
    expect(checks.map(({ file }) => file)).toEqual(paths);
  });

  it('takes the contract that covers the key', async () => {
    const { checks, notes } = await answer([good], { key: 'weather/a.csv' });
    expect(checks).toMatchObject([{ key: 'weather/a.csv', contract: 'weather' }]);
    expect(notes).toEqual([]);
  });

  it('takes the contract that covers the name as it would be uploaded', async () => {
    const events = files.write('events-2026.csv', 'event_id,timestamp,event_type\n1,2026,x\n');
    const { checks } = await answer([events]);
    expect(checks[0]?.contract).toBe('events');
  });

  it('takes the contracts of a folder that it is given', async () => {
    const { checks } = await answer([good], { contracts: files.folder, key: 'orders/a.csv' });
    expect(checks[0]?.contract).toBe('orders');
  });

  it('says under which limits it has checked', async () => {
    const { checks } = await answer([good]);
    expect(checks[0]?.limits).toEqual(cloneSettings().limits);
  });

  it('refuses a folder without contracts, and names it and the setting', async () => {
    const folder = files.path('nowhere');
    const checked = contractCheck([good], { contracts: folder, examples: 1 }, keptConsole());
    await expect(checked).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(
        `INVALID_CONTRACT: ${folder}:\n  - is no folder; the setting millrace.contractsFolder`,
      ) as string,
    });
  });

  it('checks a file that no contract covers without one', async () => {
    const { exitCode, checks } = await answer([bad]);
    expect(exitCode).toBe(0);
    expect(checks[0]?.contract).toBeNull();
  });

  it('notes that a given contract would not be applied to a key', async () => {
    const { notes } = await answer([good], { contract, key: 'in/good.csv' });
    expect(notes).toEqual([
      'The contract "orders" does not match the key in/good.csv: a deployment would not apply it to a file of that key.',
    ]);
    expect((await answer([good], { contract, key: 'orders/good.csv' })).notes).toEqual([]);
  });

  it('shows one file after the other', async () => {
    const console = keptConsole();
    await contractCheck([good, bad], { contract, key: 'orders/a.csv', examples: 1 }, console);
    expect(console.results).toHaveLength(2);
    expect(console.results[0]).toContain('every row would be written');
    expect(console.results[1]).toMatch(/^\n.*1 of 2 rows would be rejected/);
  });

  it.each([
    ['is not there', files.path('none.json'), /cannot be read/],
    ['is no contract', good, /INVALID_CONTRACT/],
  ])('refuses a contract that %s', async (_, path, message) => {
    const checked = contractCheck([good], { contract: path, examples: 1 }, keptConsole());
    await expect(checked).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(message) as string,
    });
  });
});
