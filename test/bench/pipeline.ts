import type { Column } from '../../src/cli/output/table.ts';
import { BenchApp } from './bench-app.ts';
import { quantile, type BenchOptions, type BenchResult } from './bench-result.ts';
import { withInput, type InputFile } from './inputs.ts';
import type { FunctionUses } from './pipeline/function-use.ts';
import {
  requireRecount,
  runLargeFile,
  withGzipped,
  type LargeFileRun,
} from './pipeline/large-file.ts';
import {
  runSmallFiles,
  SMALL_FILE_BYTES,
  type Drop,
  type SmallFilesRun,
} from './pipeline/small-files.ts';

/** What the runs are of, in bytes and files. */
interface Sizes {
  readonly smallFiles: number;
  /** Read in one piece, and the shorter of the two whose memory is compared. */
  readonly shortBytes: number;
  /** Read in parallel, everything is counted again. */
  readonly largeBytes: number;
  /** The longer of the two whose memory is compared. */
  readonly longBytes: number;
}

const FULL: Sizes = { smallFiles: 300, shortBytes: 1e8, largeBytes: 1e9, longBytes: 2e9 };
const QUICK: Sizes = { smallFiles: 50, shortBytes: 1e8, largeBytes: 1e8, longBytes: 2e8 };

/** What each function may take, and each state. */
const MOST_MEMORY_BYTES = 512 * 1024 * 1024;
const MOST_PAYLOAD_BYTES = 64 * 1024;
const MOST_GROWTH_PERCENT = 10;
/** The functions that read a file that is split. */
const SPLIT_READERS = ['Scan', 'TransformPart'] as const;

interface Measured {
  readonly alone: LargeFileRun;
  readonly large: LargeFileRun;
  readonly short: LargeFileRun;
  readonly long: LargeFileRun;
  readonly unsplit: LargeFileRun;
  readonly small: SmallFilesRun;
}

/**
 * The whole pipeline on the local AWS: many small files at once, and large ones that are read in
 * parallel, with the time, the memory of each function and the payloads of each state.
 *
 * @throws when a file does not succeed, or its rows or its hash turn out wrong
 */
export async function pipeline({ quick }: BenchOptions): Promise<BenchResult> {
  const measured = await measure(quick ? QUICK : FULL);
  const { alone, large, short, long, unsplit, small } = measured;
  return {
    columns: COLUMNS,
    rows: [
      ...smallFileRows(small),
      ...largeFileRows('split, 2 at once', large),
      ...largeFileRows('split, 1 at once', alone),
      ...largeFileRows('split, 2 at once', short),
      ...largeFileRows('split, 2 at once', long),
      ...largeFileRows('gzip, in one piece', unsplit),
      ...speedUpRows(alone, large),
      ...growthRows(short, long),
    ],
    notes: NOTES,
    data: measured,
  };
}

/** Each run has an app of its own, so that the functions' processes are new. */
async function measure(sizes: Sizes): Promise<Measured> {
  const { alone, large } = await withInput('quoted', sizes.largeBytes, async (file) => ({
    alone: await split(file, 1),
    large: await split(file, 2, (app, run) => requireRecount(app, file.path, run)),
  }));
  const { short, unsplit } = await withInput('quoted', sizes.shortBytes, async (file) => ({
    short: await split(file, 2),
    unsplit: await inOnePiece(file),
  }));
  const long = await withInput('quoted', sizes.longBytes, (file) => split(file, 2));
  const small = await BenchApp.use({}, (app) => runSmallFiles(app, sizes.smallFiles));
  return { small, large, alone, short, long, unsplit };
}

/** @param check looks at what the run has left in the app */
async function split(
  file: InputFile,
  chunkConcurrency: number,
  check: (app: BenchApp, run: LargeFileRun) => Promise<void> = () => Promise.resolve(),
): Promise<LargeFileRun> {
  return BenchApp.use({ chunkConcurrency }, async (app) => {
    const run = await runLargeFile(app, file, 'large.csv');
    tell(`split, ${chunkConcurrency} at once`, run);
    await check(app, run);
    return run;
  });
}

function inOnePiece(file: InputFile): Promise<LargeFileRun> {
  return withGzipped(file, (path) =>
    BenchApp.use({}, async (app) => {
      const run = await runLargeFile(app, { ...file, path }, 'large.csv.gz');
      tell('gzip, in one piece', run);
      return run;
    }),
  );
}

/** The runs take minutes: each tells that it is done. */
function tell(how: string, { bytes, seconds, functions }: LargeFileRun): void {
  const most = Math.max(...Object.values(functions).map(({ peakBytes }) => peakBytes));
  const figures = `${seconds.toFixed(1)} s, no function above ${megabytes(most)}`;
  console.error(`${megabytes(bytes)}, ${how}: ${figures}`);
}

