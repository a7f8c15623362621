import type { ContractRegistry } from '../../datasets/registry.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { describeFailure } from '../../shared/failure.ts';
import { copySource, LARGEST_COPY_BYTES } from '../copy-source.ts';
import { MANIFEST_VERSION, putJson, type RejectedManifest } from '../manifest.ts';
import { ORIGINAL_EXTENSION, outputKeys } from '../output-keys.ts';
import type { QuarantineInput, QuarantineResult } from '../payload.ts';
import { findOutputs, removeOthers, type Outputs } from '../supersede-outputs.ts';
import { abortUpload } from '../write/parts/open-upload.ts';

export interface QuarantineFileOptions extends Outputs {
  readonly contracts: ContractRegistry;
}

/**
 * Keeps the evidence of a rejected file under `rejected/`: a copy of the original, which outlives
 * whatever becomes of the source object, and the reason; then states the rejection in a manifest. What
 * chunks of the file have uploaded is given up, and what was published before goes. A copy that an earlier
 * attempt has made stays, and is not made again.
 */
export async function quarantineFile(
  input: QuarantineInput,
  options: QuarantineFileOptions,
): Promise<QuarantineResult> {
  const { file, arrivedAt, attempt, error, upload } = input;
  const { s3, contracts, bucket } = options;
  if (upload !== undefined) await abortUpload(s3, bucket, upload);
  const { code, reason } = describeFailure(error);
  const dataset = contracts.datasetOf(file.key);
  const keys = outputKeys(file, dataset, arrivedAt);
  // Write may have published before the object went, in the same attempt, too.
  const isGone = code === FileCode.OBJECT_NOT_FOUND;
  const found = attempt > 1 || isGone ? await findOutputs(options, input, dataset) : [];
  const originalKey = await keepOriginal(options, input, {
    key: keys.rejectedOriginal,
    found,
    isGone,
  });
  const manifest: RejectedManifest = {
    manifestVersion: MANIFEST_VERSION,
    status: 'REJECTED',
    file,
    arrivedAt,
    dataset,
    code,
    reason,
    originalKey,
    reasonKey: keys.rejectedReason,
  };
  await putJson(s3, bucket, keys.rejectedReason, manifest);
  await removeOthers(options, input, { found, keys: [originalKey, keys.rejectedReason] });
  await putJson(s3, bucket, keys.manifest, manifest);
  return { dataset, originalKey, reasonKey: keys.rejectedReason, manifestKey: keys.manifest };
}

/** Gives the key of the copy of a file, which is made where there is none; null when that is not possible. */
async function keepOriginal(
  { s3, bucket }: QuarantineFileOptions,
  { file }: QuarantineInput,
  { key, found, isGone }: { key: string; found: readonly string[]; isGone: boolean },
): Promise<string | null> {
  if (found.includes(key)) return key;
  const isCopied = !isGone && file.size <= LARGEST_COPY_BYTES;
  if (isCopied && (await copySource(s3, file, { bucket, key, withTags: false }))) return key;
  return found.find((earlier) => earlier.endsWith(ORIGINAL_EXTENSION)) ?? null;
}
