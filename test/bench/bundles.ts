import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median, type BenchResult } from './bench-result.ts';

const ROOT = join(import.meta.dirname, '../..');
const RUNS = 7;

interface Bundle {
  readonly name: string;
  readonly bytes: number;
  readonly initMilliseconds: number;
}

/** Size of every function's bundle, SDK included, and the time Node takes to load it. */
export function bundles(): Promise<BenchResult> {
  const assembly = mkdtempSync(join(tmpdir(), 'millrace-bundles-'));
  try {
    synthesize(assembly);
    const found = bundledFunctions(assembly).map(({ name, path }): Bundle => ({
      name,
      bytes: statSync(path).size,
      initMilliseconds: median(Array.from({ length: RUNS }, () => loadTime(path))),
    }));
    return Promise.resolve({
      columns: [
        { title: 'FUNCTION' },
        { title: 'BYTES', align: 'right' },
        { title: 'INIT', align: 'right' },
      ],
      rows: found.map(({ name, bytes, initMilliseconds }) => [
        name,
        bytes.toLocaleString('en-US'),
        `${initMilliseconds.toFixed(0)} ms`,
      ]),
      notes: [`Init: time to import the bundle in a new process, median of ${RUNS}.`],
      data: found,
    });
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

function synthesize(assembly: string): void {
  const script = join(ROOT, 'infra/app.ts');
  const context = readFileSync(join(ROOT, 'cdk.json'), 'utf8');
  execFileSync(process.execPath, [script], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      ...process.env,
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify((JSON.parse(context) as { context: object }).context),
    },
  });
}

/** The functions of a template with the paths of their bundles. */
function bundledFunctions(assembly: string): { name: string; path: string }[] {
  const template = readdirSync(assembly).find((file) => file.endsWith('.template.json')) ?? '';
  const { Resources } = JSON.parse(readFileSync(join(assembly, template), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: { Code?: { S3Key: string } } }>;
  };
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, { Properties }]) => ({
      name: id.replace(/[0-9A-F]{8}$/, '').replace(/^(Steps|Dispatcher)/, ''),
      path: join(
        assembly,
        `asset.${Properties.Code?.S3Key.replace('.zip', '') ?? ''}`,
        'index.mjs',
      ),
    }));
}

function loadTime(path: string): number {
  const script = `const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(path).href)});
    console.log(performance.now() - start);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script]));
}
