import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { median } from './bench-result.ts';

/** An engine whose first run takes longer runs `FEW_RUNS` times in all. */
export const SLOW_SECONDS = 5;
export const RUNS = 5;
export const FEW_RUNS = 3;

const EngineRun = z.object({
  rows: z.nullable(z.number()),
  outputBytes: z.number(),
  /** From opening the file to its last line, without the start of the process. */
  seconds: z.number(),
  /** The most memory the process had in RAM before it opened the file. */
  startBytes: z.number(),
  /** The most memory the process has had in RAM. */
  peakBytes: z.number(),
});
/** What one run of an engine printed. */
export type EngineRun = z.infer<typeof EngineRun>;

/** A program that runs one engine on the file whose path is added to its arguments. */
export interface EngineProgram {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

/** The program for an engine of `run-engine.ts`. */
export function nodeEngine(name: string, title: string): EngineProgram {
  const script = join(import.meta.dirname, 'run-engine.ts');
  return { title, command: process.execPath, arguments: [script, name] };
}

/**
 * Runs each engine several times on a file, in turns, so that what slows the machine down for a
 * while slows down all.
 *
 * @throws when a run fails
 */
export function runInTurns<T extends EngineProgram>(
  engines: readonly T[],
  path: string,
  runs: number,
): Map<T, EngineRun[]> {
  const done = new Map<T, EngineRun[]>(engines.map((engine) => [engine, []]));
  for (let turn = 0; turn < runs; turn += 1) {
    for (const [engine, earlier] of done) {
      if (turn >= FEW_RUNS && isSlow(earlier)) continue;
      earlier.push(runOnce(engine, path));
    }
  }
  return done;
}

function isSlow([first]: readonly EngineRun[]): boolean {
  return first !== undefined && first.seconds > SLOW_SECONDS;
}

function runOnce({ title, command, arguments: given }: EngineProgram, path: string): EngineRun {
  const printed = execFileSync(command, [...given, path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const run = EngineRun.parse(JSON.parse(printed));
  console.error(`${path}: ${title}: ${run.seconds.toFixed(2)} s`);
  return run;
}

/**
 * Speed counts only where all rows are found.
 *
 * @throws when an engine gives another number of rows than the file has
 */
export function requireRows(done: ReadonlyMap<EngineProgram, EngineRun[]>, expected: number): void {
  for (const [{ title }, runs] of done) {
    for (const { rows } of runs) {
      if (rows !== null && rows !== expected) {
        throw new Error(`${title} gives ${rows} rows instead of ${expected}`);
      }
    }
  }
}

/** Several runs as figures: speeds in MB (1,000,000 bytes) of the file a second. */
export interface Speed {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rowsPerSecond: number;
  /** The highest of all runs. */
  readonly startBytes: number;
  /** The highest of all runs. */
  readonly peakBytes: number;
  readonly runs: number;
}

/** The figures of an engine's runs on a file. */
export function speedOf(runs: readonly EngineRun[], file: { bytes: number; rows: number }): Speed {
  const speeds = runs.map(({ seconds }) => file.bytes / 1e6 / seconds);
  return {
    median: median(speeds),
    min: Math.min(...speeds),
    max: Math.max(...speeds),
    rowsPerSecond: file.rows / median(runs.map(({ seconds }) => seconds)),
    startBytes: Math.max(...runs.map(({ startBytes }) => startBytes)),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    runs: runs.length,
  };
}
