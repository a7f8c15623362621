import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalHome } from './local-home.ts';
import { ProcessFailed, run } from './run-process.ts';

const REQUIREMENTS = join(import.meta.dirname, 'engine', 'requirements.txt');
const CANDIDATES = ['python3', 'python'];
const MINIMUM_MINOR = 10;
const PIP_INSTALL = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];

/** The engine needs a Python that is not there. */
export class PythonMissing extends Error {
  override readonly name = 'PythonMissing';

  constructor() {
    super(`The local AWS needs Python 3.${MINIMUM_MINOR} or newer with venv, and none was found.`);
  }
}

/** The engine's packages could not be installed. */
export class PythonInstallFailed extends Error {
  override readonly name = 'PythonInstallFailed';

  constructor(logFile: string, cause: ProcessFailed) {
    super(
      'The local AWS could not be installed. It needs the venv module of Python and access to a ' +
        `Python package index: see ${logFile}.`,
      { cause },
    );
  }
}

/**
 * Installs the engine's pinned packages into a virtual environment of their own, once per set of
 * packages. Returns the environment's Python.
 *
 * It is made under another name and takes its place when it is whole: two processes that start the local AWS
 * at once, in a clone that has none yet, do not meet in a half-made one.
 *
 * @throws PythonMissing when the system has no suitable Python
 * @throws PythonInstallFailed naming the log when the packages cannot be installed
 */
export async function ensurePython(home: LocalHome, signal?: AbortSignal): Promise<string> {
  const packages = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  const environment = join(home.path, `python-${packages.slice(0, 12)}`);
  if (!existsSync(environment)) {
    const made = `${environment}.${process.pid}`;
    try {
      await makeEnvironment(made, home, signal);
      takePlace(made, environment);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  }
  return pythonOf(environment);
}

const pythonOf = (environment: string): string => join(environment, 'bin', 'python');

async function makeEnvironment(
  environment: string,
  home: LocalHome,
  signal?: AbortSignal,
): Promise<void> {
  const system = findPython();
  const options = { logFile: home.logFile, ...(signal !== undefined && { signal }) };
  const install = [...PIP_INSTALL, '--require-hashes', '-r', REQUIREMENTS];
  try {
    await run(system, ['-m', 'venv', environment], options);
    await run(pythonOf(environment), install, options);
  } catch (error) {
    if (error instanceof ProcessFailed) throw new PythonInstallFailed(home.logFile, error);
    throw error;
  }
}

/** Gives a whole environment its name, unless another process was faster. */
function takePlace(made: string, environment: string): void {
  try {
    renameSync(made, environment);
  } catch (error) {
    if (!existsSync(environment)) throw error;
  }
}

function findPython(): string {
  const found = CANDIDATES.find((name) => minorVersion(name) >= MINIMUM_MINOR);
  if (found === undefined) throw new PythonMissing();
  return found;
}

/** Minor version of a Python 3; -1 for anything else. */
function minorVersion(command: string): number {
  const script = 'import sys; print(sys.version_info[1] if sys.version_info[0] == 3 else -1)';
  try {
    return Number(execFileSync(command, ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return -1;
  }
}