const COLUMNS: readonly Column[] = [
  { title: 'RUN' },
  { title: 'WHAT' },
  { title: 'FIGURE', align: 'right' },
];

function smallFileRows({ files, cold, warm, functions }: SmallFilesRun): string[][] {
  return rowsOf(`${files} files of ${SMALL_FILE_BYTES / 1_000} KB`, [
    ...dropRows('cold', cold),
    ...dropRows('warm', warm),
    ...functionRows(functions),
  ]);
}

function dropRows(name: string, { filesPerSecond, latencies }: Drop): [string, string][] {
  const latency = (share: number): string => `${quantile(latencies, share).toFixed(1)} s`;
  return [
    [`${name}: files a second`, filesPerSecond.toFixed(1)],
    [`${name}: PUT to end, p50`, latency(0.5)],
    [`${name}: PUT to end, p95`, latency(0.95)],
  ];
}

function largeFileRows(how: string, measured: LargeFileRun): string[][] {
  const { bytes, seconds, attempts, functions, states, largestPayload } = measured;
  return rowsOf(`${megabytes(bytes)}, ${how}`, [
    ['time', `${seconds.toFixed(1)} s`],
    ['speed', `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`],
    ...(attempts > 1 ? [['attempts', String(attempts)] as const] : []),
    ...states
      .filter((state) => state.seconds > 0)
      .map((state) => [stateTitle(state), `${state.seconds.toFixed(2)} s`] as const),
    ...functionRows(functions),
    [
      `largest payload: ${largestPayload.state}`,
      `${kilobytes(largestPayload.bytes)}${verdict(largestPayload.bytes <= MOST_PAYLOAD_BYTES)}`,
    ],
  ]);
}

const stateTitle = ({ name, times }: LargeFileRun['states'][number]): string =>
  times === 1 ? name : `${name}, ${times} of them`;

function functionRows(functions: FunctionUses): [string, string][] {
  return Object.entries(functions).flatMap(([name, { peakBytes, cpuSeconds, processes }]) => [
    [`peak memory: ${name}`, `${megabytes(peakBytes)}${verdict(peakBytes <= MOST_MEMORY_BYTES)}`],
    [`CPU time: ${name}, ${processes} processes`, `${cpuSeconds.toFixed(1)} s`],
  ]);
}

function speedUpRows(alone: LargeFileRun, together: LargeFileRun): string[][] {
  const secondsIn = ({ states }: LargeFileRun, name: string): number =>
    states.find((state) => state.name === name)?.seconds ?? NaN;
  const times = (state: string): string =>
    (secondsIn(alone, state) / secondsIn(together, state)).toFixed(2);
  return rowsOf('from 1 at once to 2', [
    ['times as fast', (alone.seconds / together.seconds).toFixed(2)],
    ['Transform Split alone', times('Transform Split')],
    ['Scan Ranges alone', times('Scan Ranges')],
  ]);
}

function growthRows(short: LargeFileRun, long: LargeFileRun): string[][] {
  const peakOf = ({ functions }: LargeFileRun, name: string): number =>
    functions[name]?.peakBytes ?? NaN;
  const growths = SPLIT_READERS.map((name) => {
    const percent = 100 * (peakOf(long, name) / peakOf(short, name) - 1);
    return [
      `more memory: ${name}`,
      `${percent.toFixed(1)} %${verdict(percent <= MOST_GROWTH_PERCENT)}`,
    ] as const;
  });
  return rowsOf(`from ${megabytes(short.bytes)} to ${megabytes(long.bytes)}`, growths);
}

/** The name of a run stands in its first row. */
function rowsOf(name: string, figures: readonly (readonly [string, string])[]): string[][] {
  return figures.map(([what, figure], index) => [index === 0 ? name : '', what, figure]);
}

const verdict = (isWithin: boolean): string => (isWithin ? '' : ' (too much)');
const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 0 })} MB`;
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

const NOTES: readonly string[] = [
  'The app as cdk.json deploys it, on a local AWS of its own; only chunkConcurrency is what the run says.',
  "Small files: all PUTs at once, cold while the functions' processes start, then as many again; from before a file's PUT to its end in the ledger.",
  'Large files: time from the claim to the end in the ledger, without the upload; a tenth of the records over several lines.',
  'Rows of source and output, their order and the content hash were counted again by other code, and are right.',
  'Memory: the most that a process of the function has had in RAM; CPU time: of all its processes, with their start. They are new for each run.',
  'Limits: a function 512 MiB, a payload 64 KiB, memory 10 % more; what is beyond says so.',
];
