import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
 * @throws PythonMissing when the system has no suitable Python
 * @throws PythonInstallFailed naming the log when the packages cannot be installed
 */
export async function ensurePython(home: LocalHome, signal?: AbortSignal): Promise<string> {
  const environment = join(home.path, 'python');
  const python = join(environment, 'bin', 'python');
  const stamp = join(environment, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  rmSync(environment, { recursive: true, force: true });
  const system = findPython();
  const options = { logFile: home.logFile, ...(signal !== undefined && { signal }) };
  try {
    await run(system, ['-m', 'venv', environment], options);
    await run(python, [...PIP_INSTALL, '--require-hashes', '-r', REQUIREMENTS], options);
  } catch (error) {
    if (error instanceof ProcessFailed) throw new PythonInstallFailed(home.logFile, error);
    throw error;
  }
  writeFileSync(stamp, wanted);
  return python;
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
