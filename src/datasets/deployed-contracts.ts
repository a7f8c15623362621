import { resolve } from 'node:path';
import { Environment, requiredString } from '../shared/environment.ts';
import { ContractRegistry } from './registry.ts';

let deployed: ContractRegistry | null = null;

/** The contracts that were deployed with this function, read once per execution environment. */
export function deployedContracts(): ContractRegistry {
  const root = requiredString(Environment.LAMBDA_TASK_ROOT);
  const directory = resolve(root, requiredString(Environment.CONTRACTS_DIRECTORY));
  deployed ??= ContractRegistry.read(directory);
  return deployed;
}
