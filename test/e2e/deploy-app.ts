import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deployLocal } from '../../infra/local/deploy-local.ts';
import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { E2E_STAGE } from './support/deployed-app.ts';

const MIB = 1024 * 1024;

/** The part of Jest's settings of a project that says where its local AWS has its home. */
export interface TestProject {
  readonly globals: { readonly E2E_HOME: string };
}

/** Deploys the real app to a local AWS of its own, empty at the start of every run. */
export default async function deployApp(_: unknown, { globals }: TestProject): Promise<void> {
  const aws = new LocalAws(LocalHome.ofClone(globals.E2E_HOME));
  await aws.reset();
  await aws.start();
  await deployLocal(aws, {
    stage: E2E_STAGE,
    settings: {
      // Short waits, so that a file can be given up within a test.
      retryBaseSeconds: 1,
      retryMaxSeconds: 2,
      maxReceiveCount: 3,
      analyseRetryAttempts: 4,
      // Where the local AWS keeps mails, the tests read them.
      reportEmail: 'reports@example.com',
      // Room for a field that is too large.
      maxUnsplitBytes: 256 * MIB,
      // Several ranges in a file that a test can make and read in seconds.
      chunkThresholdBytes: 16 * MIB,
      rangeBytes: 8 * MIB,
      contractsFolder: await collectContracts(aws.home.folder('contracts')),
    },
  });
}

/** The shipped contracts and those of the tests in one folder. */
async function collectContracts(folder: string): Promise<string> {
  for (const source of ['../../src/datasets', 'contracts']) {
    const directory = join(__dirname, source);
    for (const file of await readdir(directory)) {
      if (file.endsWith('.contract.json')) await cp(join(directory, file), join(folder, file));
    }
  }
  return folder;
}
