import type { S3Client } from '@aws-sdk/client-s3';
import { buffer } from 'node:stream/consumers';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import type { FileLimits } from '../limits.ts';
import type { Plan } from '../payload.ts';
import { openSourceObject } from '../source-object.ts';
import { csvColumns, requireColumnLimit } from '../transform/csv-columns.ts';
import { detectFormat } from './detect-format.ts';

/** How much of a file is looked at to tell its format. */
const SAMPLE_BYTES = 256 * 1024;

export interface ValidateFileOptions {
  readonly s3: S3Client;
  readonly contracts: ContractRegistry;
  readonly limits: Pick<FileLimits, 'maxFileBytes' | 'maxColumns'>;
}

/**
 * Looks at a file's beginning and plans how it is processed.
 *
 * @throws FileRejected when the file cannot be processed, whatever is tried
 */
export async function validateFile(
  file: FileVersion,
  { s3, contracts, limits }: ValidateFileOptions,
): Promise<Plan> {
  const range = { firstByte: 0, lastByte: SAMPLE_BYTES - 1 };
  const { body, size } = await openSourceObject(s3, file, range);
  const sample = await buffer(body);
  checkSize(size, limits.maxFileBytes);
  const contract = contracts.match(file.key);
  const { firstRecord, ...detected } = detectFormat(sample, file.key, {
    complete: sample.length === size,
    contract: contract ?? null,
  });
  if (detected.format.type === 'csv' && firstRecord !== null) {
    // What the header shows is said at once; Transform would find the same.
    const { names } = csvColumns(firstRecord, detected.format.dialect, contract ?? null);
    requireColumnLimit(names, limits.maxColumns);
  }
  return {
    dataset: contracts.datasetOf(file.key),
    contract: contract?.name ?? null,
    ...detected,
    chunks: [{ index: 0, firstByte: 0, lastByte: size - 1, firstRow: 1 }],
  };
}

function checkSize(size: number, maxFileBytes: number): void {
  if (size === 0) throw new FileRejected(FileCode.EMPTY_FILE, 'the file has no bytes');
  if (size <= maxFileBytes) return;
  const reason = `the file has ${size} bytes, at most ${maxFileBytes} are allowed`;
  throw new FileRejected(FileCode.FILE_TOO_LARGE, reason);
}
