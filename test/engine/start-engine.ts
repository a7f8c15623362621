import { engineUnderTest } from './engine.ts';

/** Jest's global setup of the engine tests: an empty local AWS of their own. */
export default async function startEngine(): Promise<void> {
  const aws = engineUnderTest();
  await aws.reset();
  await aws.start();
}
