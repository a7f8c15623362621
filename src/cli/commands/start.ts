import { basename } from 'node:path';
import type { LocalAws } from '../../../infra/local/local-aws.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { awaitFiles } from '../await-files.ts';
import type { Console } from '../console.ts';
import { openDeployment, type Deployment } from '../deployment.ts';
import { describeMiss } from '../miss.ts';
import { formatStatus } from '../output/format.ts';
import { SAMPLES, type ExpectedEnd } from '../samples.ts';
import { localTarget } from '../target.ts';
import { uploadBytes, uploadPath, type UploadedFile } from '../upload-file.ts';
import { executionOf, formatFiles } from './file-rows.ts';
import { localUp } from './local.ts';

const FILES_TIMEOUT_SECONDS = 300;
const GIVEN_FILES_PREFIX = 'uploads/';

export interface StartOptions {
  readonly stage: string;
  readonly signal: AbortSignal;
}

/** A file on its way, and how it has to end. */
interface Expectation {
  readonly file: UploadedFile;
  readonly expected: ExpectedEnd;
}

/**
 * From nothing to results: starts the local AWS, deploys the app, drops files into the source
 * bucket, shows how they fare and where their outputs lie.
 *
 * @param paths files to process; the samples when empty
 * @returns the exit code: 0 only if every file reached its expected end
 */
export async function start(
  aws: LocalAws,
  paths: readonly string[],
  { stage, signal }: StartOptions,
  console: Console,
): Promise<number> {
  await localUp(aws, { stage, signal }, console);
  const deployment = await openDeployment(localTarget(stage, aws.status().endpoint ?? ''));
  const expectations = await dropFiles(deployment, paths, console);
  const items = await awaitFiles(
    deployment,
    expectations.map(({ file }) => file),
    {
      timeoutSeconds: FILES_TIMEOUT_SECONDS,
      signal,
      onChange: (file, item) => console.note(`  ${formatStatus(item.status)} ${file.key}`),
    },
  );
  const known = items.filter((item) => item !== undefined);
  console.result(`\n${formatFiles(known)}`);
  console.result(`\n${whereToLook(deployment, known)}`);
  const misses = expectations.flatMap(({ file, expected }, index) =>
    describeMiss(file, expected, items[index]),
  );
  for (const miss of misses) console.note(miss);
  return misses.length === 0 ? 0 : 1;
}

async function dropFiles(
  deployment: Deployment,
  paths: readonly string[],
  console: Console,
): Promise<Expectation[]> {
  console.note(`Dropping files into s3://${deployment.outputs.SourceBucketName} ...`);
  const given = paths.map(async (path): Promise<Expectation> => ({
    file: await uploadPath(deployment, path, `${GIVEN_FILES_PREFIX}${basename(path)}`),
    expected: { status: 'SUCCEEDED' },
  }));
  const samples = SAMPLES.map(async (sample): Promise<Expectation> => ({
    file: await uploadBytes(deployment, sample.read(), sample.key),
    expected: sample.expected,
  }));
  return Promise.all(paths.length > 0 ? given : samples);
}

function whereToLook({ outputs }: Deployment, items: readonly LedgerItem[]): string {
  const [first] = items;
  const bucket = `s3://${outputs.TargetBucketName}`;
  return [
    `Clean records  ${bucket}/processed/`,
    `Rejected       ${bucket}/rejected/`,
    `Manifests      ${bucket}/manifests/`,
    '',
    'Look further:',
    '  npx millrace status                 all files',
    `  npx millrace inspect ${first === undefined ? 'EXECUTION' : executionOf(first)}`,
    '  npx millrace rejects FILE           the rejected rows of a file, and why',
    '  npx millrace upload FILE --wait     process a file of yours',
    '  npx millrace local down             stop the local AWS, which goes on running until then',
  ].join('\n');
}
