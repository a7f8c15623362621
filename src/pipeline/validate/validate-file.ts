import type { S3Client } from '@aws-sdk/client-s3';
import { buffer } from 'node:stream/consumers';
import type { Contract } from '../../datasets/contract.ts';
import { datasetFromKey, type ContractRegistry } from '../../datasets/registry.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import type { FileLimits } from '../limits.ts';
import type { Dialect, Plan } from '../payload.ts';
import { openSourceObject } from '../source-object.ts';
import { obstacleToSplitting } from '../splittable.ts';
import { csvColumns, requireColumnLimit } from '../transform/csv-columns.ts';
import { detectFormat, type FirstRecord } from './detect-format.ts';
import { planPieces, type Splitting } from './split-plan.ts';

/** How much of a file is looked at to tell its format. */
export const SAMPLE_BYTES = 256 * 1024;

/** What stands in text for bytes that are none, and what no text holds. */
const UNREADABLE = /[\ufffd\0]/;

export interface ValidateFileOptions {
  readonly s3: S3Client;
  readonly contracts: ContractRegistry;
  readonly limits: Pick<FileLimits, 'maxFileBytes' | 'maxUnsplitBytes' | 'maxColumns'>;
  readonly splitting: Splitting;
}

/**
 * Looks at a file's beginning and plans how it is processed.
 *
 * @throws FileRejected when the file cannot be processed, whatever is tried
 */
export async function validateFile(
  file: FileVersion,
  { s3, contracts, ...given }: ValidateFileOptions,
): Promise<Plan> {
  const range = { firstByte: 0, lastByte: SAMPLE_BYTES - 1 };
  const { body, size } = await openSourceObject(s3, file, range);
  const sample = await buffer(body);
  const contract = contracts.match(file.key) ?? null;
  const plan = await planFile(sample, { key: file.key, size, contract, ...given });
  // The source object is the first run's to archive.
  return file.replay === undefined ? plan : { ...plan, isArchived: false };
}

export interface PlanFileOptions extends Pick<ValidateFileOptions, 'limits' | 'splitting'> {
  readonly key: string;
  /** Size of the whole file in bytes, as stored. */
  readonly size: number;
  /** Null where no contract covers the file. */
  readonly contract: Contract | null;
}

/**
 * Plans how a file is processed from its first `SAMPLE_BYTES`, or all of its bytes if there are fewer.
 *
 * @throws FileRejected when the file cannot be processed, whatever is tried
 */
export async function planFile(
  sample: Buffer,
  { key, size, contract, limits, splitting }: PlanFileOptions,
): Promise<Plan> {
  checkSize(size, limits.maxFileBytes);
  const { firstRecord, ...detected } = await detectFormat(sample, key, {
    complete: sample.length === size,
    contract,
  });
  if (detected.format.type === 'csv' && firstRecord !== null) {
    checkColumns(firstRecord, { ...detected.format, contract, maxColumns: limits.maxColumns });
  }
  const obstacle = obstacleToSplitting(detected, contract);
  if (obstacle !== null) checkUnsplitSize(size, limits.maxUnsplitBytes, obstacle);
  const isSplit = obstacle === null && size > splitting.chunkThresholdBytes;
  return {
    dataset: contract?.name ?? datasetFromKey(key),
    contract: contract?.name ?? null,
    ...detected,
    ...planPieces(size, isSplit, splitting),
    isArchived: contract?.millrace.archive !== undefined,
  };
}

/** @throws FileRejected EMPTY_FILE */
export function requireBytes(size: number): void {
  if (size === 0) throw new FileRejected(FileCode.EMPTY_FILE, 'the file has no bytes');
}

function checkSize(size: number, maxFileBytes: number): void {
  requireBytes(size);
  if (size <= maxFileBytes) return;
  const reason = `the file has ${size} bytes, at most ${maxFileBytes} are allowed`;
  throw new FileRejected(FileCode.FILE_TOO_LARGE, reason);
}

function checkUnsplitSize(size: number, maxUnsplitBytes: number, obstacle: string): void {
  if (size <= maxUnsplitBytes) return;
  const reason = `the file has ${size} bytes and has to be read in one piece, because ${obstacle}; at most ${maxUnsplitBytes} are allowed then`;
  throw new FileRejected(FileCode.FILE_TOO_LARGE, reason);
}

interface CheckColumnsOptions extends Pick<PlanFileOptions, 'contract'> {
  readonly dialect: Dialect;
  readonly maxColumns: number;
}

/**
 * What the header shows is said at once; Transform would find the same. One that is cut or cannot be
 * read is left to Transform, which sees it whole and says what is wrong with it.
 */
function checkColumns(
  { cells, isCut }: FirstRecord,
  { dialect, contract, maxColumns }: CheckColumnsOptions,
): void {
  if (isCut) return requireFewColumns(cells.length - 1, maxColumns);
  if (cells.some((cell) => UNREADABLE.test(cell))) return;
  requireColumnLimit(csvColumns(cells, dialect, contract).names, maxColumns);
}

/** @param columns how many columns a cut header has at least */
function requireFewColumns(columns: number, maxColumns: number): void {
  if (columns <= maxColumns) return;
  const reason = `the file has more than ${columns} columns, at most ${maxColumns} are allowed`;
  throw new FileRejected(FileCode.TOO_MANY_COLUMNS, reason);
}
