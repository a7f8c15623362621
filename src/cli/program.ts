import { Command, Option } from 'commander';
import { ENCODINGS } from '../datasets/contract.ts';
import { RowCode } from '../shared/error-codes.ts';
import { FileStatus } from '../shared/ledger/ledger-item.ts';
import { Dimension, WindowKind } from '../shared/live-stats/live-stats-item.ts';
import { contractCheck, type ContractCheckOptions } from './commands/contract-check.ts';
import { contractInfer, type ContractInferOptions } from './commands/contract-infer.ts';
import { executions, type ExecutionsOptions } from './commands/executions.ts';
import { inspect, type InspectOptions } from './commands/inspect.ts';
import {
  localDown,
  localEnvironment,
  localReset,
  localStatus,
  localUp,
  stoppedOnInterrupt,
} from './commands/local.ts';
import { rejects, type RejectsOptions } from './commands/rejects.ts';
import { report, type ReportOptions } from './commands/report.ts';
import { start } from './commands/start.ts';
import { stats, type StatsOptions } from './commands/stats.ts';
import { status, type StatusOptions } from './commands/status.ts';
import { upload, type UploadOptions } from './commands/upload.ts';
import { watch, type WatchOptions } from './commands/watch.ts';
import type { Console } from './console.ts';
import { parseCharacter, parseName, parseQuote } from './format-options.ts';
import { operateCommands } from './operate-commands.ts';
import { chooseDays, parseDay, type DayOptions } from './report/report-days.ts';
import { INTERRUPTED_EXIT_CODE } from './interrupt.ts';
import { chooseSpan, parseInstant, type SpanOptions } from './stats/stats-span.ts';
import { cloneLocalAws, openTarget, type TargetOptions } from './target.ts';
import {
  jsonOption,
  limitOption,
  orRefuse,
  parseCount,
  replayOption,
  sinceOption,
  stageOption,
  targetCommand,
} from './target-command.ts';
import { parseInterval } from './watch/parse-interval.ts';

const EXIT_CODES = `
Exit codes:
  0    done, and every file that was waited for or checked ended as it should
  1    it failed, or a file ended otherwise
  2    the command line is wrong
  130  it was interrupted`;

/** Options of commands that can answer in JSON. */
interface JsonOption {
  readonly json?: boolean;
}

export interface ProgramContext {
  readonly console: Console;
  /**
   * Takes Ctrl-C over: from now on it fires the signal, and the command has to end by itself. A
   * command that does not ask for it is ended at once.
   */
  readonly takeInterrupt: () => AbortSignal;
  readonly setExitCode: (code: number) => void;
}

/** The command line of Millrace, ready to parse arguments. */
export function createProgram(context: ProgramContext): Command {
  const program = new Command('millrace')
    .description(
      'Turns files dropped into a bucket into clean records, and shows what became of each.',
    )
    .addHelpText('after', EXIT_CODES)
    .configureHelp({ showGlobalOptions: true });
  program.addCommand(startCommand(context));
  program.addCommand(localCommand(context));
  program.addCommand(uploadCommand(context));
  program.addCommand(statusCommand(context));
  program.addCommand(rejectsCommand(context));
  program.addCommand(executionsCommand(context));
  program.addCommand(inspectCommand(context));
  program.addCommand(reportCommand(context));
  program.addCommand(watchCommand(context));
  program.addCommand(statsCommand(context));
  program.addCommand(contractCommand(context));
  for (const command of operateCommands(context)) program.addCommand(command);
  return program;
}

const examplesOption = (): Option =>
  new Option('--examples <count>', 'show at most so many rows of each code and column')
    .default(3)
    .argParser(parseCount);

function startCommand({ console, takeInterrupt, setExitCode }: ProgramContext): Command {
  return new Command('start')
    .description(
      'Start the local AWS, deploy the app and process files: the samples, or those given.',
    )
    .argument('[files...]', 'files to process')
    .addOption(stageOption())
    .action(async (files: string[], { stage }: { stage: string }) => {
      const aws = cloneLocalAws();
      const signal = takeInterrupt();
      const work = (): Promise<number> => start(aws, files, { stage, signal }, console);
      setExitCode(await stoppedOnInterrupt(aws, signal, console, work));
    });
}

