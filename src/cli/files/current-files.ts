import { currentVersion } from '../../shared/ledger/current-version.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Deployment } from '../deployment.ts';
import { keyOf, type ShownFile } from './file-rows.ts';

/**
 * Says of each file whether it is the current version of its key, which all versions of the key decide: also
 * those that are not among the files.
 */
export async function withCurrent(
  ledger: Deployment['ledger'],
  items: readonly LedgerItem[],
): Promise<ShownFile[]> {
  const current = new Set<string>();
  for (const object of new Map(items.map((item) => [item.source, objectOf(item)])).values()) {
    const version = currentVersion(await Array.fromAsync(ledger.versionsOf(object)));
    if (version !== undefined) current.add(version.fileId);
  }
  return items.map((item) => ({ ...item, current: current.has(item.fileId) }));
}

const objectOf = (item: LedgerItem): { bucket: string; key: string } => ({
  bucket: item.source.slice(0, item.source.indexOf('/')),
  key: keyOf(item),
});
