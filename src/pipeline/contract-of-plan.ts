import type { Contract } from '../datasets/contract.ts';
import { deployedContracts } from '../datasets/deployed-contracts.ts';
import { FaultCode } from '../shared/error-codes.ts';
import { TransientFault } from '../shared/errors.ts';
import type { Plan } from './payload.ts';

/**
 * The contract that a plan names; null when it names none.
 *
 * @throws TransientFault when it is missing, which it can be only while a deployment replaces the
 * functions
 */
export function contractOf({ contract: name }: Pick<Plan, 'contract'>): Contract | null {
  if (name === null) return null;
  const contract = deployedContracts().get(name);
  if (contract !== undefined) return contract;
  const reason = `the contract "${name}" is not part of this deployment`;
  throw new TransientFault(FaultCode.SERVICE_UNAVAILABLE, reason);
}
