import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { copyFileSync, existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

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
  const output = entry.replace(/\.ts$/, '.js');
  const tryBundle = (folder: string): boolean => {
    writeFileSync(join(folder, BUNDLE), built(output));
    const maps = { from: dirname(join(SOURCES, entry)), to: sourceMaps };
    mkdirSync(sourceMaps, { recursive: true });
    writeFileSync(join(sourceMaps, `${basename(output)}.map`), moved(built(`${output}.map`), maps));
    mkdirSync(join(folder, CONTRACTS_FOLDER));
    for (const name of globSync('*.contract.json', { cwd: contractsFolder })) {
      copyFileSync(join(contractsFolder, name), join(folder, CONTRACTS_FOLDER, name));
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

/** A source map for another folder than that for which it was made: it names sources relative to its own. */
function moved(map: Uint8Array, { from, to }: { from: string; to: string }): string {
  const { sources, ...rest } = JSON.parse(Buffer.from(map).toString('utf8')) as {
    sources: string[];
  };
  const named = sources.map((source) => slashed(relative(to, resolve(from, source))));
  return JSON.stringify({ ...rest, sources: named });
}

const slashed = (path: string): string => path.replaceAll(sep, '/');

/** What esbuild made of all handlers, by paths below `src`; made when first asked for. */
let allBuilt: ReadonlyMap<string, Uint8Array> | undefined;

/** A bundle or source map by its path below `src`. */
function built(path: string): Uint8Array {
  allBuilt ??= buildAll();
  const contents = allBuilt.get(path);
  if (contents === undefined) throw new Error(`esbuild made no ${path}`);
  return contents;
}

/** Bundles all handlers at once, which takes little longer than one of them alone. */
function buildAll(): ReadonlyMap<string, Uint8Array> {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`src/**/*${HANDLER}`],
    outbase: SOURCES,
    outdir: SOURCES,
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
  return new Map(
    outputFiles.map(({ path, contents }) => [slashed(relative(SOURCES, path)), contents]),
  );
}
