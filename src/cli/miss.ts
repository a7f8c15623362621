import type { LedgerItem } from '../shared/ledger/ledger-item.ts';
import { printable } from '../shared/printable.ts';
import type { ExpectedEnd } from './samples.ts';
import type { UploadedFile } from './upload-file.ts';

/** Nothing when a file ended as it had to; otherwise a line that says how it did not. */
export function describeMiss(
  { key }: Pick<UploadedFile, 'key'>,
  expected: ExpectedEnd,
  item: Pick<LedgerItem, 'status' | 'code'> | undefined,
): string[] {
  const shown = printable(key);
  if (item === undefined) return [`${shown}: not seen by the pipeline within the time allowed`];
  const rightCode = expected.status === 'SUCCEEDED' || item.code === expected.code;
  if (item.status === expected.status && rightCode) return [];
  const wanted = expected.status === 'REJECTED' ? `REJECTED ${expected.code}` : expected.status;
  const got = item.code === undefined ? item.status : `${item.status} ${item.code}`;
  return [`${shown}: expected ${wanted}, got ${got}`];
}
