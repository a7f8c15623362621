import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { formatTable } from '../../src/cli/output/table.ts';
import { runChaos, type ChaosResult } from './chaos-run.ts';

const USAGE = `Usage: npm run chaos [-- --files N] [--faults SHARE] [--kills N] [--seed N] [--json]

  Puts files through the deployed app on a local AWS of its own (.millrace/chaos), first without faults
  and then with faults at every service's edge; then audits that nothing was lost, doubled or cut short.

  --files N       file versions (default 2000)
  --faults SHARE  share of service calls that fail, 0 to 1 (default 0.1)
  --kills N       how often everything is killed at once (default 3)
  --seed N        decides files, faults and kills (default: by the clock)
  --json          print the result as data

  Exit code: 0 when nothing is wrong, 1 with every violation listed, 2 for a wrong command line.`;

const count = z.coerce.number().check(z.int(), z.nonnegative());
const Options = z.object({
  files: count.check(z.positive()),
  faults: z.coerce.number().check(z.gte(0), z.lte(1)),
  kills: count,
  seed: count,
  json: z.boolean(),
});

process.exitCode = await main();

async function main(): Promise<number> {
  const options = commandLine();
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const { json, ...run } = options;
  console.error(`seed ${run.seed}`);
  const aws = new LocalAws(LocalHome.ofClone('chaos'));
  const result = await runChaos(aws, { ...run, onProgress: (what) => console.error(what) });
  if (json) console.log(JSON.stringify({ ...run, ...result }, null, 2));
  else describe(run.files, run.seed, result);
  return result.violations.length === 0 ? 0 : 1;
}

function commandLine(): z.infer<typeof Options> | null {
  try {
    const { values } = parseArgs({
      options: {
        files: { type: 'string', default: '2000' },
        faults: { type: 'string', default: '0.1' },
        kills: { type: 'string', default: '3' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        json: { type: 'boolean', default: false },
      },
    });
    return Options.parse(values);
  } catch {
    return null;
  }
}

function describe(files: number, seed: number, result: ChaosResult): void {
  const { calls, injected } = result.injected;
  const rows = Object.entries(injected).map(([service, kinds]) => [
    service,
    String(calls[service] ?? ''),
    String(Object.values(kinds).reduce((sum, times) => sum + times, 0)),
    Object.entries(kinds)
      .map(([kind, times]) => `${times} ${kind}`)
      .join(', '),
  ]);
  const columns = [
    { title: 'SERVICE' },
    { title: 'CALLS', align: 'right' },
    { title: 'FAULTS', align: 'right' },
    { title: 'OF THEM' },
  ] as const;
  console.log(formatTable(columns, rows));
  const count = (kind: string) => result.violations.filter((found) => found.kind === kind).length;
  const { reference, chaos, drain } = result.seconds;
  console.log(`
seed ${seed}: ${files} files, everything killed at ${result.killedAt.join(', ') || 'no'} files
lost ${count('lost')}, doubled ${count('doubled')}, partial ${count('partial')}, unexplained ${count('unexplained')}
${result.outputs} outputs equal to the run without faults, unless listed below; their digest is
${result.digest}
${result.repeatedAttempts} repeated attempts, ${result.missed} missed files found, ${result.deadLetters} dead letters redriven, ${result.duplicateEvents} events delivered again, ${result.openUploads} uploads left to the lifecycle rule
${reference} s without faults, ${chaos} s under faults, ${drain} s to drain and read`);
  for (const { kind, what } of result.violations) console.log(`${kind}: ${what}`);
}
