import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import type { TestProject } from './deploy-app.ts';

/** Stops the local AWS of the end-to-end tests; its logs stay for a look after a failure. */
export default async function stopApp(_: unknown, { globals }: TestProject): Promise<void> {
  await new LocalAws(LocalHome.ofClone(globals.E2E_HOME)).stop();
}
