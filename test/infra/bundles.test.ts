import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { functionNameOf, FUNCTIONS, type Resource } from './resources.ts';
import { readCdkJson } from './synthesize.ts';

const ROOT = join(import.meta.dirname, '../..');
const LARGEST_BUNDLE = 650_000;
/** What a function's code finds when it is loaded. */
const LAMBDA_ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};

/** The app, run as the CDK CLI runs it: with all functions bundled. */
const assembly = mkdtempSync(join(tmpdir(), 'millrace-assembly-'));
const run = spawnSync(process.execPath, ['infra/app.ts'], {
  cwd: ROOT,
  encoding: 'utf8',
  env: {
    ...process.env,
    CDK_OUTDIR: assembly,
    CDK_CONTEXT_JSON: JSON.stringify(readCdkJson().context),
  },
});

afterAll(() => rmSync(assembly, { recursive: true }));

/** Folders of the functions' bundles by the functions' names. */
function readBundles(): ReadonlyMap<string, string> {
  const template = join(assembly, 'Millrace-dev.template.json');
  const { Resources } = JSON.parse(readFileSync(template, 'utf8')) as {
    Resources: Record<string, Resource>;
  };
  const functions = Object.entries(Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );
  return new Map(
    functions.map(([id, { Properties }]) => {
      const { S3Key } = Properties.Code as { S3Key: string };
      return [functionNameOf(id), join(assembly, `asset.${S3Key.replace('.zip', '')}`)];
    }),
  );
}

const kebabCase = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

const contracts = readdirSync(join(ROOT, 'src/datasets')).filter((name) =>
  name.endsWith('.contract.json'),
);

it('the app synthesizes without a warning', () => {
  expect(run.status).toBe(0);
  expect(run.stderr).not.toMatch(/\[warning|^WARNING|deprecated/im);
});

it('every resource says which application and stage it belongs to', () => {
  const template = readFileSync(join(assembly, 'Millrace-dev.template.json'), 'utf8');
  const { Resources } = JSON.parse(template) as { Resources: Record<string, Resource> };
  const tags = Object.values(Resources).flatMap(({ Properties: { Tags } }) => Tags ?? []);

  expect(tags).toContainEqual({ Key: 'application', Value: 'millrace' });
  expect(tags).toContainEqual({ Key: 'stage', Value: 'dev' });
});

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  const folder = readBundles().get(name)!;
  const maps = join(assembly, 'source-maps');

  it('holds the code and the contracts, and nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(['contracts', 'index.mjs']);
  });

  it(`is at most ${LARGEST_BUNDLE} bytes, because loading it is billed`, () => {
    expect(statSync(join(folder, 'index.mjs')).size).toBeLessThanOrEqual(LARGEST_BUNDLE);
  });

  it('loads on its own, without any package around it', () => {
    const module = pathToFileURL(join(folder, 'index.mjs')).href;
    const script = `const { handler } = await import('${module}'); console.log(typeof handler);`;
    const loaded = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
      env: LAMBDA_ENVIRONMENT,
    });

    expect(loaded.stderr).toBe('');
    expect(loaded.stdout.trim()).toBe('function');
  });

  it('takes its credentials from the environment, where Lambda puts them', () => {
    const code = readFileSync(join(folder, 'index.mjs'), 'utf8');
    const imported = [...code.matchAll(/import\("([^"]+)"\)/g)].map(([, name]) => name!);
    const packages = imported.filter((name) => !isBuiltin(name));

    const providers = packages.filter((name) => name.includes('/credential-provider-'));
    // A function that calls no service needs neither.
    expect(code.includes('AWS_ACCESS_KEY_ID')).toBe(providers.length > 0);
    expect(packages).toEqual(providers);
  });

  it('holds the contracts as they are in the sources', () => {
    const read = (directory: string): string[] =>
      contracts.map((file) => readFileSync(join(directory, file), 'utf8'));

    expect(readdirSync(join(folder, 'contracts')).sort()).toEqual([...contracts].sort());
    expect(read(join(folder, 'contracts'))).toEqual(read(join(ROOT, 'src/datasets')));
  });

  it('has its source map beside the assets, without a link to it', () => {
    const text = readFileSync(join(maps, `${kebabCase(name)}.handler.js.map`), 'utf8');
    const map = JSON.parse(text) as { version: number; sources: string[] };

    expect(map).toMatchObject({ version: 3, mappings: expect.stringMatching(/./) as string });
    expect(map.sources.filter((source) => !existsSync(join(maps, source)))).toEqual([]);
    expect(readFileSync(join(folder, 'index.mjs'), 'utf8')).not.toContain('sourceMappingURL');
  });
});
