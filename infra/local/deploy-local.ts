import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { stackNameOf } from '../../src/shared/stack-outputs.ts';
import {
  environmentWithoutAws,
  LOCAL_ACCOUNT,
  LOCAL_REGION,
  LocalAwsError,
  type LocalAws,
} from './local-aws.ts';
import { ProcessFailed, run } from './run-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CDK = join(
  dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')),
  'bin/cdk',
);

/**
 * Functions that run at once share the cores of this machine, and its memory: each is a process. With more
 * batches at once than the cores can take, files would not be done earlier, but run into timeouts.
 */
const LOCAL_SETTINGS = {
  maxConcurrency: Math.max(2, availableParallelism()),
  forwardConcurrency: 2,
  chunkConcurrency: Math.min(availableParallelism(), 40),
  reportConcurrency: Math.min(availableParallelism(), 24),
};

export interface DeployLocalOptions {
  readonly stage: string;
  /** Further settings, see `infra/config.ts`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
}

/**
 * Deploys the real app to a local AWS with the real CDK CLI: bootstrap, then deploy, exactly as to
 * an account. Their output is in the home's `logs/deploy.log`.
 *
 * @throws LocalAwsError naming the log when either fails
 */
export async function deployLocal(aws: LocalAws, options: DeployLocalOptions): Promise<void> {
  const { stage, settings = {}, signal } = options;
  const context = Object.entries({ stage, ...LOCAL_SETTINGS, ...settings }).flatMap(
    ([name, value]) => ['--context', `millrace.${name}=${value}`],
  );
  const cdk = (...args: string[]): Promise<void> =>
    run(process.execPath, [CDK, ...args, '--output', aws.home.folder('assembly'), ...context], {
      cwd: ROOT,
      env: cdkEnvironment(aws),
      logFile: aws.home.deployLogFile,
      ...(signal !== undefined && { signal }),
    });
  try {
    await cdk('bootstrap', `aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`);
    await cdk('deploy', stackNameOf(stage), '--require-approval', 'never', '--method', 'direct');
  } catch (error) {
    if (!(error instanceof ProcessFailed)) throw error;
    const message = `The deployment to the local AWS failed: see ${aws.home.deployLogFile}.`;
    throw new LocalAwsError(message, { cause: error });
  }
}

/** The CDK CLI's environment: of AWS it knows only the local one. */
function cdkEnvironment(aws: LocalAws): NodeJS.ProcessEnv {
  return {
    ...environmentWithoutAws(),
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    ...aws.environment(),
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
