import { parseArgs } from 'node:util';
import { formatTable } from '../../src/cli/output/table.ts';
import { analytics } from './analytics.ts';
import type { BenchOptions, BenchResult } from './bench-result.ts';
import { bundles } from './bundles.ts';
import { latency } from './latency.ts';
import { pipeline } from './pipeline.ts';
import { redelivery } from './redelivery.ts';
import { report } from './report.ts';
import { reportLocal } from './report-local.ts';
import { scan } from './scan.ts';
import { transform } from './transform.ts';

type Benchmark = (options: BenchOptions) => Promise<BenchResult>;

/** Every benchmark by the name under which `npm run bench -- NAME` runs it. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  analytics,
  bundles,
  latency,
  pipeline,
  redelivery,
  report,
  'report-local': reportLocal,
  scan,
  transform,
};

const USAGE = `Usage: npm run bench -- ${Object.keys(BENCHMARKS).join('|')} [--json] [--quick]

  analytics     Forward and Analyse: events per second, and what their calls cost
  bundles       size of every function's bundle, and the time to load it
  latency       a small file's way from its PUT to its event on the local AWS
  pipeline      many small files and large ones through the local AWS: speed and memory
  redelivery    how long a file that keeps failing waits between its tries
  report        the daily report of many files, from a folder: speed and memory
  report-local  the daily report of many files through the local AWS: speed and memory
  scan          finding where a file can be cut for parallel work: speed
  transform     files to JSON Lines: speed and memory next to other libraries and tools

  --json        print the figures as data too
  --quick       small inputs and few runs, to try it out; not of bundles and latency`;

await main();

async function main(): Promise<void> {
  const given = commandLine();
  const benchmark = BENCHMARKS[given?.name ?? ''];
  if (given === null || benchmark === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const result = await benchmark({ quick: given.quick });
  console.log(formatTable(result.columns, result.rows));
  for (const note of result.notes) console.log(note);
  if (given.json) console.log(JSON.stringify(result.data, null, 2));
}

/** Null when it holds anything unknown. */
function commandLine(): { name: string; json: boolean; quick: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
      },
    });
    const [name = '', ...more] = positionals;
    return more.length > 0 ? null : { name, ...values };
  } catch {
    return null;
  }
}
