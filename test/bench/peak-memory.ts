import { existsSync, readFileSync } from 'node:fs';

const OWN_STATUS = '/proc/self/status';

/** The most memory that this process has had in RAM, in bytes. */
export function peakMemory(): number {
  if (!existsSync(OWN_STATUS)) return process.resourceUsage().maxRSS * 1024;
  // Linux counts a parent's memory in `maxRSS` of its child, but not here.
  return peakIn(readFileSync(OWN_STATUS, 'utf8'));
}

/**
 * The most memory that another process has had in RAM, in bytes.
 *
 * @throws where there is no such process, or no /proc
 */
export function peakMemoryOf(pid: number): number {
  return peakIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** A zombie has no memory, and no such line. */
function peakIn(status: string): number {
  const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kibibytes) * 1024;
}
