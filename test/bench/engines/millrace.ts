import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import type { Contract } from '../../../src/datasets/contract.ts';
import { ContractRegistry } from '../../../src/datasets/registry.ts';
import { DEFAULT_LIMITS } from '../../../src/pipeline/limits.ts';
import { ChunkTransformer } from '../../../src/pipeline/transform/chunk-transformer.ts';
import { PLAIN_CSV_PLAN } from '../../support/dialects.ts';
import type { Engine, EngineOutcome } from './engine.ts';
import { NullOutput } from './null-output.ts';

const DATASETS = join(import.meta.dirname, '../../../src/datasets');

/** Millrace without a contract: every value stays text. */
export const millrace: Engine = (path) => run(path, null, NullOutput.plain());

/** Millrace with the checks and types of the contract that covers the file. */
export const millraceContract: Engine = (path) => run(path, contractFor(path), NullOutput.plain());

/** The same, and records do not say where they come from. */
export const millraceContractNoLineage: Engine = (path) => {
  const contract = contractFor(path);
  const millrace = { ...contract.millrace, lineage: false };
  return run(path, { ...contract, millrace }, NullOutput.plain());
};

/** The checks and types of the contract, and the records compressed as they are stored. */
export const millraceContractGzip: Engine = (path) =>
  run(path, contractFor(path), NullOutput.gzip());

/** A transformer for a generated file. */
export function openTransformer(path: string, contract: Contract | null): ChunkTransformer {
  return new ChunkTransformer({
    key: basename(path),
    plan: PLAIN_CSV_PLAN,
    contract,
    limits: DEFAULT_LIMITS,
  });
}

async function run(
  path: string,
  contract: Contract | null,
  output: NullOutput,
): Promise<EngineOutcome> {
  const transformer = openTransformer(path, contract);
  const source = createReadStream(path) as AsyncIterable<Buffer>;
  for await (const lines of transformer.linesOf(source)) await output.write(lines.records);
  return { rows: transformer.counts().rowsWritten, outputBytes: await output.end() };
}

function contractFor(path: string): Contract {
  const contract = ContractRegistry.read(DATASETS).match(basename(path));
  if (contract === undefined) throw new Error(`no contract covers ${basename(path)}`);
  return contract;
}
