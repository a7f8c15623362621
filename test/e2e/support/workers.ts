import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processes } from '../../support/processes.ts';
import { localAws } from './deployed-app.ts';

/**
 * Kills every function's process, the way an out-of-memory or a lost host would, or those of one
 * function.
 *
 * @returns how many there were
 */
export function killWorkers(functionName?: string): number {
  const engine = localAws().status().pid!;
  const workers = processes().filter(({ parent, zombie }) => parent === engine && !zombie);
  const pids = workers
    .map(({ pid }) => pid)
    .filter((pid) => functionName === undefined || runs(pid, functionName));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length;
}

function runs(pid: number, functionName: string): boolean {
  const variables = environmentOf(pid).split(/[\0 ]/);
  return variables.includes(`AWS_LAMBDA_FUNCTION_NAME=${functionName}`);
}

/** A process's environment as text; none for one that has ended meanwhile. */
function environmentOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/environ`, 'utf8');
    return execFileSync('ps', ['-wwE', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