function localCommand({ console, takeInterrupt }: ProgramContext): Command {
  const local = new Command('local').description('Run AWS on this machine.');
  local
    .command('up')
    .description('start the local AWS and deploy the app to it')
    .addOption(stageOption())
    .action(async ({ stage }: { stage: string }) => {
      const aws = cloneLocalAws();
      const signal = takeInterrupt();
      const work = (): Promise<void> => localUp(aws, { stage, signal }, console);
      await stoppedOnInterrupt(aws, signal, console, work);
    });
  local
    .command('down')
    .description('stop it; what it holds is kept')
    .action(() => localDown(cloneLocalAws(), console));
  local
    .command('status')
    .description('say whether it runs, and where')
    .addOption(jsonOption())
    .action(({ json = false }: JsonOption) => localStatus(cloneLocalAws(), json, console));
  local
    .command('reset')
    .description('stop it and delete everything it holds')
    .action(() => localReset(cloneLocalAws(), console));
  local
    .command('env')
    .description('print the environment that points the CDK and the AWS CLI to it')
    .addOption(jsonOption())
    .action(({ json = false }: JsonOption) => localEnvironment(cloneLocalAws(), json, console));
  return local;
}

function uploadCommand({ console, takeInterrupt, setExitCode }: ProgramContext): Command {
  return targetCommand('upload', 'Put files into the source bucket.')
    .argument('<files...>', 'files to upload')
    .option('--prefix <prefix>', 'put before the name to make the object key', 'uploads/')
    .option('--wait', 'wait until every file has reached its end')
    .option('--timeout <seconds>', 'how long to wait', parseCount, 300)
    .action(
      async (files: string[], options: TargetOptions & UploadOptions & { timeout: number }) => {
        const deployment = await openTarget(options);
        const uploadOptions = { ...options, timeoutSeconds: options.timeout, takeInterrupt };
        setExitCode(await upload(deployment, files, uploadOptions, console));
      },
    );
}

function statusCommand({ console }: ProgramContext): Command {
  return targetCommand('status', 'Show files from the ledger, newest first.')
    .argument('[file]', 'object key, file name or file id')
    .addOption(sinceOption())
    .addOption(limitOption('files'))
    .addOption(
      new Option('--status <status>', 'only files that stand so').choices(
        Object.values(FileStatus),
      ),
    )
    .addOption(replayOption())
    .action(async (file: string | undefined, options: TargetOptions & StatusOptions) =>
      status(await openTarget(options), file, options, console),
    );
}

function rejectsCommand({ console }: ProgramContext): Command {
  return targetCommand('rejects', 'Show what was rejected of a file, and why.')
    .argument('<file>', 'object key, file name or file id; of many versions the newest is shown')
    .addOption(sinceOption())
    .addOption(
      new Option('--code <code>', 'only rows with this code').choices(Object.values(RowCode)),
    )
    .addOption(examplesOption())
    .option('--all', 'show every row instead of groups; with --json as JSON Lines')
    .action(async (file: string, options: TargetOptions & RejectsOptions) =>
      rejects(await openTarget(options), file, options, console),
    );
}

function executionsCommand({ console }: ProgramContext): Command {
  return targetCommand('executions', 'List executions of the file pipeline, newest first.')
    .addOption(sinceOption())
    .addOption(limitOption('executions'))
    .action(async (options: TargetOptions & ExecutionsOptions) =>
      executions(await openTarget(options), options, console),
    );
}

function inspectCommand({ console }: ProgramContext): Command {
  return targetCommand('inspect', 'Show the states that an execution went through.')
    .argument('<execution>', 'name of the execution, as "status" shows it')
    .addOption(sinceOption())
    .option('--data', 'show input and output of every state')
    .action(async (name: string, options: TargetOptions & InspectOptions) =>
      inspect(await openTarget(options), name, options, console),
    );
}

function reportCommand({ console, setExitCode }: ProgramContext): Command {
  const dayOption = (flags: string, description: string): Option =>
    new Option(`${flags} <day>`, description).argParser((text: string) => parseDay(text));
  const command = targetCommand('report', 'Make the report of a UTC day, and show it.')
    .addOption(dayOption('--date', 'the day: YYYY-MM-DD, yesterday, or today'))
    .addOption(dayOption('--from', 'first of many days').conflicts('date'))
    .addOption(dayOption('--to', 'last of many days').conflicts('date'))
    .option('--show', 'only show the report that is there')
    .addHelpText(
      'after',
      '\nWithout a day it is the report of today so far. A report replaces the one of its day.',
    );
  return command.action(async (options: TargetOptions & ReportOptions & DayOptions) => {
    const days = orRefuse(command, () => chooseDays(options));
    setExitCode(await report(await openTarget(options), days, options, console));
  });
}

