import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { contractFiles } from '../../src/datasets/registry.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = join(ROOT, 'src');
/** How the names of handlers' files end. */
const HANDLER = '.handler.ts';
/** The one file of a bundle; the function's handler is its export `handler`. */
const BUNDLE = 'index.mjs';
/** Folder of the contracts inside a bundle, relative to the function's working directory. */
export const CONTRACTS_FOLDER = 'contracts';

/**
 * Parts of the SDK that look for credentials elsewhere than in the environment. The default chain
 * imports them one after the other, each only once those before it have found none. Lambda puts the
 * role's credentials into the environment before any code runs, and its names are reserved, so that
 * the chain always ends at its first link: 100 KB that no function ever loads.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const UNREACHED_CREDENTIALS = [
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-web-identity',
  '@aws-sdk/credential-provider-http',
  '@smithy/credential-provider-imds',
];

/** Packages that a bundle has something else for. */
const STAND_INS = {
  '@aws-lambda-powertools/jmespath': './src/shared/without-jmespath.ts',
  '@aws-lambda-powertools/jmespath/functions': './src/shared/without-jmespath.ts',
};

export interface BundleProps {
  /** Handler's file below `src`. */
  readonly entry: string;
  /** Folder whose contracts go into the bundle. */
  readonly contractsFolder: string;
  /** Folder for the source map, which stays outside the bundle. */
  readonly sourceMaps: string;
}

/**
 * A function's code: one minified file with what it uses of the SDK in it, and the contracts. As with all
 * assets of the CDK, nothing is bundled by a command that does not need it, such as `cdk list`.
 *
 * @throws Error if there is no such handler
 */
export function bundleOf({ entry, contractsFolder, sourceMaps }: BundleProps): Code {
  if (!entry.endsWith(HANDLER) || !existsSync(join(SOURCES, entry))) {
    throw new Error(`src/${entry} must be there, and end with ${HANDLER}.`);
  }
  const name = basename(entry, '.ts');
  const tryBundle = (folder: string): boolean => {
    const { code, sourceMap } = builtIn(sourceMaps, name);
    writeFileSync(join(folder, BUNDLE), code);
    mkdirSync(sourceMaps, { recursive: true });
    writeFileSync(join(sourceMaps, `${name}.js.map`), sourceMap);
    mkdirSync(join(folder, CONTRACTS_FOLDER));
    for (const contract of contractFiles(contractsFolder) ?? []) {
      copyFileSync(join(contractsFolder, contract), join(folder, CONTRACTS_FOLDER, contract));
    }
    return true;
  };
  return Code.fromAsset(dirname(join(SOURCES, entry)), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: { tryBundle },
      // Nothing runs in the image, but the CDK tells assets of one folder apart by the command.
      image: DockerImage.fromRegistry('none'),
      command: [entry, contractsFolder],
    },
  });
}

/** Bundles and source maps by their file names. */
type Built = ReadonlyMap<string, Uint8Array>;

/** By folder of the source maps, which name the sources relative to it. */
const allBuilt = new Map<string, Built>();

/** The bundle of a handler, by its file's name without the ending. */
function builtIn(sourceMaps: string, name: string): { code: Uint8Array; sourceMap: Uint8Array } {
  const built = builtFor(sourceMaps);
  const [code, sourceMap] = [built.get(`${name}.js`), built.get(`${name}.js.map`)];
  if (code === undefined || sourceMap === undefined) throw new Error(`esbuild made no ${name}`);
  return { code, sourceMap };
}

/** What esbuild makes of all handlers at once, which takes little longer than one of them alone. */
function builtFor(sourceMaps: string): Built {
  const known = allBuilt.get(sourceMaps);
  if (known !== undefined) return known;
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`src/**/*${HANDLER}`],
    entryNames: '[name]',
    outdir: sourceMaps,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: UNREACHED_CREDENTIALS,
    alias: STAND_INS,
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'warning',
  });
  const built = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  allBuilt.set(sourceMaps, built);
  return built;
}
