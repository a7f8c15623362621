import { LOCAL_CREDENTIALS, LOCAL_REGION, LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { openDeployment, type Deployment, type Target } from './deployment.ts';

/** Options that every command which talks to a deployment takes. */
export interface TargetOptions {
  readonly stage: string;
  /** Talk to the AWS account of the environment even while the local AWS runs. */
  readonly aws?: boolean;
}

/** The local AWS of this clone. */
export const cloneLocalAws = (): LocalAws => new LocalAws(LocalHome.ofClone());

/** The local AWS while it runs; otherwise, or when asked for, the account of the environment. */
export function chooseTarget(
  { stage, aws = false }: TargetOptions,
  local = cloneLocalAws(),
): Target {
  const { running, endpoint } = local.status();
  return !aws && running && endpoint !== undefined
    ? localTarget(stage, endpoint)
    : { stage, description: 'the AWS account of your environment', clientConfig: {} };
}

/** A deployment on the local AWS at an endpoint. */
export function localTarget(stage: string, endpoint: string): Target {
  const clientConfig = { endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  return { stage, description: `the local AWS at ${endpoint}`, clientConfig };
}

export const openTarget = (options: TargetOptions): Promise<Deployment> =>
  openDeployment(chooseTarget(options));
