import { readFileSync } from 'node:fs';
import { processes } from '../../support/processes.ts';
import { peakMemoryOf } from '../peak-memory.ts';

const SAMPLE_MILLISECONDS = 200;
/** Linux counts processor time in hundredths of a second, on all processors that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** What the processes of one function have used. */
export interface FunctionUse {
  /** How many there were. */
  readonly processes: number;
  /** The most memory that one of them has had in RAM since it started. */
  readonly peakBytes: number;
  /** Processor time of all of them, their start included. */
  readonly cpuSeconds: number;
}

/** By function, under the name that the pipeline has for it: `Validate`, `TransformPart`, … */
export type FunctionUses = Readonly<Record<string, FunctionUse>>;

interface ProcessUse {
  readonly name: string;
  readonly peakBytes: number;
  readonly cpuSeconds: number;
}

/** Watches the functions' processes while something runs. It sees none on systems without /proc. */
export async function withFunctionUses<T>(
  enginePid: number,
  run: () => Promise<T>,
): Promise<{ result: T; functions: FunctionUses }> {
  const uses = new Map<number, ProcessUse>();
  const sample = (): void => {
    for (const [pid, use] of sampleOf(enginePid)) uses.set(pid, use);
  };
  const timer = process.platform === 'linux' ? setInterval(sample, SAMPLE_MILLISECONDS) : undefined;
  try {
    const result = await run();
    if (timer !== undefined) sample();
    return { result, functions: byFunction([...uses.values()]) };
  } finally {
    clearInterval(timer);
  }
}

function byFunction(uses: readonly ProcessUse[]): FunctionUses {
  const functions = [...Map.groupBy(uses, ({ name }) => name)].map(([name, its]) => {
    const peakBytes = Math.max(...its.map((use) => use.peakBytes));
    const cpuSeconds = its.reduce((sum, use) => sum + use.cpuSeconds, 0);
    return [name, { processes: its.length, peakBytes, cpuSeconds }] as const;
  });
  return Object.fromEntries(functions.sort(([a], [b]) => a.localeCompare(b)));
}

function sampleOf(enginePid: number): [pid: number, use: ProcessUse][] {
  return processes()
    .filter(({ parent, zombie }) => parent === enginePid && !zombie)
    .flatMap(({ pid }) => {
      try {
        const name = functionNameOf(pid);
        if (name === null) return [];
        return [[pid, { name, peakBytes: peakMemoryOf(pid), cpuSeconds: cpuSecondsOf(pid) }]];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field, the command in parentheses, may hold anything; see proc(5) for the others.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Null for a process that runs no function. */
function functionNameOf(pid: number): string | null {
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  const prefix = 'AWS_LAMBDA_FUNCTION_NAME=';
  const name = environment.find((variable) => variable.startsWith(prefix))?.slice(prefix.length);
  return name === undefined ? null : logicalName(name);
}

/** Of a name as CloudFormation makes it: the stack's, the constructs' with a hash, and a random end. */
function logicalName(physicalName: string): string {
  const constructs = physicalName.split('-').at(-2) ?? physicalName;
  return constructs.replace(/[0-9A-F]{8}$/, '').replace(/^.*(Steps|Dispatcher)/, '');
}
