import { engineUnderTest } from './engine.ts';

/** Jest's global teardown of the engine tests: nothing is left but the logs. */
export default async function stopEngine(): Promise<void> {
  await engineUnderTest().reset();
}
