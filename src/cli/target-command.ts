import { Command, InvalidArgumentError, Option } from 'commander';
import { ReplayName } from '../shared/file-version.ts';
import { parseSpan } from './duration.ts';

/* What many commands of the command line have in common. */

export const stageOption = (): Option =>
  new Option('--stage <stage>', 'stage of the deployment').default('dev');
export const jsonOption = (): Option => new Option('--json', 'answer in JSON');
export const sinceOption = (): Option =>
  new Option('--since <span>', 'how far back to look, such as 30m, 12h or 7d')
    .default(parseSpan('24h'), '24h')
    .argParser(parseSpan);

export const limitOption = (what: string): Option =>
  new Option('--limit <count>', `show at most so many ${what}`).default(100).argParser(parseCount);

/** Only files of a replay. */
export const replayOption = (): Option =>
  new Option('--replay <name>', 'files of this replay, instead of those that arrived').argParser(
    parseReplayName,
  );

/**
 * Reads the name of a replay.
 *
 * @throws InvalidArgumentError when it could not be part of an object key
 */
export function parseReplayName(text: string): string {
  const { success, error } = ReplayName.safeParse(text);
  if (success) return text;
  throw new InvalidArgumentError(`It ${error.issues[0]?.message ?? 'is no name'}.`);
}

/** A command that talks to a deployment: on the local AWS unless the AWS account is asked for. */
export function targetCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(stageOption())
    .option('--aws', 'talk to the AWS account of your environment instead of the local AWS')
    .addOption(jsonOption());
}

/** What `read` returns; arguments that do not go together are refused as any that is wrong by itself. */
export function orRefuse<T>(command: Command, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return command.error(`error: ${error.message}`);
  }
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('Give a whole number of at least 1.');
}
