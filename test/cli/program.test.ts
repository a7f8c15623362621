import { CommanderError } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { parseSpan } from '../../src/cli/duration.ts';
import { SAMPLES } from '../../src/cli/samples.ts';

function program() {
  const written: string[] = [];
  const command = createProgram({
    console: { result: (text) => written.push(text), note: (text) => written.push(text) },
    takeInterrupt: () => new AbortController().signal,
    setExitCode: () => undefined,
  });
  for (const each of [
    command,
    ...command.commands,
    ...command.commands.flatMap((c) => c.commands),
  ]) {
    each.exitOverride().configureOutput({
      writeOut: (text) => written.push(text),
      writeErr: (text) => written.push(text),
    });
  }
  return { command, written };
}

describe('the command line', () => {
  it.each([
    ['an unknown command', ['bogus']],
    ['an unknown option', ['status', '--bogus']],
    ['a status that does not exist', ['status', '--status', 'DONE']],
    ['a span without a unit', ['executions', '--since', '12']],
    ['no file to upload', ['upload']],
    ['no execution to inspect', ['inspect']],
    ['a timeout that is no number', ['upload', 'a.csv', '--timeout', 'soon']],
    ['a limit of nothing', ['status', '--limit', '0']],
  ])('refuses %s with a message', async (_, args) => {
    const { command, written } = program();
    await expect(command.parseAsync(['node', 'millrace', ...args])).rejects.toThrow(CommanderError);
    expect(written.join('')).toMatch(/^error: /);
  });

  it('explains its commands and exit codes', async () => {
    const { command, written } = program();
    await expect(command.parseAsync(['node', 'millrace', '--help'])).rejects.toThrow();
    const help = written.join('');
    for (const name of ['start', 'local', 'upload', 'status', 'executions', 'inspect']) {
      expect(help).toContain(`  ${name} `);
    }
    expect(help).toContain('Exit codes:');
  });
});

describe('a span of time', () => {
  it.each([
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(parseSpan(text)).toBe(milliseconds);
  });

  it.each(['', 'h', '1', '1w', '-1h', '1.5h'])('"%s" is refused', (text) => {
    expect(() => parseSpan(text)).toThrow('Give minutes, hours or days');
  });
});

describe('the samples', () => {
  it('have keys of their own and content', () => {
    expect(new Set(SAMPLES.map(({ key }) => key)).size).toBe(SAMPLES.length);
    for (const sample of SAMPLES) expect(sample.read().length).toBeGreaterThan(100);
  });

  it('hold real data with quoted line breaks, and a file that is broken', () => {
    const commits = SAMPLES.find(({ key }) => key === 'events/commits.csv')!
      .read()
      .toString();
    expect(commits).toMatch(/"[^"]*\n[^"]*"/);
    expect(SAMPLES.filter(({ expected }) => expected.status === 'REJECTED')).toHaveLength(1);
  });
});
