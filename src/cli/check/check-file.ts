import { createReadStream } from 'node:fs';
import type { Contract } from '../../datasets/contract.ts';
import { DecodedSource } from '../../pipeline/decoded-source.ts';
import { withFileNotices } from '../../pipeline/file-notices.ts';
import { DEFAULT_LIMITS, type FileLimits } from '../../pipeline/limits.ts';
import type { Plan, RowCounts } from '../../pipeline/payload.ts';
import { ChunkTransformer } from '../../pipeline/transform/chunk-transformer.ts';
import { DEFAULT_SPLITTING, type Splitting } from '../../pipeline/validate/split-plan.ts';
import { planFile } from '../../pipeline/validate/validate-file.ts';
import { requireRowPolicy } from '../../pipeline/write/row-policy.ts';
import { parseCodedMessage, type ErrorCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { openLocalFile, type LocalFile } from '../local-file.ts';
import { RejectGroups, type RejectGroup } from '../rejects/reject-groups.ts';
import { RejectedRow } from '../rejects/rejected-row.ts';

/** How a file is read. */
export type FoundFormat = Pick<
  Plan,
  'compression' | 'encoding' | 'byteOrderMark' | 'format' | 'detection'
>;

/** What the pipeline would make of a file. */
export interface FileCheck {
  /** The path as given. */
  readonly file: string;
  readonly key: string;
  /** Name of the contract; null where none covers the file. */
  readonly contract: string | null;
  /** What a file may be at most. */
  readonly limits: FileLimits;
  /** Null where the file is rejected before that is known. */
  readonly format: FoundFormat | null;
  /** Why the file is rejected as a whole, so that nothing of it is written; null where it is not. */
  readonly rejection: { readonly code: ErrorCode; readonly reason: string } | null;
  /** Rows as far as the file was read; null where none was. */
  readonly counts: RowCounts | null;
  readonly rejects: readonly RejectGroup[];
}

export interface CheckFileOptions {
  readonly key: string;
  readonly contract: Contract | null;
  /** Most examples of each group of rejected rows. */
  readonly examples: number;
  /** @default DEFAULT_LIMITS */
  readonly limits?: FileLimits;
  /** @default DEFAULT_SPLITTING */
  readonly splitting?: Splitting;
}

/** What is known so far. */
interface Findings {
  plan: Plan | null;
  transformer: ChunkTransformer | null;
  readonly rejects: RejectGroups;
}

/**
 * Runs a local file through the code of the pipeline, writes nothing, and says what would become of
 * it. Memory stays flat: of the rows only counts and examples are kept.
 *
 * @throws UserError when there is no such file
 */
export async function checkFile(path: string, options: CheckFileOptions): Promise<FileCheck> {
  const { key, contract, limits = DEFAULT_LIMITS, examples } = options;
  const file = await openLocalFile(path);
  const found: Findings = {
    plan: null,
    transformer: null,
    rejects: new RejectGroups({ examples }),
  };
  const rejection = await rejectionOf(run(file, options, found));
  return {
    file: path,
    key,
    contract: contract?.name ?? null,
    limits,
    format: found.plan && formatOf(found.plan),
    rejection,
    counts: found.transformer && countsOf(found.transformer, rejection === null),
    rejects: found.rejects.groups(),
  };
}

/** Whether every row of the file would be written. */
export const isTaken = ({ rejection, counts }: FileCheck): boolean =>
  rejection === null && counts?.rowsRejected === 0;

async function run(
  { path, size, sample }: LocalFile,
  { key, contract, limits = DEFAULT_LIMITS, splitting = DEFAULT_SPLITTING }: CheckFileOptions,
  found: Findings,
): Promise<void> {
  const planned = { key, size, contract, limits, splitting };
  // A file that the pipeline would split is read in one piece here, with the same result.
  const plan = (found.plan = await planFile(sample, planned));
  const transformer = new ChunkTransformer({ key, plan, contract, limits });
  found.transformer = transformer;
  const source = new DecodedSource(createReadStream(path), plan, limits);
  for await (const lines of transformer.linesOf(source)) addRejects(found.rejects, lines.rejects);
  if (contract !== null) requireRowPolicy(contract, transformer.counts());
}

function addRejects(groups: RejectGroups, lines: Buffer): void {
  if (lines.length === 0) return;
  for (const line of lines.toString().trimEnd().split('\n'))
    groups.add(RejectedRow.parse(JSON.parse(line)));
}

async function rejectionOf(work: Promise<void>): Promise<FileCheck['rejection']> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof FileRejected) return parseCodedMessage(error.message) ?? null;
    throw error;
  }
}

const formatOf = ({
  compression,
  encoding,
  byteOrderMark,
  format,
  detection,
}: Plan): FoundFormat => ({ compression, encoding, byteOrderMark, format, detection });

/** As the manifest would state them; of a file that was not read to its end, as far as it was. */
function countsOf(transformer: ChunkTransformer, isWhole: boolean): RowCounts {
  const counts = transformer.counts();
  return isWhole ? withFileNotices(counts) : counts;
}
