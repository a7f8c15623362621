import { CommanderError } from 'commander';
import { LocalAwsError } from '../../infra/local/local-aws.ts';
import { PythonMissing } from '../../infra/local/python-environment.ts';
import { standardConsole } from './console.ts';
import { createProgram } from './program.ts';
import { cloneLocalAws } from './target.ts';
import { UserError } from './user-error.ts';

const USAGE_EXIT_CODE = 2;
const INTERRUPTED_EXIT_CODE = 130;

/** Runs the CLI and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const interrupt = new AbortController();
  const ranBefore = cloneLocalAws().status().running;
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  const program = createProgram({
    console: standardConsole,
    signal: interrupt.signal,
    setExitCode: (code) => {
      process.exitCode = code;
    },
  });
  try {
    applyToAll(program, (command) => command.exitOverride());
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = interrupt.signal.aborted ? await interrupted(ranBefore) : exitCodeOf(error);
  }
}

/** Ctrl-C leaves nothing running that was not running before. */
async function interrupted(ranBefore: boolean): Promise<number> {
  if (!ranBefore && (await cloneLocalAws().stop())) {
    standardConsole.note('\nInterrupted. The local AWS has been stopped.');
  }
  return INTERRUPTED_EXIT_CODE;
}

/** Tells the user what went wrong, and the shell that something did. */
function exitCodeOf(error: unknown): number {
  // Commander has shown its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  const expected =
    error instanceof UserError || error instanceof LocalAwsError || error instanceof PythonMissing;
  standardConsole.note(expected ? error.message : String((error as Error).stack ?? error));
  if (error instanceof UserError && error.hint !== undefined) standardConsole.note(error.hint);
  return 1;
}

function applyToAll<T extends { readonly commands: readonly T[] }>(
  command: T,
  action: (command: T) => void,
): void {
  action(command);
  for (const child of command.commands) applyToAll(child, action);
}