function watchCommand({ console, takeInterrupt, setExitCode }: ProgramContext): Command {
  return targetCommand('watch', 'Show what flows now: rates, statuses, backlog, failures.')
    .addOption(
      new Option('--interval <span>', 'how often to look, such as 2s or 1m')
        .default(parseInterval('2s'), '2s')
        .argParser(parseInterval),
    )
    .option('--once', 'look once, and print it')
    .addHelpText('after', '\nWhere no terminal is written to, each look is a line.')
    .action(async (options: TargetOptions & WatchOptions) => {
      const deployment = await openTarget(options);
      const signal = takeInterrupt();
      await watch(deployment, options, { console, signal, terminal: process.stdout });
      if (signal.aborted) setExitCode(INTERRUPTED_EXIT_CODE);
    });
}

function statsCommand({ console }: ProgramContext): Command {
  const instantOption = (flags: string, description: string): Option =>
    new Option(flags, description).argParser((text: string) => parseInstant(text));
  const command = targetCommand('stats', 'Show what was counted of events and files.')
    .addOption(
      instantOption('--since <when>', 'from when: 30m, 2h, 7d, or a UTC time (default: 24h)'),
    )
    .addOption(instantOption('--until <when>', 'until when (default: now)'))
    .addOption(
      new Option('--by <dimension>', 'what to tell apart').choices(Object.values(Dimension)),
    )
    .addOption(
      new Option('--every <window>', 'divide time by it').choices([
        WindowKind.MINUTE,
        WindowKind.HOUR,
      ]),
    )
    .addHelpText(
      'after',
      '\nUTC times are YYYY-MM-DD or YYYY-MM-DDTHH:MM. Whole minutes or hours are counted; those' +
        '\nwithout events are left out. Without --by and --every it is a line for each of them.',
    );
  return command.action(async (options: TargetOptions & StatsOptions & SpanOptions) => {
    const span = orRefuse(command, () => chooseSpan(options));
    await stats(await openTarget(options), span, options, console);
  });
}

function contractCommand(context: ProgramContext): Command {
  return new Command('contract')
    .description('Draft contracts from files, and check files against contracts, all offline.')
    .addCommand(contractCheckCommand(context))
    .addCommand(contractInferCommand(context));
}

function contractCheckCommand({ console, setExitCode }: ProgramContext): Command {
  const command = new Command('check')
    .description('Show what the pipeline would make of files, without uploading them.')
    .argument('<files...>', 'files to check')
    .option('--contract <path>', 'contract to check under, instead of the one that matches the key')
    .addOption(
      new Option(
        '--contracts <folder>',
        "folder of the contracts, instead of cdk.json's",
      ).conflicts('contract'),
    )
    .option('--key <key>', 'object key that the file is to have, instead of its path')
    .addOption(examplesOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nThe folder of the contracts and the limits are those of cdk.json.');
  return command.action(async (files: string[], options: ContractCheckOptions) => {
    if (options.key !== undefined && files.length > 1) {
      command.error('error: --key is for one file');
    }
    setExitCode(await contractCheck(files, options, console));
  });
}

function contractInferCommand({ console }: ProgramContext): Command {
  return new Command('infer')
    .description('Draft a contract from all rows of a file, and prove it on them.')
    .argument('<file>', 'file to look at')
    .addOption(
      new Option('--name <name>', "name of the dataset, instead of the file's").argParser(
        parseName,
      ),
    )
    .option('--match <globs...>', "object keys to cover, instead of those like the file's name")
    .option('--output <path>', 'write the contract there, instead of to standard output')
    .option('--force', 'overwrite the output')
    .addOption(
      new Option('--format <format>', 'what the file is').choices([
        'csv',
        'json-array',
        'json-lines',
      ]),
    )
    .addOption(new Option('--encoding <encoding>', 'its encoding').choices(ENCODINGS))
    .addOption(
      new Option('--delimiter <character>', 'what separates fields; "tab" for a tab').argParser(
        parseCharacter,
      ),
    )
    .addOption(
      new Option('--quote <character>', 'what quotes fields; "none" for nothing').argParser(
        parseQuote,
      ),
    )
    .addOption(
      new Option('--comment <character>', 'what lines to skip start with').argParser(
        parseCharacter,
      ),
    )
    .option('--header', 'the first record names the columns')
    .option('--no-header', 'the first record is data')
    .option('--missing-value <texts...>', 'texts that mean no value, in every column')
    .addHelpText('after', '\nWhat is not stated is detected.')
    .action((file: string, options: ContractInferOptions) => contractInfer(file, options, console));
}
