import { ContractRegistry } from '../../datasets/registry.ts';
import { checkFile, isTaken, type FileCheck } from '../check/check-file.ts';
import { formatCheck } from '../check/format-check.ts';
import { cloneSettings } from '../clone-settings.ts';
import type { Console } from '../console.ts';
import { placeFile, placeKey, readContract, readContracts, type Placement } from '../contracts.ts';
import { terminalWidth } from '../output/width.ts';

export interface ContractCheckOptions {
  /** Path of the contract; found by the file's key unless given. */
  readonly contract?: string;
  /** Folder of the contracts to choose from; that of the deployment unless given. */
  readonly contracts?: string;
  /** Object key that the file is to have; its path unless given. */
  readonly key?: string;
  /** Most examples of each group of rejected rows. */
  readonly examples: number;
  readonly json?: boolean;
}

/**
 * Shows what the pipeline would make of local files. Nothing is deployed, uploaded or written.
 *
 * @returns the exit code: 1 when a row or a file would be rejected
 */
export async function contractCheck(
  paths: readonly string[],
  { json = false, ...options }: ContractCheckOptions,
  console: Console,
): Promise<number> {
  const { contractsFolder, limits, splitting } = cloneSettings();
  const place = placing({ contracts: contractsFolder, ...options }, console);
  const common = { limits, splitting, examples: options.examples };
  const checks: FileCheck[] = [];
  for (const path of paths) {
    const check = await checkFile(path, { ...place(path), ...common });
    const gap = checks.length === 0 ? '' : '\n';
    checks.push(check);
    if (!json) console.result(gap + formatCheck(check, terminalWidth()));
  }
  if (json) console.result(JSON.stringify(checks, null, 2));
  return checks.every(isTaken) ? 0 : 1;
}

type PlacingOptions = Pick<ContractCheckOptions, 'contract' | 'key'> & {
  readonly contracts: string;
};

/** Tells of each file which key and contract it is checked under. */
function placing(
  { contract: path, contracts: folder, key }: PlacingOptions,
  console: Console,
): (file: string) => Placement {
  const given = path === undefined ? null : readContract(path);
  const contracts = given === null ? readContracts(folder) : new ContractRegistry([given]);
  return (file) => {
    const placement = key === undefined ? placeFile(file, contracts) : placeKey(key, contracts);
    if (given === null || placement.contract !== null) return placement;
    const note = `The contract "${given.name}" does not match the key ${placement.key}`;
    console.note(`${note}: a deployment would not apply it to a file of that key.`);
    return { ...placement, contract: given };
  };
}
