import { RemovalPolicy, type App, type Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { join } from 'node:path';
import { Environment, type EnvironmentName } from '../../src/shared/environment.ts';
import { contractsFolderOf, type MillraceConfig } from '../config.ts';
import { bundleOf } from './handler-bundles.ts';

/** Folder of the assembly for the source maps; one per handler. */
const SOURCE_MAPS = 'source-maps';

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
export class NodeFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const { config, entry, description, timeout, memorySize } = props;
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      description,
      code: bundleOf({
        entry,
        contractsFolder: contractsFolderOf(config),
        sourceMaps: join((scope.node.root as App).outdir, SOURCE_MAPS),
      }),
      handler: 'index.handler',
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
