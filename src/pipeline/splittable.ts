import { asksForUniqueValues, DEFAULT_OUTPUT, type Contract } from '../datasets/contract.ts';
import { FaultCode } from '../shared/error-codes.ts';
import { TransientFault } from '../shared/errors.ts';
import type { Plan } from './payload.ts';
import { splittableFormat } from './scan/splittable-format.ts';
import type { TextOutput } from './write/compressed-text.ts';

type Detected = Pick<Plan, 'format' | 'compression' | 'encoding'>;

/** Why a file has to be read in one piece, as the end of a sentence; null when it can be split. */
export function obstacleToSplitting(detected: Detected, contract: Contract | null): string | null {
  return obstacleInFile(detected) ?? (contract && obstacleInContract(contract));
}

function obstacleInFile(detected: Detected): string | null {
  if (splittableFormat(detected) !== null) return null;
  const { format, compression, encoding } = detected;
  if (compression !== 'none') return `it is compressed (${compression})`;
  return format.type === 'json-array' ? 'it is a JSON array' : `its encoding is ${encoding}`;
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
