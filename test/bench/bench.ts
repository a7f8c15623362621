import { bundles } from './bundles.ts';
import { latency } from './latency.ts';
import type { BenchResult } from './bench-result.ts';
import { formatTable } from '../../src/cli/output/table.ts';

/** Every benchmark by the name under which `npm run bench -- NAME` runs it. */
const BENCHMARKS: Readonly<Record<string, () => Promise<BenchResult>>> = { bundles, latency };

const [name = '', ...options] = process.argv.slice(2);
const benchmark = BENCHMARKS[name];
if (benchmark === undefined) {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHMARKS).join('|')} [--json]`);
  process.exitCode = 2;
} else {
  const result = await benchmark();
  console.log(formatTable(result.columns, result.rows));
  for (const note of result.notes) console.log(note);
  if (options.includes('--json')) console.log(JSON.stringify(result.data, null, 2));
}
