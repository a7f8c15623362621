import { LOCAL_CREDENTIALS, LOCAL_REGION, LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { openDeployment, type Deployment, type Target } from './deployment.ts';
import { UserError } from './user-error.ts';

/** Options that every command which talks to a deployment takes. */
export interface TargetOptions {
  readonly stage: string;
  /** Talk to the AWS account of the environment. */
  readonly aws?: boolean;
}

/** The local AWS of this clone. */
export const cloneLocalAws = (): LocalAws => new LocalAws(LocalHome.ofClone());

/**
 * The local AWS, or the account of the environment when it is asked for. Never that account unasked:
 * whoever forgot to start the local AWS must not upload test files into production.
 *
 * @throws UserError when the local AWS is meant and does not run
 */
export function chooseTarget(
  { stage, aws = false }: TargetOptions,
  local = cloneLocalAws(),
): Target {
  if (aws) return { stage, description: 'the AWS account of your environment', clientConfig: {} };
  const { running, endpoint } = local.status();
  if (running && endpoint !== undefined) return localTarget(stage, endpoint);
  throw new UserError(
    'The local AWS is not running.',
    'Start it with "npx millrace local up", or give --aws for the AWS account of your environment.',
  );
}

/** A deployment on the local AWS at an endpoint. */
export function localTarget(stage: string, endpoint: string): Target {
  const clientConfig = { endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  return { stage, description: `the local AWS at ${endpoint}`, clientConfig };
}

export const openTarget = (options: TargetOptions): Promise<Deployment> =>
  openDeployment(chooseTarget(options));
