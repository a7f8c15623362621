import { DEFAULT_OUTPUT, type Contract } from '../../datasets/contract.ts';
import type { ObjectPlace, WrittenObject } from './object-upload.ts';
import { ParquetUpload } from './parquet/parquet-upload.ts';
import { TextUpload } from './text-upload.ts';

/**
 * Records on their way into one object. Whatever the object's format, they come as the JSON Lines
 * that the digests are taken of: an output format is an encoder behind them.
 */
export interface RecordsUpload {
  /** Adds whole lines, each ended by a line feed; resolves when there is room for more. */
  write(lines: Buffer): Promise<void>;
  /** Makes the object visible; null, and no object, when there was no line. */
  finish(): Promise<WrittenObject | null>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** Opens the upload of a file's clean records, in the format that its contract states. */
export function recordsUpload(place: ObjectPlace, contract: Contract | null): RecordsUpload {
  if (contract === null) return new TextUpload(place, DEFAULT_OUTPUT.compression);
  const { output } = contract.millrace;
  if (output.format === 'jsonl') return new TextUpload(place, output.compression);
  return new ParquetUpload(place, contract, output.compression);
}
