import { reconciledPages, type ArrivalSpan, type MissedFile } from '../../reconcile/find-missed.ts';
import { listVersions } from '../../reconcile/object-versions.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatCount, formatTime } from '../output/format.ts';
import { formatTable } from '../output/table.ts';
import { filesOf } from '../operate/format-plan.ts';
import { waitingMessages } from '../operate/intake.ts';
import { beginOperation, mayAct, tellNothingDone, type BulkOptions } from '../operate/operation.ts';
import { requestFiles, tellUnsent, type Unsent } from '../operate/request-files.ts';
import { printable } from '../../shared/printable.ts';
import { sourceOf } from '../../shared/ledger/ledger-item.ts';

/** Files that are shown, at most. */
const MOST_SHOWN = 100;

export interface ReconcileOptions extends BulkOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  /** Files that arrived less than so many milliseconds ago are left out: they may be on their way. */
  readonly grace: number;
  /** Only object keys that start with it. */
  readonly prefix?: string;
}

type Reconciled = Pick<
  Deployment,
  's3' | 'sqs' | 'lambda' | 'ledger' | 'operationLog' | 'outputs' | 'stackName'
>;

/** What `reconcile --json` answers. */
export interface ReconcileAnswer {
  /** Null when nothing was asked for. */
  readonly operationId: string | null;
  readonly files: readonly (MissedFile['file'] & Omit<MissedFile, 'file'>)[];
  readonly unsent: readonly { readonly fileId: string; readonly reason: string }[];
}

/** What came of asking for files. */
interface Asked {
  readonly operationId: string;
  readonly unsent: readonly Unsent[];
}

/**
 * Shows the files of the source bucket that the ledger does not know or that nobody is at any more, and
 * requests them: all of them, when they are few or it is confirmed; otherwise none.
 *
 * @returns the exit code: 1 when files were not requested that were to be
 */
export async function reconcile(
  deployment: Reconciled,
  options: ReconcileOptions,
  console: Console,
  now = new Date(),
): Promise<number> {
  const found = await find(deployment, options, now);
  const { files } = found;
  if (options.json !== true)
    console.result(files.length > 0 ? formatMissed(files) : noneMissed(found));
  if (files.length > 0) await noteWaiting(deployment, console);
  const isHeldBack = files.length === 0 || !mayAct(options, files.length);
  const asked = isHeldBack ? null : await request(deployment, files, options, now);
  if (options.json === true) console.result(answer(files, asked));
  if (files.length === 0) return 0;
  if (asked === null) return tellNothingDone(options, files.length, console);
  return tellAsked(files.length, asked, console);
}

/** What was found in the source bucket. */
interface Found {
  readonly span: ArrivalSpan;
  /** Versions that arrived in the span. */
  readonly looked: number;
  readonly files: readonly MissedFile[];
}

async function find(
  { s3, ledger, outputs }: Reconciled,
  { since, grace, prefix }: ReconcileOptions,
  now: Date,
): Promise<Found> {
  const span = spanOf({ since, grace }, now);
  const versions = listVersions(s3, { bucket: outputs.SourceBucketName, prefix });
  const files: MissedFile[] = [];
  let looked = 0;
  for await (const page of reconciledPages(versions, ledger, span, now)) {
    looked += page.looked;
    files.push(...page.missed);
  }
  return { span, looked, files };
}

const spanOf = (
  { since, grace }: Pick<ReconcileOptions, 'since' | 'grace'>,
  now: Date,
): ArrivalSpan => ({
  since: new Date(now.getTime() - since),
  until: new Date(now.getTime() - grace),
});

/** A message that waits may be the only news of a file, which then is not lost at all. */
async function noteWaiting(deployment: Reconciled, console: Console): Promise<void> {
  const { waiting, inWork } = await waitingMessages(deployment);
  const count = waiting + inWork;
  if (count === 0) return;
  const messages = count === 1 ? '1 message waits' : `${formatCount(count)} messages wait`;
  console.note(
    `${messages} in the ingest queue; some of these files may be among them. ` +
      'Asking for them again does no harm.',
  );
}

/** Records what is about to be done, and does it. */
async function request(
  deployment: Reconciled,
  files: readonly MissedFile[],
  options: ReconcileOptions,
  now: Date,
): Promise<Asked> {
  const { prefix, reason } = options;
  const operation = {
    action: 'reconcile',
    reason,
    filter: { ...spanOf(options, now), prefix },
    items: files.map(({ file }) => ({ source: sourceOf(file) })),
  } as const;
  const operationId = await beginOperation(deployment, operation, now);
  const requests = files.map(({ file, arrivedAt }) => ({ file, arrivedAt, operationId }));
  return { operationId, unsent: await requestFiles(deployment, requests, now) };
}

/** Returns the exit code: 1 when the queue refused some. */
function tellAsked(count: number, { operationId, unsent }: Asked, console: Console): number {
  console.note(`Asked for ${filesOf(count - unsent.length)}. Operation: ${operationId}`);
  tellUnsent(unsent, console);
  return unsent.length === 0 ? 0 : 1;
}

function answer(found: readonly MissedFile[], asked: Asked | null): string {
  const files = found.map(({ file, mismatch, arrivedAt }) => ({ mismatch, arrivedAt, ...file }));
  const unsent = (asked?.unsent ?? []).map(({ request, reason }) => ({
    fileId: request.file.fileId,
    reason,
  }));
  const operationId = asked?.operationId ?? null;
  return JSON.stringify({ operationId, files, unsent } satisfies ReconcileAnswer, null, 2);
}

function noneMissed({ span, looked }: Found): string {
  const [since, until] = [span.since, span.until].map((time) => formatTime(time.toISOString()));
  const versions = `${formatCount(looked)} file ${looked === 1 ? 'version' : 'versions'}`;
  return `No file was missed: ${versions} arrived from ${since} to ${until}.`;
}

function formatMissed(files: readonly MissedFile[]): string {
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
        printable(file.key),
        mismatch,
        formatCount(file.size),
        formatTime(arrivedAt),
        file.versionId ?? '-',
      ]),
  );
  const rest = files.length - MOST_SHOWN;
  return rest > 0 ? `${table}\nand ${formatCount(rest)} more; --json shows all` : table;
}
