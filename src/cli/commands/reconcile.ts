import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import {
  missedFiles,
  reconciledPages,
  type ArrivalSpan,
  type MissedFile,
} from '../../reconcile/find-missed.ts';
import { listVersions } from '../../reconcile/object-versions.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatCount, formatTime } from '../output/format.ts';
import { formatTable } from '../output/table.ts';
import { newOperation } from '../requests/operator.ts';
import { sendRequests } from '../requests/send-requests.ts';

/** So many files are requested at once unless it is confirmed. */
const MOST_UNCONFIRMED = 10;
/** Files that are shown, at most. */
const MOST_SHOWN = 100;
/** Object keys that the operation names as examples. */
const EXAMPLES = 20;

export interface ReconcileOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  /** Files that arrived less than so many milliseconds ago are left out: they may be on their way. */
  readonly grace: number;
  /** Only object keys that start with it. */
  readonly prefix?: string;
  /** Only show what would be requested. */
  readonly dryRun?: boolean;
  /** Request many files without asking. */
  readonly yes?: boolean;
  /** Why, for the record. */
  readonly reason?: string;
  readonly json?: boolean;
}

type Reconciled = Pick<Deployment, 's3' | 'sqs' | 'ledger' | 'operations' | 'outputs'>;

/**
 * Shows the files of the source bucket that the ledger does not know or that nobody is at any more, and
 * requests them: all of them, when they are few or it is confirmed; otherwise none.
 *
 * @returns the exit code, which is 0; a request that fails throws
 */
export async function reconcile(
  deployment: Reconciled,
  options: ReconcileOptions,
  console: Console,
  now = new Date(),
): Promise<number> {
  const files = await Array.fromAsync(findMissed(deployment, options, now));
  const { dryRun = false, yes = false, json = false } = options;
  if (!json) console.result(formatMissed(files));
  if (files.length > 0) await noteWaiting(deployment, console);
  const isHeldBack = dryRun || (files.length > MOST_UNCONFIRMED && !yes);
  const operationId =
    isHeldBack || files.length === 0 ? null : await request(deployment, files, options, now);
  if (json) {
    console.result(JSON.stringify({ operationId, files: files.map(shownFile) }, null, 2));
  }
  if (files.length > 0) console.note(whatWasDone(files.length, operationId));
  return 0;
}

function findMissed(
  { s3, ledger, outputs }: Reconciled,
  { since, grace, prefix }: ReconcileOptions,
  now: Date,
): AsyncGenerator<MissedFile> {
  const span = spanOf({ since, grace }, now);
  const versions = listVersions(s3, { bucket: outputs.SourceBucketName, prefix });
  return missedFiles(reconciledPages(versions, ledger, span, now));
}

const spanOf = (
  { since, grace }: Pick<ReconcileOptions, 'since' | 'grace'>,
  now: Date,
): ArrivalSpan => ({
  since: new Date(now.getTime() - since),
  until: new Date(now.getTime() - grace),
});

/** A message that waits may be the only news of a file, which then is not lost at all. */
async function noteWaiting({ sqs, outputs }: Reconciled, console: Console): Promise<void> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: outputs.IngestQueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } =
    Attributes;
  const waiting = Number(visible ?? 0) + Number(hidden ?? 0);
  if (waiting === 0) return;
  const messages = waiting === 1 ? '1 message waits' : `${formatCount(waiting)} messages wait`;
  console.note(
    `${messages} in the ingest queue; some of these files may be among them. ` +
      'Asking for them again does no harm.',
  );
}

/** Records what is about to be done, and does it. Returns the operation's id. */
async function request(
  deployment: Reconciled,
  files: readonly MissedFile[],
  options: ReconcileOptions,
  now: Date,
): Promise<string> {
  const { prefix, reason } = options;
  const { since, until } = spanOf(options, now);
  const operation = newOperation('reconcile', now, {
    reason,
    filter: { since: since.toISOString(), until: until.toISOString(), prefix },
    files: files.length,
    examples: files.slice(0, EXAMPLES).map(({ file }) => file.key),
  });
  const { operationId } = operation;
  await deployment.operations.record(operation);
  await sendRequests(
    deployment,
    files.map(({ file, arrivedAt }) => ({ file, arrivedAt, operationId })),
    now,
  );
  return operationId;
}

function whatWasDone(count: number, operationId: string | null): string {
  const files = count === 1 ? '1 file' : `${formatCount(count)} files`;
  if (operationId !== null) {
    const have = count === 1 ? 'has' : 'have';
    return `${files} ${have} been requested, as ${operationId}. See what becomes of them with "npx millrace status".`;
  }
  const how = count > MOST_UNCONFIRMED ? 'Give --yes' : 'Leave out --dry-run';
  return `Nothing has been done: this is a dry run. ${how} to request ${count === 1 ? 'the file' : `all ${files}`}.`;
}

const shownFile = ({ file, mismatch, arrivedAt }: MissedFile) => ({ mismatch, arrivedAt, ...file });

function formatMissed(files: readonly MissedFile[]): string {
  if (files.length === 0) return 'The ledger knows every file of the source bucket.';
  const table = formatTable(
    [
      { title: 'FILE' },
      { title: 'MISMATCH' },
      { title: 'BYTES', align: 'right' },
      { title: 'ARRIVED' },
      { title: 'VERSION' },
    ],
    files
      .slice(0, MOST_SHOWN)
      .map(({ file, mismatch, arrivedAt }) => [
        file.key,
        mismatch,
        formatCount(file.size),
        formatTime(arrivedAt),
        file.versionId ?? '-',
      ]),
  );
  const rest = files.length - MOST_SHOWN;
  return rest > 0 ? `${table}\nand ${formatCount(rest)} more; --json shows all` : table;
}
