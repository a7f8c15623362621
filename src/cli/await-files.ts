import { setTimeout as delay } from 'node:timers/promises';
import type { FileStatus, LedgerItem } from '../shared/ledger/ledger-item.ts';
import type { Deployment } from './deployment.ts';
import type { UploadedFile } from './upload-file.ts';

const POLL_MILLISECONDS = 100;
export interface AwaitFilesOptions {
  readonly timeoutSeconds: number;
  /** The attempt at a file that is known already: only what a later one comes to is waited for. */
  readonly after?: ReadonlyMap<UploadedFile, number>;
  /** Called whenever a file's item has changed. */
  readonly onChange?: (file: UploadedFile, item: LedgerItem) => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until every file has reached its end in the ledger, or the time is up.
 *
 * A failed file counts as ended only when it stays so: the queue is about to try it again.
 *
 * @returns the last known item of each file, in the order given
 */
export async function awaitFiles(
  { ledger }: Deployment,
  files: readonly UploadedFile[],
  { timeoutSeconds, after, onChange, signal }: AwaitFilesOptions,
): Promise<(LedgerItem | undefined)[]> {
  const items = new Map<UploadedFile, LedgerItem>();
  const deadline = Date.now() + timeoutSeconds * 1_000;
  const open = new Set(files);
  while (open.size > 0 && Date.now() < deadline) {
    for (const file of open) {
      const item = await ledger.get(file);
      if (item === undefined || item.attempt <= (after?.get(file) ?? 0)) continue;
      if (isSame(item, items.get(file))) continue;
      items.set(file, item);
      onChange?.(file, item);
      if (isEnd(item.status)) open.delete(file);
    }
    if (open.size > 0) await delay(POLL_MILLISECONDS, undefined, signal && { signal });
  }
  return files.map((file) => items.get(file));
}

/** Whether nothing more becomes of a file by itself. */
export const isEnd = (status: FileStatus): boolean => status !== 'RUNNING' && status !== 'FAILED';

function isSame(a: LedgerItem, b: LedgerItem | undefined): boolean {
  return a.status === b?.status && a.attempt === b.attempt;
}
