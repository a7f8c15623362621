import { processes } from '../../support/processes.ts';
import { localAws } from './deployed-app.ts';

/**
 * Kills every function's process, the way an out-of-memory or a lost host would.
 *
 * @returns how many there were
 */
export function killWorkers(): number {
  const engine = localAws().status().pid!;
  const workers = processes().filter(({ parent, zombie }) => parent === engine && !zombie);
  const pids = workers.map(({ pid }) => pid);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length;
}
