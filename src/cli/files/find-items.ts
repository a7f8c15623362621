import { newestFirst } from '../../shared/ledger/current-version.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import { keyOf } from './file-rows.ts';
import { latestItems } from './latest-items.ts';

/**
 * All versions of an object key, a file name or a file id, newest first; those of a key by their sequencers.
 * Of an object key replays are among them, each after what it replays.
 *
 * @param replay name of the replay in which a file name or a file id is looked for
 */
export async function findItems(
  { ledger, outputs }: Deployment,
  file: string,
  since: number,
  replay?: string,
): Promise<LedgerItem[]> {
  const object = { bucket: outputs.SourceBucketName, key: file };
  const versions = await Array.fromAsync(ledger.versionsOf(object));
  if (versions.length > 0) return newestFirst(versions);
  const found: LedgerItem[] = [];
  for await (const item of latestItems(ledger, since, replay)) {
    if (item.fileId === file || keyOf(item).endsWith(`/${file}`)) found.push(item);
  }
  return found;
}

/** What to tell who asked for a file that the ledger does not know. */
export const unknownFile = (file: string): UserError =>
  new UserError(
    `The ledger knows no file "${file}".`,
    'Give the object key as it is in the source bucket, or look further back with --since.',
  );
