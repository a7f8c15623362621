import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { E2E_HOME } from './support/deployed-app.ts';

/** Stops the local AWS of the end-to-end tests; its logs stay for a look after a failure. */
export default async function stopApp(): Promise<void> {
  await new LocalAws(LocalHome.ofClone(E2E_HOME)).stop();
}
