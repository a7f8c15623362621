import { RemovalPolicy, type App, type Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { basename, join } from 'node:path';
import { Environment, type EnvironmentName } from '../../src/shared/environment.ts';
import { contractsFolderOf, type MillraceConfig } from '../config.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Folder of the assembly for the source maps, which stay outside the bundles; one per handler. */
const SOURCE_MAPS = 'source-maps';
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

export interface NodeFunctionProps {
  readonly config: MillraceConfig;
  /** Handler's file below `src`. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  /** In MiB; 1,769 is one vCPU. */
  readonly memorySize: number;
}

/**
 * A Lambda function of Millrace: Node 24 on arm64, one minified bundle with what it uses of the SDK in
 * it, a log group of its own, active tracing.
 *
 * What it may reach is bound by the functions in `bindings.ts`.
 */
export class NodeFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const { config, entry, description, timeout, memorySize } = props;
    const sourceMaps = join((scope.node.root as App).outdir, SOURCE_MAPS);
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      description,
      entry: join(ROOT, 'src', entry),
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      handler: 'handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout,
      memorySize,
      tracing: lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      // Lambda filters by this level, and Powertools follows it.
      applicationLogLevelV2: lambda.ApplicationLogLevel[config.logLevel],
      logGroup,
      role: executionRole(scope, `${id}Role`, logGroup),
      environment: { [Environment.STAGE]: config.stage, POWERTOOLS_LOG_LEVEL: config.logLevel },
      bundling: {
        bundleAwsSDK: true,
        externalModules: UNREACHED_CREDENTIALS,
        esbuildArgs: Object.fromEntries(
          Object.entries(STAND_INS).map(([name, path]) => [`--alias:${name}`, path]),
        ),
        minify: true,
        target: 'node24',
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        sourceMap: true,
        sourceMapMode: SourceMapMode.EXTERNAL,
        sourcesContent: false,
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_input, output) => [
            `mkdir "${output}/${CONTRACTS_FOLDER}"`,
            `cp "${contractsFolderOf(config)}"/*.contract.json "${output}/${CONTRACTS_FOLDER}/"`,
            `mkdir -p "${sourceMaps}"`,
            `mv "${output}/index.mjs.map" "${join(sourceMaps, `${basename(entry, '.ts')}.js.map`)}"`,
          ],
        },
      },
    });
  }

  /** Sets a plain setting. */
  configure(variable: EnvironmentName, value: string | number): this {
    this.addEnvironment(variable, String(value));
    return this;
  }
}

/** A role that may write to one log group; AWS's managed policy would open all of the account's. */
function executionRole(scope: Construct, id: string, logGroup: logs.LogGroup): iam.Role {
  const role = new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  return role;
}
