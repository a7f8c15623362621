import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
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
  type EngineRun,
  type Speed,
} from './engine-runs.ts';
import {
  describeInput,
  generateInput,
  INPUT_NAMES,
  inputBytes,
  type InputFile,
  type InputName,
} from './inputs.ts';
import { requireSameValues } from './same-values.ts';

interface Contender extends EngineProgram {
  /** Whether it only keeps every value as text, and so writes the same as all that do. */
  readonly keepsText?: boolean;
}

/** Engines that do the same to the same file. */
interface Comparison {
  readonly title: string;
  readonly input: InputName;
  /** The engine of ours to whose speed the others' are compared. */
  readonly ours: Contender;
  readonly others: readonly Contender[];
}

interface Measured extends Speed {
  readonly comparison: string;
  readonly engine: string;
  /** How many times as fast ours is. */
  readonly ratio: number;
}

const PLAIN = nodeEngine('millrace', 'Millrace, no contract');
const CONTRACT = nodeEngine('millrace-contract', 'Millrace, contract');
const NO_LINEAGE = nodeEngine('millrace-contract-no-lineage', 'Millrace, contract, no lineage');

const PYTHON: Contender = {
  title: 'Python csv.DictReader',
  command: 'python3',
  arguments: [join(import.meta.dirname, 'engines/csv-dict-reader.py')],
  keepsText: true,
};

const TEXT_ENGINES: readonly Contender[] = [
  { ...nodeEngine('csv-parse', 'csv-parse'), keepsText: true },
  { ...nodeEngine('papaparse', 'Papa Parse'), keepsText: true },
  { ...nodeEngine('fast-csv', 'fast-csv'), keepsText: true },
  { ...nodeEngine('duckdb', 'DuckDB, 1 thread'), keepsText: true },
];

/**
 * How fast a file of each kind becomes JSON Lines, and with how much memory: Millrace next to the
 * libraries and tools that one would use instead.
 *
 * @throws when the engines do not agree on the rows, or on the values
 */
export function transform(options: BenchOptions): Promise<BenchResult> {
  const python = pythonVersion();
  const runs = options.quick ? 1 : RUNS;
  const files = INPUT_NAMES.map((input) => generateInput(input, inputBytes(options)));
  for (const { path } of files) requireSameValues(path);
  const measured = comparisonsOf(python === null ? [] : [PYTHON]).flatMap((comparison) => {
    const file = files.find(({ input }) => input === comparison.input)!;
    return measure(comparison, file, runs);
  });
  return Promise.resolve({
    columns: COLUMNS,
    rows: measured.map(tableRow),
    notes: [...files.map(describeInput), ...METHOD, versions(python)],
    data: measured,
  });
}

/** Where a contract applies, ours with all its checks stands against the others without any. */
function comparisonsOf(python: readonly Contender[]): Comparison[] {
  const others = [...TEXT_ENGINES, ...python];
  const typed = nodeEngine('duckdb-typed', 'DuckDB, 1 thread, typed');
  return [
    {
      title: 'events',
      input: 'events',
      ours: CONTRACT,
      others: [NO_LINEAGE, PLAIN, ...others, typed],
    },
    { title: 'quoted', input: 'quoted', ours: PLAIN, others },
    { title: 'wide', input: 'wide', ours: PLAIN, others },
    {
      title: 'events, output gzip',
      input: 'events',
      ours: nodeEngine('millrace-contract-gzip', 'Millrace, contract'),
      others: [nodeEngine('csv-parse-gzip', 'csv-parse')],
    },
  ];
}

function measure({ title, ours, others }: Comparison, file: InputFile, runs: number): Measured[] {
  const done = runInTurns([ours, ...others], file.path, runs);
  requireRows(done, file.rows);
  requireSameLengths(done);
  const reference = speedOf(done.get(ours)!, file).median;
  return [...done].map(([engine, engineRuns]) => {
    const speed = speedOf(engineRuns, file);
    return { comparison: title, engine: engine.title, ratio: reference / speed.median, ...speed };
  });
}

/** @throws when engines that keep every value as text write different lengths */
function requireSameLengths(done: ReadonlyMap<Contender, EngineRun[]>): void {
  const runs = [...done].filter(([{ keepsText }]) => keepsText).flatMap(([, its]) => its);
  const lengths = new Set(runs.map(({ outputBytes }) => outputBytes));
  if (lengths.size > 1) throw new Error(`outputs differ in length: ${[...lengths].join(', ')}`);
}

const COLUMNS: readonly Column[] = [
  { title: 'INPUT' },
  { title: 'ENGINE' },
  { title: 'MB/S', align: 'right' },
  { title: 'MIN', align: 'right' },
  { title: 'MAX', align: 'right' },
  { title: 'RATIO', align: 'right' },
  { title: 'START MB', align: 'right' },
  { title: 'PEAK MB', align: 'right' },
  { title: 'ROWS/S', align: 'right' },
  { title: 'RUNS', align: 'right' },
];

function tableRow(measured: Measured): string[] {
  const { comparison, engine, median, min, max, ratio, rowsPerSecond, runs } = measured;
  const { startBytes, peakBytes } = measured;
  return [
    comparison,
    engine,
    ...[median, min, max].map((speed) => speed.toFixed(1)),
    ratio.toFixed(2),
    ...[startBytes, peakBytes].map((bytes) => (bytes / 1e6).toFixed(0)),
    Math.round(rowsPerSecond).toLocaleString('en-US'),
    String(runs),
  ];
}

const METHOD: readonly string[] = [
  'Ratio: how many times as fast the first engine of the input, which is ours, is as this one.',
  'Ours makes SHA-256 digests of all lines and numbers the rows; with lineage each line says its own.',
  'Under a contract ours checks every value; the others check nothing, but for the types in DuckDB, typed.',
  `MB/s: input, median of ${RUNS} runs in turns; ${FEW_RUNS} where the first takes over ${SLOW_SECONDS} s; 1 if quick.`,
  'Each run is a new process: it reads the file (cached) and writes JSON Lines to the null device.',
  'DuckDB has no such output: it writes a file, in memory where the system has /dev/shm.',
  'Memory: resident, of the whole process, before the file is opened and at most.',
  'Nothing but gzip and the reading of files runs beside the one thread of an engine.',
  'Checked: every engine gives all rows; those that keep text write equally many bytes;',
  'our first 1,000 records are csv-parse’s.',
];

/** Null where there is no Python. */
function pythonVersion(): string | null {
  const { status, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

function versions(python: string | null): string {
  const { dependencies, devDependencies } = packageJson;
  return [
    `Node ${process.versions.node}`,
    `csv-parse ${dependencies['csv-parse']}`,
    `Papa Parse ${devDependencies.papaparse}`,
    `fast-csv ${devDependencies['fast-csv']}`,
    `DuckDB ${devDependencies['@duckdb/node-api']}`,
    python ?? 'python3 was not found and is left out',
  ].join(', ');
}
