import { deployLocal } from '../../infra/local/deploy-local.ts';
import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { E2E_HOME, E2E_STAGE } from './support/deployed-app.ts';

/** Deploys the real app to a local AWS of its own, empty at the start of every run. */
export default async function deployApp(): Promise<void> {
  const aws = new LocalAws(LocalHome.ofClone(E2E_HOME));
  await aws.reset();
  await aws.start();
  await deployLocal(aws, {
    stage: E2E_STAGE,
    // Short waits, so that a file can be given up within a test.
    settings: { retryBaseSeconds: 1, retryMaxSeconds: 2, maxReceiveCount: 3 },
  });
}
