import { asksForUniqueValues, DEFAULT_OUTPUT, type Contract } from '../datasets/contract.ts';
import { FaultCode } from '../shared/error-codes.ts';
import { TransientFault } from '../shared/errors.ts';
import type { FileFormat, Plan } from './payload.ts';
import type { TextOutput } from './write/compressed-text.ts';

/** Formats whose records can be found from the middle of a file on. */
export type SplittableFormat = Exclude<FileFormat, { type: 'json-array' }>;

type Detected = Pick<Plan, 'format' | 'compression' | 'encoding'>;

const UTF_16: ReadonlySet<Plan['encoding']> = new Set(['utf-16le', 'utf-16be']);

/** Why a file has to be read in one piece, as the end of a sentence; null when it can be split. */
export function obstacleToSplitting(detected: Detected, contract: Contract | null): string | null {
  return obstacleInFile(detected) ?? (contract && obstacleInContract(contract));
}

function obstacleInFile({ format, compression, encoding }: Detected): string | null {
  if (compression !== 'none') return `it is compressed (${compression})`;
  if (format.type === 'json-array') return 'it is a JSON array';
  // There a byte that looks like a line feed may be half of a character.
  return UTF_16.has(encoding) ? `its encoding is ${encoding}` : null;
}

function obstacleInContract(contract: Contract): string | null {
  const { name, millrace } = contract;
  if (millrace.output.format === 'parquet') return `the contract "${name}" asks for Parquet`;
  return asksForUniqueValues(contract) ? `the contract "${name}" asks for unique values` : null;
}

/**
 * How the records of a file that is split are stored.
 *
 * @throws TransientFault when a deployment has since replaced the contract by one under which the file
 * cannot be split: the next attempt plans it anew
 */
export function splitOutputOf(contract: Contract | null): TextOutput {
  if (contract === null) return DEFAULT_OUTPUT;
  const { output } = contract.millrace;
  const obstacle = obstacleInContract(contract);
  if (obstacle === null && output.format === 'jsonl') return output;
  const reason = `the file was planned under an older contract: ${obstacle} now`;
  throw new TransientFault(FaultCode.SERVICE_UNAVAILABLE, reason);
}
