import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTIONS, stemOf, type Resource } from './resources.ts';
import { readCdkJson } from './synthesize.ts';

const ROOT = join(import.meta.dirname, '../..');
const LARGEST_BUNDLE = 650_000;

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
      const name = stemOf(id).replace(/^(Steps|Dispatcher)/, '');
      return [name, join(assembly, `asset.${S3Key.replace('.zip', '')}`)];
    }),
  );
}

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

  it('holds the contracts as they are in the sources', () => {
    const read = (directory: string): string[] =>
      contracts.map((file) => readFileSync(join(directory, file), 'utf8'));

    expect(readdirSync(join(folder, 'contracts')).sort()).toEqual([...contracts].sort());
    expect(read(join(folder, 'contracts'))).toEqual(read(join(ROOT, 'src/datasets')));
  });

  it('has its source map beside the assets, without a link to it', () => {
    const map = readFileSync(join(maps, `${name.toLowerCase()}.handler.js.map`), 'utf8');

    expect(JSON.parse(map)).toMatchObject({ version: 3 });
    expect(readFileSync(join(folder, 'index.mjs'), 'utf8')).not.toContain('sourceMappingURL');
  });
});
