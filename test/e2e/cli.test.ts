import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionRow } from '../../src/cli/commands/executions.ts';
import type { RejectsAnswer } from '../../src/cli/commands/rejects.ts';
import type { ExecutionHistory } from '../../src/cli/execution-log.ts';
import type { StatsAnswer } from '../../src/cli/commands/stats.ts';
import type { Snapshot } from '../../src/cli/watch/snapshot.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { eventually } from '../support/eventually.ts';
import { E2E_STAGE, localAws } from './support/deployed-app.ts';

const BIN = join(__dirname, '../../src/cli/bin.mjs');

interface Answer {
  readonly exitCode: number;
  readonly output: string;
  readonly notes: string;
}

/** Runs the CLI as a user of an AWS account does: the environment says where it is. */
function millrace(...args: string[]): Promise<Answer> {
  const env = { ...process.env, ...localAws().environment(), NO_COLOR: '1' };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [BIN, ...args], { env }, (_, output, notes) =>
      resolve({ exitCode: child.exitCode ?? -1, output, notes }),
    );
  });
}

const target = ['--aws', '--stage', E2E_STAGE];

let folder: string;
let good: string;
let bad: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
  good = join(folder, `good-${process.pid}.csv`);
  bad = join(folder, `bad-${process.pid}.csv`);
  writeFileSync(good, 'a,b\n1,2\n');
  writeFileSync(bad, '');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the CLI against a deployment', () => {
  it('uploads, waits, and lists, finds and inspects what it uploaded', async () => {
    const upload = await millrace(
      'upload',
      good,
      '--prefix',
      'cli/',
      '--wait',
      '--json',
      ...target,
    );
    expect(upload.exitCode).toBe(0);
    const [uploaded] = JSON.parse(upload.output) as LedgerItem[];
    expect(uploaded).toMatchObject({ status: 'SUCCEEDED', rowsWritten: 1 });

    const status = await millrace('status', `cli/good-${process.pid}.csv`, '--json', ...target);
    expect(JSON.parse(status.output)).toMatchObject([{ fileId: uploaded!.fileId }]);

    const executions = await millrace('executions', '--json', ...target);
    const row = (JSON.parse(executions.output) as ExecutionRow[]).find(
      ({ fileId }) => fileId === uploaded!.fileId,
    );
    expect(row).toMatchObject({ status: 'SUCCEEDED', attempt: 1 });

    const inspect = await millrace('inspect', row!.execution, '--json', ...target);
    const history = JSON.parse(inspect.output) as ExecutionHistory;
    expect(history.status).toBe('SUCCEEDED');
    expect(history.states.map(({ name }) => name)).toEqual([
      'Validate File',
      'Split File',
      'Transform Chunks',
      'Transform Chunk',
      'Write Outputs',
      'Skip File',
      'Notify Success',
      'Archive Wanted',
      'File Succeeded',
    ]);
    expect(history.states.every(({ exitedAt }) => exitedAt !== undefined)).toBe(true);

    const shown = await millrace('inspect', row!.execution, ...target);
    expect(shown.output).toMatch(/^Write Outputs +Task +/m);
  }, 90_000);

  it('exits with 1 and shows the reason when a file it waited for is rejected', async () => {
    const answer = await millrace('upload', bad, '--prefix', 'cli/', '--wait', ...target);
    expect(answer.exitCode).toBe(1);
    expect(answer.output).toContain('EMPTY_FILE: the file has no bytes');
    expect(answer.notes).toContain('expected SUCCEEDED, got REJECTED EMPTY_FILE');
  });

  it('shows the rejected rows of a file by code, with place, reason and text', async () => {
    const path = join(folder, `events-${process.pid}.csv`);
    const rows = ['1,2026-11-20T08:00:00Z,click', '2,yesterday,click', '3,2026-11-20,Click'];
    writeFileSync(path, `event_id,timestamp,event_type\n${rows.join('\n')}\n`);
    await millrace('upload', path, '--prefix', 'events/', '--wait', ...target);

    const answer = await millrace('rejects', `events-${process.pid}.csv`, '--json', ...target);
    const { rejects } = JSON.parse(answer.output) as RejectsAnswer;
    expect(rejects).toMatchObject([
      { code: 'INVALID_TYPE', column: 'timestamp', rows: 2, examples: [{ row: 2 }, { row: 3 }] },
      { code: 'PATTERN_MISMATCH', column: 'event_type', rows: 1, examples: [{ row: 3, line: 4 }] },
    ]);

    const shown = await millrace('rejects', `events-${process.pid}.csv`, ...target);
    expect(shown).toMatchObject({ exitCode: 0 });
    expect(shown.output).toMatch(/^INVALID_TYPE +timestamp +2 /m);
    expect(shown.output).toContain('row 2, line 3, byte 59: "yesterday" is not a datetime');
    expect(shown.output).toContain('    2,yesterday,click');
  });

  it('shows why a file was rejected as a whole, and where it is kept', async () => {
    const answer = await millrace('rejects', `cli/bad-${process.pid}.csv`, ...target);
    expect(answer.output).toContain('EMPTY_FILE');
    expect(answer.output).toContain('rejected/');
  });

  it.each(['status', 'executions'])(
    '%s shows the newest up to the limit, and says that there are more',
    async (command) => {
      const answer = await millrace(command, '--limit', '1', '--json', ...target);
      expect(JSON.parse(answer.output)).toHaveLength(1);
      expect(answer.notes).toContain('there are more');
    },
    30_000,
  );

  it('shows what flows now, and what was counted', async () => {
    const path = join(folder, `flow-${process.pid}.csv`);
    writeFileSync(path, 'a,b\n1,2\n3,4\n');
    await millrace('upload', path, '--prefix', 'cli/', '--wait', ...target);

    const [ended, answer] = await eventually(
      'its end is counted',
      async () => {
        const stats = await millrace('stats', '--since', '5m', '--by', 'type', '--json', ...target);
        const answer = JSON.parse(stats.output) as StatsAnswer;
        const ended = answer.rows.find(({ value }) => value === 'io.millrace.file.succeeded');
        return ended && ([ended, answer] as const);
      },
      60,
    );
    expect(ended.rows).toBeGreaterThanOrEqual(1);
    expect(ended.latency!.p50).toBeGreaterThan(0);
    expect(answer.total.events).toBeGreaterThan(ended.events);

    const watch = await millrace('watch', '--once', '--json', ...target);
    const { minutes, statuses, queues } = JSON.parse(watch.output) as Snapshot;
    expect(minutes.reduce((sum, { files }) => sum + files, 0)).toBeGreaterThan(0);
    expect(statuses.map(({ value }) => value)).toContain('SUCCEEDED');
    expect(queues).toHaveLength(5);

    const shown = await millrace('watch', '--once', ...target);
    expect(shown.output).toMatch(/^Millrace-e2e .*\n\n.*THIS MINUTE/);
    expect(shown.output).toContain('EMPTY_FILE: the file has no bytes');
    expect(shown.output).not.toContain('\x1b');
  }, 120_000);

  it.each([
    ['a file that is not there', ['upload', '/no/such/file'], 'There is no file'],
    ['a file the ledger does not know', ['status', 'nope.csv'], 'The ledger knows no file'],
    ['an execution nobody knows', ['inspect', 'nope-1'], 'The ledger knows no execution'],
  ])(
    'says what is wrong with %s and exits with 1',
    async (_, args, message) => {
      const answer = await millrace(...args, ...target);
      expect(answer.exitCode).toBe(1);
      expect(answer.notes).toContain(message);
      expect(answer.notes).not.toContain('    at ');
    },
    30_000,
  );

  it('says that a stage is not deployed', async () => {
    const answer = await millrace('status', '--aws', '--stage', 'nowhere');
    expect(answer.exitCode).toBe(1);
    expect(answer.notes).toContain('There is no stack Millrace-nowhere');
  });

  it('exits with 2 for a wrong command line', async () => {
    expect((await millrace('bogus')).exitCode).toBe(2);
  });
});
