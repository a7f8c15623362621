import type { FileVersion } from '../../shared/file-version.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { keyOf } from '../files/file-rows.ts';

/** The file version that an item is about. */
export function fileOfItem(item: LedgerItem): FileVersion {
  const { fileId, source, versionId, etag, size, sequencer, replay, location } = item;
  const bucket = source.slice(0, source.indexOf('/'));
  const file = { fileId, bucket, key: keyOf(item), versionId, etag, size, sequencer };
  return {
    ...file,
    ...(replay !== undefined && { replay }),
    ...(location !== undefined && { location }),
  };
}
