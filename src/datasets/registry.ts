import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { InvalidContractError, parseContract, type Contract } from './contract.ts';

const SUFFIX = '.contract.json';
const FILE_EXTENSIONS = /\.(csv|tsv|psv|txt|json|jsonl|ndjson|gz|zst)$/;
const TRAILING_DATE_OR_NUMBER = /[-_. ]*\d[\d\-_.: tz]*$/;

/** All contracts of a deployment. */
export class ContractRegistry {
  readonly contracts: readonly Contract[];

  constructor(contracts: readonly Contract[]) {
    this.contracts = contracts;
  }

  /**
   * Reads every `*.contract.json` of a folder, in the order of their names.
   *
   * @throws InvalidContractError for a file that is no contract, or for a name used twice
   */
  static read(directory: string): ContractRegistry {
    const files = readdirSync(directory)
      .filter((file) => file.endsWith(SUFFIX))
      .sort();
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

/**
 * A dataset's name for a file that no contract covers: its name without extensions and without a
 * date or number at the end, so that daily files share a dataset.
 *
 * @example datasetFromKey('in/Orders_2026-11-20.csv.gz') // 'orders'
 */
export function datasetFromKey(key: string): string {
  let name = key.slice(key.lastIndexOf('/') + 1).toLowerCase();
  while (FILE_EXTENSIONS.test(name)) name = name.replace(FILE_EXTENSIONS, '');
  const stem = name.replace(TRAILING_DATE_OR_NUMBER, '');
  const readable = stem
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  return readable.slice(0, 63).replace(/-$/, '') || 'unnamed';
}
