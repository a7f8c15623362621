import { CommanderError } from 'commander';
import { LocalAwsError } from '../../infra/local/local-aws.ts';
import { PythonInstallFailed, PythonMissing } from '../../infra/local/python-environment.ts';
import { explainAwsError } from './aws-error.ts';
import { standardConsole } from './console.ts';
import { Interrupt, INTERRUPTED_EXIT_CODE } from './interrupt.ts';
import { createProgram } from './program.ts';
import { UserError } from './user-error.ts';

const USAGE_EXIT_CODE = 2;
/** Errors whose message says all; the stack of any other is shown. */
const EXPECTED_ERRORS = [UserError, LocalAwsError, PythonMissing, PythonInstallFailed];

/** Runs the CLI and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const interrupt = new Interrupt();
  process.on('SIGINT', () => interrupt.fire());
  process.on('SIGTERM', () => interrupt.fire());
  process.stdout.on('error', endAtClosedPipe);
  const program = createProgram({
    console: standardConsole,
    takeInterrupt: () => interrupt.take(),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  });
  try {
    applyToAll(program, (command) => command.exitOverride());
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = interrupt.fired ? INTERRUPTED_EXIT_CODE : exitCodeOf(error);
  }
}

/** A reader that has seen enough, such as `head`, closes the pipe: nothing more is to be said. */
function endAtClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

/** Tells the user what went wrong, and the shell that something did. */
function exitCodeOf(thrown: unknown): number {
  // Commander has shown its own message.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  const error = (explainAwsError(thrown) ?? thrown) as Error;
  const expected = EXPECTED_ERRORS.some((kind) => error instanceof kind);
  standardConsole.note(expected ? error.message : (error.stack ?? String(error)));
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
