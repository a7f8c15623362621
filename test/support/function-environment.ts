import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS, type FileLimits } from '../../src/pipeline/limits.ts';

/** Version of the code that functions find themselves deployed with. */
export const PIPELINE_VERSION = 'version';

/** A contract as its file holds it. */
export interface ContractSource {
  readonly name: string;
  readonly [property: string]: unknown;
}

/** Lets code find itself in a function that was deployed with some contracts, until the tests are done. */
export function deployContracts(
  contracts: readonly ContractSource[],
  limits: FileLimits = DEFAULT_LIMITS,
): void {
  const root = mkdtempSync(join(tmpdir(), 'millrace-function-'));
  const folder = join(root, 'contracts');
  mkdirSync(folder);
  for (const contract of contracts) {
    writeFileSync(join(folder, `${contract.name}.contract.json`), JSON.stringify(contract));
  }
  Object.assign(process.env, {
    LAMBDA_TASK_ROOT: root,
    CONTRACTS_DIRECTORY: 'contracts',
    PIPELINE_VERSION,
    MAX_FILE_BYTES: limits.maxFileBytes,
    MAX_UNSPLIT_BYTES: limits.maxUnsplitBytes,
    MAX_RECORD_BYTES: limits.maxRecordBytes,
    MAX_COLUMNS: limits.maxColumns,
    MAX_EXPANSION_RATIO: limits.maxExpansionRatio,
  });
  afterAll(() => rmSync(root, { recursive: true }));
}
