import {
  executions,
  fileIdOfExecution,
  type ExecutionRow,
} from '../../../src/cli/commands/executions.ts';
import { executionName } from '../../../src/shared/file-version.ts';
import { fileVersion } from '../../support/files.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { deploymentWith, ledgerItem } from '../../support/ledger-items.ts';

describe('the list of executions', () => {
  it('shows the newest, notes that there are more, and reads no further', async () => {
    const failed = {
      attempt: 1,
      status: 'FAILED',
      execution: 'first-try',
      startedAt: '2026-11-20T16:05:00.000Z',
      endedAt: '2026-11-20T16:05:01.000Z',
    } as const;
    const retried = ledgerItem('in/a.csv', {
      status: 'RUNNING',
      attempt: 2,
      startedAt: '2026-11-20T16:06:00.000Z',
      history: [failed],
    });
    const { deployment, read } = deploymentWith([retried, retried, retried]);
    const console = keptConsole();
    await executions(deployment, { since: 3_600_000, limit: 1, json: true }, console);
    const shown = JSON.parse(console.results[0]!) as ExecutionRow[];
    expect(shown).toMatchObject([{ attempt: 2, status: 'RUNNING' }]);
    expect(console.notes).toEqual([expect.stringContaining('the newest 1 executions')]);
    expect(read).toHaveLength(1);
  });
});

describe("an execution's name", () => {
  it.each(['in/orders.csv', 'in/ä b-1.csv', 'in/0123456789abcdef0123-1', '-'])(
    'of %s tells the file id',
    (key) => {
      const file = fileVersion({ key });
      expect(fileIdOfExecution(executionName(file, 12))).toBe(file.fileId);
    },
  );

  it.each(['nope-1', '', 'orders.csv-0123456789ABCDEF0123-1', 'orders.csv-0123456789abcdef0123'])(
    '"%s" is none',
    (name) => {
      expect(fileIdOfExecution(name)).toBeUndefined();
    },
  );
});
