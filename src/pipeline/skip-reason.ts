import type { DuplicateOf } from '../shared/ledger/ledger-item.ts';

/** Why a file is skipped, in the manifest and in the ledger alike. */
export const skipReason = ({ key, fileId }: DuplicateOf): string =>
  `the file "${key}" (${fileId}) of the same dataset has the same content`;
