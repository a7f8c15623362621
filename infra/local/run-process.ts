import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A program that was run ended with another exit code than 0. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed';
  readonly exitCode: number | null;

  constructor(command: string, exitCode: number | null) {
    super(`${command} ended with exit code ${exitCode ?? 'none'}`);
    this.exitCode = exitCode;
  }
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** All output is appended here. */
  readonly logFile: string;
  /** Ends the program when it fires. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a program to its end with its output going to a log file.
 *
 * @throws ProcessFailed when it does not exit with 0
 */
export async function run(
  command: string,
  args: readonly string[],
  { env, cwd, logFile, signal }: RunOptions,
): Promise<void> {
  const log = openSync(logFile, 'a');
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(command, args, {
        stdio: ['ignore', log, log],
        ...(env !== undefined && { env }),
        ...(cwd !== undefined && { cwd }),
        ...(signal !== undefined && { signal }),
      });
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (exitCode !== 0) throw new ProcessFailed(command, exitCode);
  } finally {
    closeSync(log);
  }
}
