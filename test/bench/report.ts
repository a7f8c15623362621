import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { costOf } from '../../src/report/cost/cost-of.ts';
import { hourMilliseconds, usageOfReport } from '../../src/report/cost/report-usage.ts';
import type { BenchOptions, BenchResult } from './bench-result.ts';
import { generateDay } from './report/report-inputs.ts';

const SIZES = [1_000, 10_000, 100_000];
const QUICK_SIZES = [1_000, 10_000];
/** Runs a program on one core; without it the garbage collector may use another one. */
const TASKSET = '/usr/bin/taskset';
const LARGE_DAY = 1_000_000;
const HOURS = 24;

const ReportRun = z.object({
  /** Of all threads; more than the time that passed where there is more than one core. */
  cpuSeconds: z.number(),
  seconds: z.number(),
  startBytes: z.number(),
  peakBytes: z.number(),
  /** Size of the largest hour's sums, not compressed. */
  largestHourBytes: z.number(),
  files: z.number(),
  rows: z.number(),
  findings: z.literal(0),
});
type ReportRun = z.infer<typeof ReportRun>;

/**
 * How long the report of a day takes, from manifests in a folder, through the functions' own code.
 *
 * @throws when a run counts another number of files than there are
 */
export function report({ quick }: BenchOptions): Promise<BenchResult> {
  const runs = (quick ? QUICK_SIZES : SIZES).map(measure);
  return Promise.resolve({
    columns: [
      { title: 'FILES', align: 'right' },
      { title: 'SECONDS', align: 'right' },
      { title: 'CPU S', align: 'right' },
      { title: 'FILES/CPU S', align: 'right' },
      { title: 'CPU X', align: 'right' },
      { title: 'PEAK MB', align: 'right' },
      { title: 'HOUR KB', align: 'right' },
    ],
    rows: runs.map((run, index) => tableRow(run, runs[index - 1])),
    notes: [...NOTES, ...largeDay(runs.at(-1)!)],
    data: runs,
  });
}

function measure(files: number): ReportRun {
  const folder = generateDay(files);
  const script = join(import.meta.dirname, 'report/run-report.ts');
  const command = [process.execPath, script, folder];
  const [program = '', ...given] = existsSync(TASKSET) ? [TASKSET, '-c', '0', ...command] : command;
  const printed = execFileSync(program, given, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const run = ReportRun.parse(JSON.parse(printed));
  if (run.files !== files) throw new Error(`${run.files} files counted instead of ${files}`);
  return run;
}

function tableRow(
  { files, seconds, cpuSeconds, peakBytes, largestHourBytes }: ReportRun,
  before: ReportRun | undefined,
): string[] {
  return [
    files.toLocaleString('en-US'),
    seconds.toFixed(2),
    cpuSeconds.toFixed(2),
    Math.round(files / cpuSeconds).toLocaleString('en-US'),
    before === undefined ? '' : (cpuSeconds / before.cpuSeconds).toFixed(1),
    (peakBytes / 1e6).toFixed(0),
    (largestHourBytes / 1e3).toFixed(0),
  ];
}

const NOTES: readonly string[] = [
  'Each file has a manifest of 250 rows with three dimensions and a measure, and a ledger item.',
  'All 24 hours one after the other on one core, read from the disk (cached), then the report composed.',
  '"SECONDS" pass also while other programs have the core; "CPU X" is a multiple of the line above, for ten times the files.',
];

/** What follows for a day of a million files on AWS, whose hours are counted at once. */
function largeDay({ files, cpuSeconds }: ReportRun): string[] {
  const perManifest = (cpuSeconds * 1_000) / files;
  const perHour = hourMilliseconds(LARGE_DAY / HOURS, perManifest) / 1_000;
  const usage = usageOfReport({ manifests: LARGE_DAY, items: LARGE_DAY });
  const { usd, services } = costOf(usage, { logsExecutions: true });
  const dearest = services.map(({ service, usd: its }) => `${service} $${its.toFixed(3)}`);
  return [
    `A day of ${LARGE_DAY.toLocaleString('en-US')} files on AWS, worked out and not measured: ${perManifest.toFixed(2)} ms a manifest here,`,
    `about ${perHour.toFixed(0)} s for each of ${HOURS} hours at once, with 64 GETs of 25 ms under way;`,
    `${usage.s3Reads.toLocaleString('en-US')} GETs, ${usage.s3Writes.toLocaleString('en-US')} LISTs and PUTs, ${usage.standardTransitions} transitions: $${usd.toFixed(2)} (${dearest.join(', ')}).`,
  ];
}
