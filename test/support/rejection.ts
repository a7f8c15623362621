import type { FileCode } from '../../src/shared/error-codes.ts';

/** Matches the rejection of a file with a code, for `toThrow`. */
export const rejection = (code: FileCode): Error =>
  expect.objectContaining({ name: 'FileRejected', code }) as Error;
