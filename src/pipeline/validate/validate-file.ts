import type { S3Client } from '@aws-sdk/client-s3';
import { buffer } from 'node:stream/consumers';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import type { Plan } from '../payload.ts';
import { openSourceObject } from '../source-object.ts';
import { columnNames, requireColumns } from '../transform/record-converter.ts';
import { detectFormat } from './detect-format.ts';

/** How much of a file is looked at to tell its format. */
const SAMPLE_BYTES = 256 * 1024;

export interface ValidateFileOptions {
  readonly s3: S3Client;
  readonly contracts: ContractRegistry;
  /** Largest file in bytes, as stored. */
  readonly maxFileBytes: number;
}

/**
 * Looks at a file's beginning and plans how it is processed.
 *
 * @throws FileRejected when the file cannot be processed, whatever is tried
 */
export async function validateFile(
  file: FileVersion,
  { s3, contracts, maxFileBytes }: ValidateFileOptions,
): Promise<Plan> {
  const range = { firstByte: 0, lastByte: SAMPLE_BYTES - 1 };
  const { body, size } = await openSourceObject(s3, file, range);
  const sample = await buffer(body);
  checkSize(size, maxFileBytes);
  const contract = contracts.match(file.key);
  const { firstRecord, ...detected } = detectFormat(sample, file.key, {
    complete: sample.length === size,
    contract: contract ?? null,
  });
  const hasHeader = detected.format.type === 'csv' && detected.format.dialect.header;
  if (contract !== undefined && firstRecord !== null && hasHeader) {
    requireColumns(contract, columnNames(firstRecord));
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
