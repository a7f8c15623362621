import { CommanderError } from 'commander';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/program.ts';
import { parseSpan } from '../../src/cli/duration.ts';
import { parseCharacter, parseQuote } from '../../src/cli/format-options.ts';
import { SAMPLES } from '../../src/cli/samples.ts';
import { FaultCode, FileCode, SkipCode } from '../../src/shared/error-codes.ts';

const COMMITS = join(__dirname, '../../src/datasets/samples/commits.csv');

function program() {
  const written: string[] = [];
  const exitCodes: number[] = [];
  const command = createProgram({
    console: { result: (text) => written.push(text), note: (text) => written.push(text) },
    takeInterrupt: () => new AbortController().signal,
    setExitCode: (code) => exitCodes.push(code),
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
  return { command, written, exitCodes };
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
    ['no file to show rejects of', ['rejects']],
    ['a code that does not exist', ['rejects', 'a.csv', '--code', 'WRONG']],
    ['a grace without a unit', ['reconcile', '--grace', '5']],
    ['a day that does not exist', ['report', '--date', '2026-02-30']],
    ['a day that has not begun', ['report', '--date', '2999-01-01']],
    ['half a range', ['report', '--from', '2026-01-01']],
    ['a day and a range', ['report', '--date', 'today', '--from', 'today', '--to', 'today']],
    ['a time that does not exist', ['stats', '--since', '2026-02-30']],
    ['a span that ends before it begins', ['stats', '--since', '1h', '--until', '2h']],
    ['a month by the minute', ['stats', '--since', '30d', '--every', 'minute']],
    ['statistics by what is not counted', ['stats', '--by', 'key']],
    ['no time between two looks', ['watch', '--interval', '0s']],
    ['a retry that ends before it begins', ['retry', '--from', '10m', '--to', '20m']],
    [
      'a retry that ends when it begins',
      ['retry', '--from', '2026-01-01T10:00', '--to', '2026-01-01T10:00'],
    ],
    ['a retry that ends before the span looked at', ['retry', '--to', '2d']],
    ['a retry of files to come', ['retry', '--from', '2999-01-01']],
    ['two beginnings of a retry', ['retry', '--since', '2h', '--from', '3h']],
    ['a retry from before all time', ['retry', '--since', '99999999999d']],
    ['a redrive that ends before it begins', ['redrive', '--from', '10m', '--to', '20m']],
    ['a redrive of rejected files', ['redrive', '--status', 'REJECTED']],
    ['a grace as long as what is looked at', ['reconcile', '--since', '5m', '--grace', '5m']],
    ['a status that is never tried again', ['retry', '--status', 'SUCCEEDED']],
    ['a code that no file has', ['redrive', '--code', 'WRONG']],
    ['a replay without a name', ['replay', '--from', 'today', '--to', 'today']],
    ['half a replay', ['replay', '--from', 'today', '--as', 'again']],
    ['a name of a replay that no key has', ['replay', '--as', 'Again!']],
    ['no file to forget', ['forget', '--yes']],
    ['no file to check', ['contract', 'check']],
    ['a negative number of examples', ['contract', 'check', 'a.csv', '--examples', '-1']],
    ['one key for two files', ['contract', 'check', 'a.csv', 'b.csv', '--key', 'in/a.csv']],
    ['no file to draft a contract from', ['contract', 'infer']],
    ['a name that no dataset has', ['contract', 'infer', 'a.csv', '--name', 'My Orders']],
    ['an unknown encoding', ['contract', 'infer', 'a.csv', '--encoding', 'ebcdic']],
    ['a delimiter of two characters', ['contract', 'infer', 'a.csv', '--delimiter', '||']],
    ['a quote beyond ASCII', ['contract', 'infer', 'a.csv', '--quote', '«']],
  ])('refuses %s with a message', async (_, args) => {
    const { command, written } = program();
    await expect(command.parseAsync(['node', 'millrace', ...args])).rejects.toThrow(CommanderError);
    expect(written.join('')).toMatch(/^error: /);
  });

  it('explains its commands and exit codes', async () => {
    const { command, written } = program();
    await expect(command.parseAsync(['node', 'millrace', '--help'])).rejects.toThrow();
    const help = written.join('');
    for (const name of [
      'start',
      'local',
      'upload',
      'status',
      'rejects',
      'reconcile',
      'executions',
      'inspect',
      'report',
      'watch',
      'stats',
      'retry',
      'redrive',
      'replay',
      'forget',
      'pause',
      'resume',
      'operations',
    ]) {
      expect(help).toContain(`  ${name} `);
    }
    expect(help).toContain('  contract ');
    expect(help).toContain('Exit codes:');
  });

  it.each(['retry', 'redrive'])(
    'lets %s choose files by any code that a file has',
    async (name) => {
      const { command, written } = program();
      await expect(command.parseAsync(['node', 'millrace', name, '--help'])).rejects.toThrow();
      const help = written.join('');
      for (const codes of [FaultCode, FileCode, SkipCode]) {
        for (const code of Object.values<string>(codes)) expect(help).toContain(`"${code}"`);
      }
    },
  );
});

it('narrows what operators ask for to a dataset', async () => {
  for (const name of ['retry', 'redrive', 'replay']) {
    const { command, written } = program();
    await expect(command.parseAsync(['node', 'millrace', name, '--help'])).rejects.toThrow();
    expect(written.join('')).toContain('--dataset <dataset>');
  }
});

describe('the command line of contracts', () => {
  it('runs the check and sets its exit code', async () => {
    const { command, exitCodes } = program();
    const check = ['node', 'millrace', 'contract', 'check', COMMITS, '--json'];
    await command.parseAsync(check);
    await command.parseAsync([...check, '--key', 'weather/a.csv']);
    expect(exitCodes).toEqual([0, 1]);
  });

  it('passes options on to the draft', async () => {
    const { command, written } = program();
    const args = ['--name', 'weather-2', '--delimiter', ',', '--quote', 'none', '--header'];
    const options = [...args, '--match', 'a/*', 'b/*', '--missing-value', 'NA', '-'];
    await command.parseAsync(['node', 'millrace', 'contract', 'infer', COMMITS, ...options]);
    expect(JSON.parse(written.at(-1)!)).toMatchObject({
      name: 'weather-2',
      missingValues: ['', 'NA', '-'],
      millrace: {
        match: ['a/*', 'b/*'],
        dialect: { delimiter: ',', quoteChar: null, header: true },
      },
    });
  });
});

describe('a character on the command line', () => {
  it.each([
    [';', ';'],
    ['tab', '\t'],
    ['\\t', '\t'],
  ])('%s is %j', (text, character) => {
    expect(parseCharacter(text)).toBe(character);
  });

  it.each(['', 'ab', '\n', '\0', 'ü'])('%j is refused', (text) => {
    expect(() => parseCharacter(text)).toThrow('Give one ASCII character');
  });

  it('may be a quote, and none is no quote', () => {
    expect(parseQuote("'")).toBe("'");
    expect(parseQuote('none')).toBe('none');
    expect(() => parseQuote('nil')).toThrow('Give one ASCII character');
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
