import type { FileStatus, LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import { formatFiles, keyOf } from './file-rows.ts';

export interface StatusOptions {
  /** How far back to look, in milliseconds. */
  readonly since: number;
  readonly status?: FileStatus;
  readonly json?: boolean;
}

/** Shows files from the ledger: the latest, or all versions of one object key or file id. */
export async function status(
  deployment: Deployment,
  file: string | undefined,
  options: StatusOptions,
  console: Console,
): Promise<void> {
  const items = await findItems(deployment, file, options.since);
  const wanted = items.filter(
    (item) => options.status === undefined || item.status === options.status,
  );
  wanted.sort((a, b) => b.arrivedAt.localeCompare(a.arrivedAt));
  if (options.json === true) return console.result(JSON.stringify(wanted, null, 2));
  if (file !== undefined && items.length === 0) {
    throw new UserError(
      `The ledger knows no file "${file}".`,
      'Give the object key as it is in the source bucket, or look further back with --since.',
    );
  }
  console.result(wanted.length === 0 ? 'No files.' : formatFiles(wanted));
}

async function findItems(
  { ledger, outputs }: Deployment,
  file: string | undefined,
  since: number,
): Promise<LedgerItem[]> {
  if (file !== undefined) {
    const object = { bucket: outputs.SourceBucketName, key: file };
    const versions = await Array.fromAsync(ledger.versionsOf(object));
    if (versions.length > 0) return versions;
  }
  const latest = await latestItems(ledger, since);
  if (file === undefined) return latest;
  return latest.filter((item) => item.fileId === file || keyOf(item).endsWith(`/${file}`));
}

/** Files that arrived in the last `since` milliseconds. */
export function latestItems(ledger: Deployment['ledger'], since: number): Promise<LedgerItem[]> {
  const now = Date.now();
  return Array.fromAsync(ledger.arrivedBetween(new Date(now - since), new Date(now + 60_000)));
}
