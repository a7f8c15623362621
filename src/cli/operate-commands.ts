import { Option, type Command } from 'commander';
import { FaultCode, FileCode, SkipCode } from '../shared/error-codes.ts';
import { archive, type ArchiveOptions } from './commands/archive.ts';
import { forget, type ForgetOptions } from './commands/forget.ts';
import { operations, type OperationsOptions } from './commands/operations.ts';
import { pause, resume } from './commands/pause.ts';
import { reconcile, type ReconcileOptions } from './commands/reconcile.ts';
import { redrive, type RedriveOptions } from './commands/redrive.ts';
import { replay, type ReplayOptions } from './commands/replay.ts';
import { retry, type RetryOptions } from './commands/retry.ts';
import { refuseNoArrival } from './operate/file-filter.ts';
import { MOST_UNASKED_FILES, type OperateOptions } from './operate/operation.ts';
import {
  RETRIED_STATUSES,
  UNDECIDED_STATUSES,
  type RetriedStatus,
} from './operate/retry-choice.ts';
import { cloneSettings } from './clone-settings.ts';
import { readContracts } from './contracts.ts';
import { parseSpan } from './duration.ts';
import type { ProgramContext } from './program.ts';
import { chooseDays, parseDay, type DayOptions } from './report/report-days.ts';
import { parseEnd, parseInstant } from './stats/stats-span.ts';
import { openTarget, type TargetOptions } from './target.ts';
import {
  limitOption,
  orRefuse,
  parseCount,
  parseReplayName,
  replayOption,
  sinceOption,
  targetCommand,
} from './target-command.ts';

const BULK_HELP = `
More than ${MOST_UNASKED_FILES} files are only listed unless --yes is given; the exit code is 1 then. It is recorded who did
what, and why: see "npx millrace operations".`;

const FILE_CODES = [
  ...Object.values(FaultCode),
  ...Object.values(FileCode),
  ...Object.values(SkipCode),
];

/** The commands by which an operator steers the pipeline. */
export const operateCommands = (context: ProgramContext): Command[] => [
  retryCommand(context),
  redriveCommand(context),
  reconcileCommand(context),
  replayCommand(context),
  forgetCommand(context),
  archiveCommand(context),
  pauseCommand(context),
  resumeCommand(context),
  operationsCommand(context),
];

function operatorCommand(name: string, description: string): Command {
  return targetCommand(name, description).option('--reason <text>', 'why, for the record');
}

function bulkCommand(name: string, description: string): Command {
  return operatorCommand(name, description)
    .option('--prefix <prefix>', 'only files whose object key begins with it')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'do it, however many files it concerns');
}

const datasetOption = (): Option =>
  new Option('--dataset <dataset>', 'only files that were read as this dataset');

/** A command for files by their end and their arrival. */
function filterCommand(
  name: string,
  description: string,
  statuses: readonly RetriedStatus[],
): Command {
  return bulkCommand(name, description)
    .argument('[file]', 'object key, file name or file id')
    .addOption(datasetOption())
    .addOption(new Option('--status <status>', 'only files that stand so').choices(statuses))
    .addOption(new Option('--code <code>', 'only files with this code').choices(FILE_CODES))
    .addOption(
      new Option(
        '--from <when>',
        'only files that arrived since: 30m, 2h, 7d, or a UTC time',
      ).argParser((text: string) => parseInstant(text)),
    )
    .addOption(
      new Option('--to <when>', 'only files that arrived before, or on this UTC day').argParser(
        (text: string) => parseEnd(text),
      ),
    );
}

function retryCommand({ console, takeInterrupt, setExitCode }: ProgramContext): Command {
  const command = filterCommand(
    'retry',
    'Have files processed again that failed or were rejected.',
    RETRIED_STATUSES,
  )
    .addOption(sinceOption().conflicts('from'))
    .addOption(replayOption())
    .option('--wait', 'wait until every file has come to another end')
    .option('--timeout <seconds>', 'how long to wait', parseCount, 300)
    .addHelpText(
      'after',
      `
Without --status it is the files that failed, and those whose attempt was abandoned: RUNNING means only
these. A rejected or skipped file is asked for by --status, once its cause is mended.
${BULK_HELP}`,
    );
  return command.action(
    async (
      file: string | undefined,
      options: TargetOptions & RetryOptions & { timeout: number },
    ) => {
      orRefuse(command, () => refuseNoArrival(options));
      const retryOptions = { ...options, timeoutSeconds: options.timeout, takeInterrupt };
      setExitCode(await retry(await openTarget(options), file, retryOptions, console));
    },
  );
}

