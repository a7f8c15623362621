import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process as the system lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** A zombie has ended; only its parent has not looked yet. */
  readonly zombie: boolean;
}

/** All processes of the system: from /proc where there is one, else from ps. */
export function processes(): ProcessRow[] {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

function fromProc(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        // The second field, the command in parentheses, may hold anything.
        const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [row(pid, parent!, group!, state!)];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

function fromPs(): ProcessRow[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, state] = line.trim().split(/\s+/);
      return row(pid!, parent!, group!, state!);
    });
}

function row(pid: string, parent: string, group: string, state: string): ProcessRow {
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    zombie: state.startsWith('Z'),
  };
}
