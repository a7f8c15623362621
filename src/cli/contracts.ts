import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InvalidContractError, parseContract, type Contract } from '../datasets/contract.ts';
import { ContractRegistry } from '../datasets/registry.ts';
import { UserError } from './user-error.ts';

/** Where "upload" puts a file unless it is told otherwise. */
const UPLOADS_PREFIX = 'uploads/';

/**
 * The contracts of a folder, as a deployment takes them with it.
 *
 * @throws UserError when there is none, or when one of them cannot be used
 */
export const readContracts = (folder: string): ContractRegistry =>
  orUserError(() => ContractRegistry.read(folder));

/**
 * The contracts of a folder that may have none yet.
 *
 * @throws UserError when one of them cannot be used
 */
export const readContractsIfAny = (folder: string): ContractRegistry =>
  orUserError(() => ContractRegistry.readIfAny(folder));

/** @throws UserError when the file cannot be read or is no contract */
export function readContract(path: string): Contract {
  return orUserError(() => parseContract(readText(path), path));
}

/** A file's key in the source bucket, and the contract that covers it there. */
export interface Placement {
  readonly key: string;
  /** Null where no contract covers the key. */
  readonly contract: Contract | null;
}

/**
 * Where a local file would lie in the source bucket: under its path as given if a contract covers
 * that, else where "upload" puts it if a contract covers that.
 */
export function placeFile(path: string, contracts: ContractRegistry): Placement {
  const asGiven = placeKey(keyOfPath(path), contracts);
  if (asGiven.contract !== null) return asGiven;
  const uploaded = placeKey(`${UPLOADS_PREFIX}${basename(path)}`, contracts);
  return uploaded.contract === null ? asGiven : uploaded;
}

/** A key under the contract that covers it. */
export const placeKey = (key: string, contracts: ContractRegistry): Placement => ({
  key,
  contract: contracts.match(key) ?? null,
});

/** A path as an object key: with slashes, and without what leads out of the folder. */
const keyOfPath = (path: string): string =>
  path.replaceAll('\\', '/').replace(/^(?:\.{0,2}\/)+/, '');

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const hint = 'Give the path of a contract, such as src/datasets/weather.contract.json.';
    throw new UserError(`The contract ${path} cannot be read.`, hint, { cause: error });
  }
}

/** What `work` returns; a contract that cannot be used is something that the user can mend. */
function orUserError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidContractError)) throw error;
    throw new UserError(error.message, undefined, { cause: error });
  }
}
