import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { isAtRest } from '../../shared/ledger/forget.ts';
import { printable } from '../../shared/printable.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { keyOf, shownKey } from '../files/file-rows.ts';
import { findItems, unknownFile } from '../files/find-items.ts';
import { fileOfItem } from '../operate/file-of-item.ts';
import { beginOperation, type OperateOptions } from '../operate/operation.ts';
import { deleteVersions, outputsOf, type OutputVersion } from '../operate/outputs-of-file.ts';
import { formatTime } from '../output/format.ts';
import { UserError } from '../user-error.ts';

export interface ForgetOptions extends OperateOptions {
  /** How far back to look for a file name or file id, in milliseconds. */
  readonly since: number;
  /** Name of the replay in which the file is looked for. */
  readonly replay?: string;
  /** Do it: without, it is only shown what would be removed. */
  readonly yes?: boolean;
}

/** What `forget --json` answers. */
export interface ForgetAnswer {
  readonly key: string;
  readonly fileId: string;
  /** Null when nothing was done. */
  readonly operationId: string | null;
  /** Object versions that are removed. */
  readonly outputs: readonly OutputVersion[];
  /** Ids of files that are replays of the same version, whose outputs stay. */
  readonly replays: readonly string[];
}

/**
 * Removes all outputs of one file version for good, and sees to it that it is never processed again. The
 * ledger is told first: no attempt can begin in between, and what was left half done is finished by doing it
 * again.
 *
 * @param file object key, file name or file id that only one version has
 * @returns the exit code: 1 when it was not told to do it
 */
export async function forget(
  deployment: Deployment,
  file: string,
  options: ForgetOptions,
  console: Console,
): Promise<number> {
  const item = await onlyItem(deployment, file, options);
  refuseUnlessAtRest(item);
  const replays = await replaysOf(deployment, item);
  if (options.yes !== true) {
    const outputs = await outputsOf(deployment, item);
    answer({ item, outputs, replays, operationId: null }, options, console);
    console.note('Nothing was done. Give --yes to remove them: they cannot be brought back.');
    return 1;
  }
  const { reason } = options;
  const filter = { file: item.fileId };
  const begun = { action: 'forget', reason, filter, items: [item] } as const;
  const operationId = await beginOperation(deployment, begun);
  await fence(deployment, item, operationId);
  const outputs = await outputsOf(deployment, item);
  await deleteVersions(deployment, outputs);
  await deployment.forgetting.confirmRemoval(item, new Date());
  answer({ item, outputs, replays, operationId }, options, console);
  return 0;
}

/** The version that is meant; one of a replay only if that is named, and then no other. */
async function onlyItem(
  deployment: Deployment,
  file: string,
  { since, replay }: ForgetOptions,
): Promise<LedgerItem> {
  const found = await findItems(deployment, file, since, replay);
  const items = found.filter((item) => item.replay === replay);
  const exact = items.filter(({ fileId }) => fileId === file);
  const [item, ...others] = exact.length > 0 ? exact : items;
  if (item === undefined) throw unknownFile(file);
  if (others.length === 0) return item;
  const lines = items.map(
    (one) => `  ${one.fileId}  ${formatTime(one.arrivedAt)}  ${one.status}  ${shownKey(one)}`,
  );
  throw new UserError(
    `${items.length} file versions are called "${file}":\n${lines.join('\n')}`,
    'Give the file id of the one that is to be forgotten.',
  );
}

function refuseUnlessAtRest(item: LedgerItem): void {
  if (item.status === 'SOURCE_DELETED' && item.attempt === 0) {
    throw new UserError(`${shownKey(item)} was gone before it was read: nothing was made of it.`);
  }
  if (isAtRest(item, Date.now())) return;
  throw new UserError(
    `An attempt at ${shownKey(item)} is running, or was five minutes ago.`,
    `Wait for its end: "npx millrace status ${item.fileId}".`,
  );
}

async function fence(
  { forgetting }: Deployment,
  item: LedgerItem,
  operationId: string,
): Promise<void> {
  if (await forgetting.forget(item, operationId)) return;
  throw new UserError(
    `${shownKey(item)} has changed in this moment. Nothing was removed.`,
    `See "npx millrace status ${item.fileId}", and try again.`,
  );
}

/** Other files of the very same version that have outputs of their own. */
async function replaysOf({ ledger }: Deployment, item: LedgerItem): Promise<string[]> {
  const { fileId, versionId, etag } = item;
  const ids: string[] = [];
  for await (const other of ledger.versionsOf(fileOfItem(item))) {
    const isSame = other.versionId === versionId && other.etag === etag;
    const isLeft = other.status !== 'FORGOTTEN' && other.fileId !== fileId;
    if (isSame && isLeft) ids.push(other.fileId);
  }
  return ids;
}

interface Forgotten {
  readonly item: LedgerItem;
  readonly outputs: readonly OutputVersion[];
  readonly replays: readonly string[];
  readonly operationId: string | null;
}

function answer(
  { item, outputs, replays, operationId }: Forgotten,
  { json = false }: ForgetOptions,
  console: Console,
): void {
  const { fileId } = item;
  if (json) {
    const shown: ForgetAnswer = { key: keyOf(item), fileId, operationId, outputs, replays };
    return console.result(JSON.stringify(shown, null, 2));
  }
  const verb = operationId === null ? 'would be removed' : 'were removed';
  const lines = outputs.map(({ key, versionId }) => `  ${printable(key)} (version ${versionId})`);
  const head = `${shownKey(item)} (${fileId}): ${outputs.length} object versions ${verb}.`;
  console.result([head, ...lines].join('\n'));
  if (operationId !== null) console.note(`It is never processed again. Operation: ${operationId}`);
  if (replays.length > 0) {
    console.note(`The same version has outputs of its own as ${replays.join(', ')}: they stay.`);
  }
  console.note('The source object is not touched.');
}
