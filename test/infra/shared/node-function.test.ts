import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STEP_HANDLERS } from '../../../infra/pipeline/pipeline-steps.ts';
import { REPORT_STEPS } from '../../../infra/reports/report-steps.ts';
import { Environment } from '../../../src/shared/environment.ts';
import {
  FUNCTIONS,
  functionOf,
  functionStemOf,
  onlyEntry,
  resourcesOf,
  variablesOf,
  type FunctionName,
} from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const ROOT = join(import.meta.dirname, '../../..');
const template = synthesize({ 'millrace.logRetentionDays': 14, 'millrace.logLevel': 'WARN' });

/** The functions' handlers below `src`. */
const HANDLERS: Readonly<Record<FunctionName, string>> = {
  ...mapValues(STEP_HANDLERS, (handler) => `pipeline/${handler}`),
  ...mapValues(REPORT_STEPS, ({ entry }) => `report/${entry}`),
  Dispatch: 'pipeline/dispatch/dispatch',
  Reconcile: 'reconcile/reconcile',
  Forward: 'analytics/forward/forward',
  Analyse: 'analytics/analyse/analyse',
};

function mapValues<Name extends string, Value>(
  values: Readonly<Record<Name, Value>>,
  convert: (value: Value) => string,
): Record<Name, string> {
  const entries = Object.entries<Value>(values).map(([name, value]) => [name, convert(value)]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** The settings that a handler, or anything that ends up in its bundle, reads. */
async function settingsReadBy(name: FunctionName): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(ROOT, `src/${HANDLERS[name]}.handler.ts`)],
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const code = files.map(([file]) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  const names = [...code.matchAll(/\bEnvironment\.(\w+)/g)].map(
    ([, constant]) => Environment[constant as keyof typeof Environment],
  );
  return [...new Set(names)];
}

/** Where the function's code lies. */
/** Settings of Node.js and its memory, which no code of ours reads. */
const READ_BY_NODE = /^(NODE_OPTIONS|MALLOC_\w+)$/;
const SET_BY_LAMBDA = Environment.LAMBDA_TASK_ROOT;

it('there are no functions but ours', () => {
  expect(resourcesOf(template, 'AWS::Lambda::Function')).toHaveLength(FUNCTIONS.length);
});

describe.each(FUNCTIONS)('%s', (name) => {
  const properties = functionOf(template, name);

  it('runs on Node 24 and arm64', () => {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  });

  it('is traced', () => {
    expect(properties.TracingConfig).toEqual({ Mode: 'Active' });
  });

  it('writes JSON to a log group of its own, which is kept for the configured time', () => {
    const [id, { Properties: log }] = onlyEntry(
      template,
      'AWS::Logs::LogGroup',
      `${functionStemOf(name)}Logs`,
    );

    expect(properties.LoggingConfig).toEqual({
      LogFormat: 'JSON',
      LogGroup: { Ref: id },
      ApplicationLogLevel: 'WARN',
    });
    expect(log.RetentionInDays).toBe(14);
  });

  it('says what it is for', () => {
    expect(properties.Description).toMatch(/^[A-Z].{20,}/);
  });

  it('has every setting it reads, and no other', async () => {
    const read = await settingsReadBy(name);

    const set = Object.keys(variablesOf(template, name)).filter((each) => !READ_BY_NODE.test(each));
    expect(set.sort()).toEqual(
      [...read.filter((setting) => setting !== SET_BY_LAMBDA), 'POWERTOOLS_LOG_LEVEL'].sort(),
    );
  });

  it('logs at the configured level', () => {
    expect(variablesOf(template, name).POWERTOOLS_LOG_LEVEL).toBe('WARN');
  });
});
