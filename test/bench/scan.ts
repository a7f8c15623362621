import type { Column } from '../../src/cli/output/table.ts';
import type { BenchOptions, BenchResult } from './bench-result.ts';
import {
  FEW_RUNS,
  nodeEngine,
  requireRows,
  RUNS,
  runInTurns,
  SLOW_SECONDS,
  speedOf,
  type EngineProgram,
  type Speed,
} from './engine-runs.ts';
import { describeInput, generateInput, INPUT_NAMES, inputBytes, type InputFile } from './inputs.ts';

const SCANNER = nodeEngine('range-scanner', 'Millrace, scan and SHA-256');
const HASHES = nodeEngine('block-hashes', 'SHA-256 alone');
const OTHERS: readonly EngineProgram[] = [
  nodeEngine('line-feeds', 'Buffer.indexOf of line feeds'),
  nodeEngine('csv-parse-records', 'csv-parse, records as arrays'),
];

interface Measured extends Partial<Speed> {
  readonly median: number;
  readonly input: string;
  readonly what: string;
}

/**
 * How fast the places are found at which a file of each kind can be cut for parallel work, next to
 * looking for line feeds only, which finds wrong ones, and to a parser.
 *
 * @throws when another number of rows is found than the file has
 */
export function scan(options: BenchOptions): Promise<BenchResult> {
  const files = INPUT_NAMES.map((input) => generateInput(input, inputBytes(options)));
  const measured = files.flatMap((file) => measure(file, options.quick ? 1 : RUNS));
  return Promise.resolve({
    columns: COLUMNS,
    rows: measured.map(tableRow),
    notes: [...files.map(describeInput), ...METHOD],
    data: measured,
  });
}

function measure(file: InputFile, runs: number): Measured[] {
  const done = runInTurns([SCANNER, HASHES, ...OTHERS], file.path, runs);
  requireRows(done, file.rows);
  const { input } = file;
  const speeds = new Map([...done].map(([engine, its]) => [engine, speedOf(its, file)]));
  const measured = [...speeds].map(([{ title }, speed]) => ({ input, what: title, ...speed }));
  const withHashes = speeds.get(SCANNER)!.median;
  const alone = 1 / (1 / withHashes - 1 / speeds.get(HASHES)!.median);
  return [{ input, what: 'Millrace, scan alone', median: alone }, ...measured];
}

const COLUMNS: readonly Column[] = [
  { title: 'INPUT' },
  { title: 'WHAT' },
  { title: 'MB/S', align: 'right' },
  { title: 'MIN', align: 'right' },
  { title: 'MAX', align: 'right' },
  { title: 'PEAK MB', align: 'right' },
  { title: 'RUNS', align: 'right' },
];

function tableRow({ input, what, median, min, max, peakBytes, runs }: Measured): string[] {
  const figures = [median, min, max, peakBytes && peakBytes / 1e6, runs];
  return [input, what, ...figures.map((figure) => figure?.toFixed(0) ?? '')];
}

const METHOD: readonly string[] = [
  '"Scan alone" is the time of scan and SHA-256 without that of SHA-256 alone.',
  `MB/s: median of ${RUNS} runs in turns; ${FEW_RUNS} where the first takes more than ${SLOW_SECONDS} s; 1 with --quick.`,
  'Each run is a process of its own that reads the file from disk (cached), in pieces of 64 KiB; one core.',
  'Scanning is done in ranges of 16 MiB, as the pipeline does it, one after the other here; every row was found.',
];
