import { Environment, requiredString } from '../shared/environment.ts';
import { ContractRegistry } from './registry.ts';

let deployed: ContractRegistry | null = null;

/** The contracts that were deployed with this function, read once per execution environment. */
export function deployedContracts(): ContractRegistry {
  deployed ??= ContractRegistry.read(requiredString(Environment.CONTRACTS_DIRECTORY));
  return deployed;
}
