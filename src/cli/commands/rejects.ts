import { FileCode } from '../../shared/error-codes.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { keyOf } from '../files/file-rows.ts';
import { findItems, unknownFile } from '../files/find-items.ts';
import { formatCount, formatTime } from '../output/format.ts';
import { printable } from '../../shared/printable.ts';
import { terminalWidth } from '../output/width.ts';
import { formatRejectedRow, formatRejectGroups } from '../rejects/format-rejects.ts';
import { RejectGroups, type RejectGroup } from '../rejects/reject-groups.ts';
import { problemsOf, type RejectedRow } from '../rejects/rejected-row.ts';
import {
  readManifest,
  readRejectedRows,
  type ManifestOfRejects,
} from '../rejects/target-objects.ts';
import { UserError } from '../user-error.ts';

export interface RejectsOptions {
  /** How far back to look for a file name or file id, in milliseconds. */
  readonly since: number;
  /** Most examples of each group. */
  readonly examples: number;
  /** Only what has this code. */
  readonly code?: string;
  /** Show every row instead of groups. */
  readonly all?: boolean;
  readonly json?: boolean;
}

/** What `rejects --json` answers. */
export interface RejectsAnswer {
  readonly key: string;
  readonly fileId: string;
  readonly versionId: string | null;
  readonly arrivedAt: string;
  readonly manifest: ManifestOfRejects;
  readonly rejects: readonly RejectGroup[];
}

type SucceededManifest = Extract<ManifestOfRejects, { readonly status: 'SUCCEEDED' }>;
type RejectedManifest = Extract<ManifestOfRejects, { readonly status: 'REJECTED' }>;

/**
 * Shows what was rejected of the newest version of a file that was read, and why.
 *
 * @param file object key, file name or file id
 * @throws UserError when no such file is known, or it has not ended
 */
export async function rejects(
  deployment: Deployment,
  file: string,
  options: RejectsOptions,
  console: Console,
): Promise<void> {
  const item = await newestItem(deployment, file, options.since, console);
  const manifest = await readManifest(deployment, manifestKeyOf(item));
  if (manifest.status === 'REJECTED') {
    return showRejectedFile(deployment, { item, manifest }, options, console);
  }
  if (options.all === true) return showAllRows(deployment, { item, manifest }, options, console);
  return showGroups(deployment, { item, manifest }, options, console);
}

async function newestItem(
  deployment: Deployment,
  file: string,
  since: number,
  console: Console,
): Promise<LedgerItem> {
  const items = await findItems(deployment, file, since);
  const newest = items.find(({ attempt }) => attempt > 0) ?? items[0];
  if (newest === undefined) throw unknownFile(file);
  const keys = new Set(items.map(keyOf));
  if (keys.size > 1) {
    console.note(`${keys.size} files have that name. This is the newest: ${keyOf(newest)}`);
  }
  return newest;
}

function manifestKeyOf(item: LedgerItem): string {
  const key = keyOf(item);
  if (item.status === 'RUNNING') {
    throw new UserError(`${key} is still running.`, `See "npx millrace status ${item.fileId}".`);
  }
  if (item.status === 'FAILED') {
    const reason = `${item.code ?? ''}: ${item.reason ?? ''}`;
    const hint = 'Nothing of it was rejected or written; see docs/runbook.md for how to go on.';
    throw new UserError(`${key} failed: ${reason}`, hint);
  }
  if (item.status === 'SOURCE_DELETED') {
    throw new UserError(`${key} was deleted from the source bucket before it was read.`);
  }
  if (item.status === 'FORGOTTEN') throw new UserError(`The outputs of ${key} were removed.`);
  if (item.status === 'SKIPPED') {
    throw new UserError(
      `${key} was skipped: ${item.code ?? ''}: ${item.reason ?? ''}`,
      'No row of it was rejected or written.',
    );
  }
  if (item.manifestKey !== undefined) return item.manifestKey;
  throw new UserError(`The ledger has no manifest of ${key}.`);
}

interface Ended<M extends ManifestOfRejects> {
  readonly item: LedgerItem;
  readonly manifest: M;
}

function showRejectedFile(
  { outputs }: Deployment,
  { item, manifest }: Ended<RejectedManifest>,
  { json = false }: RejectsOptions,
  console: Console,
): void {
  if (json) return console.result(answer({ item, manifest }, []));
  const { code, reason, originalKey, reasonKey } = manifest;
  const bucket = `s3://${outputs.TargetBucketName}`;
  const lines = [
    `${keyOf(item)} was rejected as a whole; nothing of it was written.`,
    `  ${code}: ${printable(reason)}`,
    '',
    `  original  ${originalKey === null ? 'not kept' : `${bucket}/${originalKey}`}`,
    `  reason    ${bucket}/${reasonKey}`,
  ];
  console.result(lines.join('\n'));
  if (code === FileCode.TOO_MANY_REJECTED_ROWS) {
    console.note('Its rows are explained by "npx millrace contract check" of the original.');
  }
}

async function showGroups(
  deployment: Deployment,
  { item, manifest }: Ended<SucceededManifest>,
  { examples, code, json = false }: RejectsOptions,
  console: Console,
): Promise<void> {
  const groups = new RejectGroups({ examples, code });
  for await (const row of rowsOf(deployment, manifest)) groups.add(row);
  if (json) return console.result(answer({ item, manifest }, groups.groups()));
  const { rowsRead, rowsRejected } = manifest.counts;
  const key = keyOf(item);
  if (groups.rows === 0) {
    const what = code === undefined ? '' : ` with ${code}`;
    return console.result(`${key}: no row of ${formatCount(rowsRead)} was rejected${what}.`);
  }
  const { contract } = manifest;
  const under = contract === null ? 'no contract' : `the contract "${contract.name}"`;
  const count = `${formatCount(rowsRejected)} of ${formatCount(rowsRead)} rows`;
  console.result(
    [
      `${key}, arrived ${formatTime(item.arrivedAt)}: ${count} were rejected under ${under}.`,
      formatRejectGroups(groups.groups(), { rows: groups.rows, width: terminalWidth() }),
    ].join('\n\n'),
  );
}

async function showAllRows(
  deployment: Deployment,
  { manifest }: Ended<SucceededManifest>,
  { code, json = false }: RejectsOptions,
  console: Console,
): Promise<void> {
  const width = terminalWidth();
  let shown = 0;
  for await (const row of rowsOf(deployment, manifest)) {
    if (!hasCode(row, code)) continue;
    shown += 1;
    console.result(json ? JSON.stringify(row) : formatRejectedRow(row, width));
  }
  if (shown === 0) console.note('No rows.');
}

/** The rejected rows of a file; none where it has none. */
async function* rowsOf(
  deployment: Deployment,
  { rejectedKey }: SucceededManifest,
): AsyncGenerator<RejectedRow> {
  if (rejectedKey !== null) yield* readRejectedRows(deployment, rejectedKey);
}

const hasCode = (row: RejectedRow, wanted: string | undefined): boolean =>
  wanted === undefined || problemsOf(row).some(({ code }) => code === wanted);

function answer({ item, manifest }: Ended<ManifestOfRejects>, groups: RejectGroup[]): string {
  const { fileId, versionId, arrivedAt } = item;
  const shown: RejectsAnswer = {
    key: keyOf(item),
    fileId,
    versionId,
    arrivedAt,
    manifest,
    rejects: groups,
  };
  return JSON.stringify(shown, null, 2);
}
