import { watch, type WatchOptions } from '../../../src/cli/commands/watch.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import type { Terminal } from '../../../src/cli/watch/screen.ts';
import type { Snapshot } from '../../../src/cli/watch/snapshot.ts';
import { eventually } from '../../support/eventually.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { deploymentWith, ledgerItem } from '../../support/ledger-items.ts';
import { KeptTerminal } from '../watch/terminals.ts';
import { group, liveStatsWith } from './live-windows.ts';

const NOW = new Date('2026-11-20T16:05:15.000Z');

/** A deployment whose queues answer until they are told not to. */
function watched(items = [ledgerItem('in/bad.csv', { status: 'REJECTED', code: 'EMPTY_FILE' })]) {
  const { deployment, read } = deploymentWith(items);
  const state = { looks: 0, error: null as Error | null };
  const { liveStats } = liveStatsWith([
    ['minute', 'type', '2026-11-20T16:04:00Z', [group('order', 1_200)]],
  ]);
  const sqs = {
    send: ({ input }: { input: { QueueUrl: string } }) => {
      if (input.QueueUrl === 'IngestQueueUrl') state.looks += 1;
      if (state.error !== null) return Promise.reject(state.error);
      const Attributes = {
        ApproximateNumberOfMessages: '3',
        ApproximateNumberOfMessagesNotVisible: '2',
      };
      return Promise.resolve({ Attributes });
    },
  };
  const outputs = new Proxy({}, { get: (_, name) => name });
  const made = { ...deployment, liveStats, sqs, outputs, stackName: 'Millrace-dev' };
  return { deployment: made as unknown as Deployment, state, read };
}

/** Watches until `done`, then interrupts. */
async function watchUntil(
  fake: ReturnType<typeof watched>,
  done: (console: ReturnType<typeof keptConsole>) => boolean,
  options: Partial<WatchOptions> = {},
  terminal: Terminal = { isTTY: false } as Terminal,
) {
  const console = keptConsole();
  const controller = new AbortController();
  const context = { console, signal: controller.signal, terminal, now: () => NOW };
  const watching = watch(fake.deployment, { interval: 1, ...options }, context);
  await eventually('it is done', () => Promise.resolve(done(console) || undefined), 5);
  controller.abort();
  await watching;
  return console;
}

describe('watch', () => {
  it('prints one view and ends when told to look once', async () => {
    const { results } = await watchUntil(watched(), ({ results }) => results.length > 0, {
      once: true,
    });
    expect(results).toHaveLength(1);
    expect(results[0]).toMatch(/^Events +0 +1,200 /m);
    expect(results[0]).toMatch(/Files +3 +2$/m);
    expect(results[0]).toContain('in/bad.csv: EMPTY_FILE');
    expect(results[0]).not.toContain('\x1b');
  });

  it('writes a line for each look where there is no terminal', async () => {
    const { results } = await watchUntil(watched(), ({ results }) => results.length >= 3);
    for (const line of results) expect(line).toMatch(/^2026-11-20 16:05:15Z {2}events 1,200\/min/);
  });

  it('writes a JSON text for each look when asked to', async () => {
    const { results } = await watchUntil(watched(), ({ results }) => results.length >= 2, {
      json: true,
    });
    const shown = results.map((text) => JSON.parse(text) as Snapshot);
    expect(shown[0]!.types).toEqual([{ value: 'order', events: 1_200 }]);
    expect(shown[0]!.queues[0]).toMatchObject({ name: 'Files', waiting: 3, inWork: 2 });
  });

  it('searches for failures only now and then, and not beyond the newest files', async () => {
    const fake = watched(Array.from({ length: 500 }, (_, index) => ledgerItem(`in/${index}.csv`)));
    await watchUntil(fake, () => fake.state.looks >= 4);
    expect(fake.read).toHaveLength(200);
  });

  it('goes on after a look that failed, and says so', async () => {
    const fake = watched();
    let before = 0;
    const { notes } = await watchUntil(fake, ({ results, notes }) => {
      if (results.length > 0 && notes.length === 0) fake.state.error = new Error('slow down');
      if (notes.length > 0 && fake.state.error !== null) {
        fake.state.error = null;
        before = results.length;
      }
      return before > 0 && results.length > before;
    });
    expect(notes[0]).toMatch(/ {2}Error: slow down$/);
  });

  it('fails when already the first look does', async () => {
    const fake = watched();
    fake.state.error = new Error('no credentials');
    await expect(watchUntil(fake, () => true)).rejects.toThrow('no credentials');
  });
});

describe('watch in a terminal', () => {
  it('draws in place, again when the size changes, and gives the terminal back', async () => {
    const terminal = new KeptTerminal();
    const fake = watched();
    const drawn = (): number => terminal.written.split('\x1b[H').length - 1;
    await watchUntil(
      fake,
      () => {
        if (drawn() === 1) terminal.resize(140, 40);
        return drawn() >= 2;
      },
      { interval: 60_000 },
      terminal.asTerminal(),
    );
    expect(fake.state.looks).toBe(1);
    expect(terminal.written).toMatch(/HIGHEST/);
    expect(terminal.written).not.toMatch(/[^\r]\n/);
    expect(terminal.written.endsWith('\x1b[?7h\x1b[?25h\x1b[?1049l')).toBe(true);
  });

  it('says that it is out of date when a look fails', async () => {
    const terminal = new KeptTerminal();
    const fake = watched();
    const done = (): boolean => {
      if (fake.state.looks > 0) fake.state.error = new Error('slow down');
      return terminal.written.includes('Out of date: Error: slow down');
    };
    await watchUntil(fake, done, {}, terminal.asTerminal());
    expect(terminal.written).toContain('Events');
  });
});
