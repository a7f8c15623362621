import { Environment, requiredNumber } from '../shared/environment.ts';

const MIB = 1024 * 1024;

/** What a file may be at most; beyond each limit it is rejected with a code of its own. */
export interface FileLimits {
  /** Largest file in bytes, as stored: FILE_TOO_LARGE. */
  readonly maxFileBytes: number;
  /** Largest file in bytes that is read in one piece, as stored and as decompressed: FILE_TOO_LARGE. */
  readonly maxUnsplitBytes: number;
  /** Longest record in bytes: RECORD_TOO_LARGE. */
  readonly maxRecordBytes: number;
  /** Most columns of a header: TOO_MANY_COLUMNS. */
  readonly maxColumns: number;
  /** Largest ratio of decompressed to stored bytes: EXPANSION_TOO_LARGE. */
  readonly maxExpansionRatio: number;
}

/** The limits of a deployment that states none. */
export const DEFAULT_LIMITS: FileLimits = {
  maxFileBytes: 10 * 1024 * MIB,
  maxUnsplitBytes: 128 * MIB,
  maxRecordBytes: 8 * MIB,
  maxColumns: 10_000,
  maxExpansionRatio: 250,
};

/** The limits that this function was deployed with. */
export function fileLimits(): FileLimits {
  return {
    maxFileBytes: requiredNumber(Environment.MAX_FILE_BYTES),
    maxUnsplitBytes: requiredNumber(Environment.MAX_UNSPLIT_BYTES),
    maxRecordBytes: requiredNumber(Environment.MAX_RECORD_BYTES),
    maxColumns: requiredNumber(Environment.MAX_COLUMNS),
    maxExpansionRatio: requiredNumber(Environment.MAX_EXPANSION_RATIO),
  };
}
