import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { InvalidContractError, parseContract, type Contract } from './contract.ts';
import { stemOf } from './file-stem.ts';

const SUFFIX = '.contract.json';
const FILE_EXTENSIONS = /\.(csv|tsv|psv|txt|json|jsonl|ndjson|gz|zst)$/;

/** What to do about a folder without contracts. */
const SETTING = 'the setting millrace.contractsFolder names the folder of the contracts';

/** All contracts of a deployment. */
export class ContractRegistry {
  readonly contracts: readonly Contract[];

  constructor(contracts: readonly Contract[]) {
    this.contracts = contracts;
  }

  /**
   * Reads every `*.contract.json` of a folder, in the order of their names.
   *
   * @throws InvalidContractError for a folder without contracts, for a file that is no contract, or for
   * a name used twice
   */
  static read(directory: string): ContractRegistry {
    const files = contractFiles(directory);
    if (files === null) throw new InvalidContractError(directory, [`is no folder; ${SETTING}`]);
    if (files.length === 0) {
      throw new InvalidContractError(directory, [`has no file *${SUFFIX}; ${SETTING}`]);
    }
    return this.#readFiles(directory, files);
  }

  /**
   * Like `read`, for who can do without contracts: none where there is no such folder, too.
   *
   * @throws InvalidContractError for a file that is no contract, or for a name used twice
   */
  static readIfAny(directory: string): ContractRegistry {
    return this.#readFiles(directory, contractFiles(directory) ?? []);
  }

  static #readFiles(directory: string, files: readonly string[]): ContractRegistry {
    const contracts = files.map((file) =>
      parseContract(readFileSync(join(directory, file), 'utf8'), file),
    );
    contracts.forEach(({ name }, index) => {
      if (contracts.findIndex((other) => other.name === name) !== index) {
        throw new InvalidContractError(files[index] ?? '', [`name: "${name}" is already taken`]);
      }
    });
    return new ContractRegistry(contracts);
  }

  /** The contract that covers an object key: the first, by file name, with a matching glob. */
  match(key: string): Contract | undefined {
    return this.contracts.find(({ millrace }) =>
      millrace.match.some((glob) => matchesGlob(key, glob)),
    );
  }

  /** The contract of that name. */
  get(name: string): Contract | undefined {
    return this.contracts.find((contract) => contract.name === name);
  }

  /** The dataset an object key belongs to: its contract's name, or one made from the file name. */
  datasetOf(key: string): string {
    return this.match(key)?.name ?? datasetFromKey(key);
  }
}

/** Names of a folder's contract files, in order; null where there is no such folder. */
export function contractFiles(directory: string): string[] | null {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  return readdirSync(directory)
    .filter((file) => file.endsWith(SUFFIX))
    .sort();
}

/**
 * A dataset's name for a file that no contract covers: its name without extensions and without a
 * date or number at the end, so that daily files share a dataset.
 *
 * @example datasetFromKey('in/Orders_2026-11-20.csv.gz') // 'orders'
 */
export function datasetFromKey(key: string): string {
  let name = key.slice(key.lastIndexOf('/') + 1).toLowerCase();
  while (FILE_EXTENSIONS.test(name)) name = name.replace(FILE_EXTENSIONS, '');
  const readable = stemOf(name)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  return readable.slice(0, 63).replace(/-$/, '') || 'unnamed';
}
