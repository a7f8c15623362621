import { parseContract } from '../../../src/datasets/contract.ts';
import type { ContractDraft } from '../../../src/cli/infer/draft-contract.ts';
import { DEFAULT_LIMITS } from '../../../src/pipeline/limits.ts';
import { DEFAULT_SPLITTING } from '../../../src/pipeline/validate/split-plan.ts';
import { ChunkTransformer } from '../../../src/pipeline/transform/chunk-transformer.ts';
import { planFile } from '../../../src/pipeline/validate/validate-file.ts';
import { transformedLines } from '../../support/transformed-lines.ts';

/** The records that the pipeline makes of a UTF-8 file under a drafted contract. */
export async function takenRecords(
  text: string,
  draft: ContractDraft,
): Promise<Record<string, unknown>[]> {
  const bytes = Buffer.from(text);
  const contract = parseContract(JSON.stringify(draft), 'draft');
  const common = { key: 'a', contract, limits: DEFAULT_LIMITS };
  const plan = await planFile(bytes, {
    ...common,
    size: bytes.length,
    splitting: DEFAULT_SPLITTING,
  });
  const transformer = new ChunkTransformer({ ...common, plan });
  return transformedLines(transformer, [bytes])
    .records.toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
