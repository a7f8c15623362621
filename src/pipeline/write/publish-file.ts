import type { S3Client } from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import type { RowSummaryJson } from '../../shared/aggregates/row-summary.ts';
import { FaultCode } from '../../shared/error-codes.ts';
import { PermanentFault } from '../../shared/errors.ts';
import { contractOf } from '../contract-of-plan.ts';
import { manifestChunk, putJson, succeededManifest } from '../manifest.ts';
import { withFileNotices } from '../file-notices.ts';
import { outputKeys } from '../output-keys.ts';
import type { Chunk, ChunkResult, WriteInput, WriteResult } from '../payload.ts';
import { requireBalance } from '../row-balance.ts';
import { supersedeOutputs } from '../supersede-outputs.ts';
import { chunkResult } from '../transform/chunk-result.ts';
import { openChunk } from '../transform/open-chunk.ts';
import { checkContent, type ContentVerdict } from './content-check.ts';
import type { WrittenObject } from './object-upload.ts';
import { recordsUpload, type RecordsUpload } from './records-upload.ts';
import { requireRowPolicy } from './row-policy.ts';
import { skipFile, type Publication } from './skip-file.ts';
import { TextUpload } from './text-upload.ts';

/**
 * Publishes a file's outputs: rejected rows, then clean records, then the manifest that says both
 * are whole. Before that one, other outputs of earlier attempts go.
 *
 * The records are derived a second time instead of being handed over through S3. Computing a small
 * file's records again costs a tenth of the PUT that staging them would take, and an output becomes
 * visible only if two derivations, by different invocations, agree to the byte. What the rows add up
 * to is computed along with the second one.
 *
 * Whether the content may be published is asked when both have agreed: of a duplicate that its contract skips
 * nothing becomes visible but the manifest that says so.
 *
 * @throws PermanentFault ROW_BALANCE_BROKEN or OUTPUT_MISMATCH before anything is visible
 * @throws FileRejected TOO_MANY_REJECTED_ROWS when the contract does not allow as many
 * @throws TransientFault CONTENT_IN_PROGRESS while it is open whether the file is to be skipped
 */
export async function publishFile(
  publication: Publication,
  input: WriteInput,
): Promise<WriteResult> {
  const { s3, bucket, contents } = publication;
  const { file, plan, arrivedAt, attempt } = input;
  const { dataset } = plan;
  const [chunk, expected] = onlyChunk(input);
  const contract = contractOf(plan);
  requireBalance(expected.counts);
  if (contract !== null) requireRowPolicy(contract, expected.counts);

  const keys = outputKeys(file, dataset, arrivedAt, contract?.millrace.output);
  const outputs: Outputs = {
    rejects: new TextUpload({ s3, bucket, key: keys.rejectedRows }, 'gzip'),
    records: recordsUpload({ s3, bucket, key: keys.processed }, contract),
  };
  const summary = { arrivedAt };
  const { bytesRead, contentHash } = expected;
  const claim = { file, attempt, dataset, contentHash };
  const { derived, rejected, processed } = await publishWhole(outputs, async () => {
    const again = await deriveAgain(s3, { file, plan, chunk, summary }, outputs);
    requireEqual(expected, again.result);
    return { ...again, content: await checkContent(contents, contract, claim) };
  });
  const manifestKey = keys.manifest;
  const { isSkipped, duplicateOf } = derived.content;
  if (isSkipped) {
    const { rowsRead } = expected.counts;
    const read = { dataset, contentHash, rowsRead, bytesRead, chunks: 1, duplicateOf };
    return skipFile(publication, input, read);
  }
  const result = {
    dataset,
    counts: withFileNotices(expected.counts),
    bytesRead,
    contentHash,
    processedKey: processed?.key ?? null,
    processedBytes: processed?.bytes ?? 0,
    rejectedKey: rejected?.key ?? null,
    manifestKey,
    duplicateOf,
    isSkipped,
  };
  const chunks = [manifestChunk(chunk.firstRow, expected)];
  const written = { contract, chunks, summary: derived.summary, result };
  const visible = [result.processedKey, result.rejectedKey];
  await supersedeOutputs(publication, input, { dataset, keys: visible });
  await putJson(s3, bucket, manifestKey, succeededManifest(input, written));
  return result;
}

function onlyChunk({ plan, results }: WriteInput): [Chunk, ChunkResult] {
  const [chunk] = plan.chunks;
  const [result] = results;
  if (chunk === undefined || result === undefined || results.length !== plan.chunks.length) {
    const reason = `${results.length} results for ${plan.chunks.length} chunks`;
    throw new PermanentFault(FaultCode.ROW_BALANCE_BROKEN, reason);
  }
  return [chunk, result];
}

interface Outputs {
  readonly rejects: RecordsUpload;
  readonly records: RecordsUpload;
}

/** What was derived for the outputs. */
interface Derived {
  readonly result: ChunkResult;
  readonly summary: RowSummaryJson;
}

/** What was derived, and whether it may be published. */
interface Checked extends Derived {
  readonly content: ContentVerdict;
}

/** Makes the outputs visible once `fill` has filled them, if they may be. Else no upload stays open. */
async function publishWhole(
  { rejects, records }: Outputs,
  fill: () => Promise<Checked>,
): Promise<{ derived: Checked; rejected: WrittenObject | null; processed: WrittenObject | null }> {
  try {
    const derived = await fill();
    if (derived.content.isSkipped) {
      await Promise.all([rejects.abort(), records.abort()]);
      return { derived, rejected: null, processed: null };
    }
    const rejected = await rejects.finish();
    return { derived, rejected, processed: await records.finish() };
  } catch (error) {
    await Promise.all([rejects.abort(), records.abort()]);
    throw error;
  }
}

async function deriveAgain(
  s3: S3Client,
  opened: Parameters<typeof openChunk>[1],
  { rejects, records }: Outputs,
): Promise<Derived> {
  const { source, transformer } = await openChunk(s3, opened);
  for await (const lines of transformer.linesOf(source)) {
    await rejects.write(lines.rejects);
    await records.write(lines.records);
  }
  const result = chunkResult(opened.chunk.index, source, transformer);
  return { result, summary: transformer.summary() };
}

function requireEqual(expected: ChunkResult, derived: ChunkResult): void {
  if (isDeepStrictEqual(expected, derived)) return;
  const reason = `Transform found ${described(expected)}, Write finds ${described(derived)}`;
  throw new PermanentFault(FaultCode.OUTPUT_MISMATCH, reason);
}

function described({ counts, recordsDigest, rejectsDigest, contentHash }: ChunkResult): string {
  const digests = [contentHash, recordsDigest, rejectsDigest].map((digest) => digest.slice(0, 25));
  return `${counts.rowsRead} rows with digests ${digests.join(', ')}`;
}
