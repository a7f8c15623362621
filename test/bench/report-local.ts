import { makeReport } from '../../src/cli/report/make-report.ts';
import { readReport } from '../../src/cli/report/read-report.ts';
import { BenchApp } from './bench-app.ts';
import type { BenchOptions, BenchResult } from './bench-result.ts';
import { withFunctionUses, type FunctionUses } from './pipeline/function-use.ts';
import { fillDay } from './report/fill-day.ts';
import { BENCH_DAY, generateDay } from './report/report-inputs.ts';

const SIZES = [1_000, 10_000];
const QUICK_SIZES = [100];
/** What each function may take. */
const MOST_MEMORY_BYTES = 512 * 1024 * 1024;

interface ReportRun {
  readonly files: number;
  /** From the start of the execution to its end. */
  readonly seconds: number;
  readonly functions: FunctionUses;
}

/**
 * The daily report of many files through its state machine on the local AWS: its time and the memory of
 * each function.
 *
 * @throws when a report cannot be made, or counts anything but what is there
 */
export async function reportLocal({ quick }: BenchOptions): Promise<BenchResult> {
  const runs: ReportRun[] = [];
  for (const files of quick ? QUICK_SIZES : SIZES) {
    // Each in an app of its own, so that the functions' processes are new.
    runs.push(await BenchApp.use({}, (app) => measure(app, files)));
  }
  return {
    columns: [
      { title: 'FILES', align: 'right' },
      { title: 'SECONDS', align: 'right' },
      { title: 'FUNCTION' },
      { title: 'PROCESSES', align: 'right' },
      { title: 'CPU S', align: 'right' },
      { title: 'PEAK MB', align: 'right' },
    ],
    rows: runs.flatMap(tableRows),
    notes: NOTES,
    data: runs,
  };
}

async function measure(app: BenchApp, files: number): Promise<ReportRun> {
  await fillDay(app, generateDay(files));
  const start = performance.now();
  const { result, functions } = await withFunctionUses(app.enginePid, () =>
    makeReport(app.deployment, BENCH_DAY),
  );
  const seconds = (performance.now() - start) / 1_000;
  if (result.failure !== undefined) throw new Error(result.failure);
  const report = await readReport(app.deployment, BENCH_DAY);
  const counted = report?.files.succeeded.value;
  if (counted !== files || report?.findings.length !== 0) {
    throw new Error(`${counted} files counted instead of ${files}, or findings among them`);
  }
  return { files, seconds, functions };
}

function tableRows({ files, seconds, functions }: ReportRun): string[][] {
  return Object.entries(functions).map(([name, { processes, cpuSeconds, peakBytes }], index) => [
    ...(index === 0 ? [files.toLocaleString('en-US'), seconds.toFixed(1)] : ['', '']),
    name,
    String(processes),
    cpuSeconds.toFixed(1),
    `${(peakBytes / 1e6).toFixed(0)}${peakBytes > MOST_MEMORY_BYTES ? ' (too much)' : ''}`,
  ]);
}

const NOTES: readonly string[] = [
  'Manifests and ledger items as of "report", put into the local AWS; then one execution of the daily report.',
  'The files were counted, and there was no finding.',
  'Memory: the most that a process of the function has had in RAM; CPU time: of all its processes, with their start.',
];