function reconcileCommand({ console, setExitCode }: ProgramContext): Command {
  const command = bulkCommand(
    'reconcile',
    'Find files of the source bucket that were missed or are stuck, and request them.',
  )
    .addOption(sinceOption().default(parseSpan('7d'), '7d'))
    .addOption(
      new Option('--grace <span>', 'leave out files that arrived so shortly ago')
        .default(parseSpan('5m'), '5m')
        .argParser(parseSpan),
    )
    .addHelpText('after', BULK_HELP);
  return command.action(async (options: TargetOptions & ReconcileOptions) => {
    if (options.since <= options.grace) {
      command.error('error: --since has to be longer than --grace: no file is in between');
    }
    setExitCode(await reconcile(await openTarget(options), options, console));
  });
}

function redriveCommand({ console, takeInterrupt, setExitCode }: ProgramContext): Command {
  const command = filterCommand(
    'redrive',
    'Have the files of dead letters processed again.',
    UNDECIDED_STATUSES,
  ).addHelpText(
    'after',
    `
A letter is deleted once its files have been asked for; if they had come to their end, it is dropped. A letter
of several files goes only as a whole. Messages that tell of no file stay, and are counted.
${BULK_HELP}`,
  );
  return command.action(
    async (file: string | undefined, options: TargetOptions & RedriveOptions) => {
      orRefuse(command, () => refuseNoArrival(options));
      const deployment = await openTarget(options);
      const signal = takeInterrupt();
      setExitCode(await redrive(deployment, file, { ...options, signal }, console));
    },
  );
}

function replayCommand({ console, setExitCode }: ProgramContext): Command {
  const dayOption = (flags: string, description: string): Option =>
    new Option(`${flags} <day>`, description)
      .argParser((text: string) => parseDay(text))
      .makeOptionMandatory();
  const command = bulkCommand(
    'replay',
    'Process the files of UTC days once more, beside the first time.',
  )
    .addOption(dayOption('--from', 'first day: YYYY-MM-DD, yesterday, or today'))
    .addOption(dayOption('--to', 'last day'))
    .addOption(
      new Option('--as <name>', 'name of the replay')
        .argParser(parseReplayName)
        .makeOptionMandatory(),
    )
    .addOption(datasetOption())
    .addHelpText(
      'after',
      `
Outputs lie under replays/<name>/ in the target bucket; those of the first time stay as they are, and no report
counts the replay. Giving the same command again does only what is missing.
${BULK_HELP}`,
    );
  return command.action(async (options: TargetOptions & ReplayOptions & DayOptions) => {
    const days = orRefuse(command, () => chooseDays(options));
    setExitCode(await replay(await openTarget(options), days, options, console));
  });
}

function forgetCommand({ console, setExitCode }: ProgramContext): Command {
  return operatorCommand('forget', 'Remove all outputs of one file version for good.')
    .argument('<file>', 'object key, file name or file id that only one version has')
    .addOption(sinceOption())
    .addOption(replayOption())
    .option('--yes', 'do it; without, it is only shown what would be removed')
    .addHelpText(
      'after',
      `
The file is never processed again, though its event comes again. The source object is not touched. A command
that was cut short is finished by giving it again.`,
    )
    .action(async (file: string, options: TargetOptions & ForgetOptions) => {
      setExitCode(await forget(await openTarget(options), file, options, console));
    });
}

function archiveCommand({ console, setExitCode }: ProgramContext): Command {
  const command = bulkCommand('archive', 'Move or tag source objects, as contracts ask.')
    .argument('[files...]', 'object keys, file names or file ids')
    .option('--failed', 'all files whose archive has failed')
    .addOption(sinceOption())
    .addHelpText('after', `\nThe contracts are those of cdk.json's folder.\n${BULK_HELP}`);
  type Options = TargetOptions & Omit<ArchiveOptions, 'contracts'>;
  return command.action(async (files: string[], options: Options) => {
    if ((files.length === 0) !== (options.failed === true)) {
      command.error('error: give files, or --failed');
    }
    const contracts = readContracts(cloneSettings().contractsFolder);
    setExitCode(
      await archive(await openTarget(options), files, { ...options, contracts }, console),
    );
  });
}

function pauseCommand({ console }: ProgramContext): Command {
  return operatorCommand('pause', 'Hold files back: they wait in the ingest queue.')
    .addHelpText('after', '\nMessages wait for at most 14 days. What has begun comes to its end.')
    .action(async (options: TargetOptions & OperateOptions) =>
      pause(await openTarget(options), options, console),
    );
}

function resumeCommand({ console }: ProgramContext): Command {
  return operatorCommand('resume', 'Let files in again after a pause.').action(
    async (options: TargetOptions & OperateOptions) =>
      resume(await openTarget(options), options, console),
  );
}

function operationsCommand({ console }: ProgramContext): Command {
  return targetCommand('operations', 'List what operators did, newest first.')
    .addOption(limitOption('operations'))
    .action(async (options: TargetOptions & OperationsOptions) =>
      operations(await openTarget(options), options, console),
    );
}
