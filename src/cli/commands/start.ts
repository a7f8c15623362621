import { basename } from 'node:path';
import type { LocalAws } from '../../../infra/local/local-aws.ts';
import type { LocalHome } from '../../../infra/local/local-home.ts';
import { utcDay } from '../../report/resolve-day/resolve-day.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { awaitFiles } from '../await-files.ts';
import type { Console } from '../console.ts';
import { openDeployment, type Deployment } from '../deployment.ts';
import { executionOf, formatFiles } from '../files/file-rows.ts';
import { describeMiss } from '../miss.ts';
import { formatStatus } from '../output/format.ts';
import { copyReport, newestMail } from '../report/local-copy.ts';
import { makeReport } from '../report/make-report.ts';
import { readReport } from '../report/read-report.ts';
import { SAMPLES, type ExpectedEnd } from '../samples.ts';
import { localTarget } from '../target.ts';
import { uploadBytes, uploadPath, type UploadedFile } from '../upload-file.ts';
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
 * bucket, shows how they fare, where their outputs lie, and the day's report.
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
  const isReported = await reportDay(deployment, aws.home, { day: dayOf(known), signal }, console);
  return misses.length === 0 && isReported ? 0 : 1;
}

/** The UTC day on which the files arrived. */
const dayOf = ([first]: readonly LedgerItem[]): string =>
  first?.arrivedAt.slice(0, 10) ?? utcDay(new Date());

/**
 * Makes the report of the day so far and says where to see it.
 *
 * @returns whether there is one
 */
async function reportDay(
  deployment: Deployment,
  home: LocalHome,
  { day, signal }: { readonly day: string; readonly signal: AbortSignal },
  console: Console,
): Promise<boolean> {
  const startedAt = Date.now();
  console.note(`\nMaking the report of ${day} ...`);
  const { execution, failure } = await makeReport(deployment, day, signal);
  const made = failure === undefined ? await readReport(deployment, day) : undefined;
  if (made === undefined) {
    console.note(`It could not be made: ${failure ?? 'it is not there'}\nExecution: ${execution}`);
    return false;
  }
  const page = await copyReport(deployment, day, home);
  const mail = newestMail(home, startedAt);
  console.result(
    [
      `Report of ${day} so far:`,
      ...made.headlines.map((headline) => `  ${headline}`),
      '',
      `Open it in a browser  ${page}`,
      ...(mail === undefined ? [] : [`Mailed                ${mail}`]),
      'Read it here          npx millrace report --show',
    ].join('\n'),
  );
  return true;
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
