import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PassThrough, type Readable } from 'node:stream';
import { RowSummary, RowSummaryJson } from '../../shared/aggregates/row-summary.ts';
import { Environment, requiredString } from '../../shared/environment.ts';
import { FaultCode } from '../../shared/error-codes.ts';
import { PermanentFault } from '../../shared/errors.ts';
import { contractOf } from '../contract-of-plan.ts';
import { withFileNotices } from '../file-notices.ts';
import { manifestChunk, putJson, succeededManifest } from '../manifest.ts';
import { outputKeys, stagedRejectsKey, stagedSummaryKey } from '../output-keys.ts';
import type { WriteResult } from '../payload.ts';
import { requireBalance, sumOfCounts } from '../row-balance.ts';
import type { ExactChunk } from '../scan/resolve-chunks.ts';
import type { PartResult, WriteSplitInput } from '../split-payload.ts';
import { splitOutputOf } from '../splittable.ts';
import { supersedeOutputs } from '../supersede-outputs.ts';
import { checkContent } from './content-check.ts';
import { ObjectUpload, type ObjectPlace, type WrittenObject } from './object-upload.ts';
import { abortUpload, completeUpload, isMissing, uploadLost } from './parts/open-upload.ts';
import { requireRowPolicy } from './row-policy.ts';
import { skipFile, type Publication } from './skip-file.ts';

/**
 * Publishes the outputs of a file that was split: rejected rows, then clean records, then the manifest
 * that says both are whole; before that one, other outputs of earlier attempts go. Its records never pass through here: S3 puts the parts together, and they
 * become visible at once, as one object in the order of the file.
 *
 * Nothing is published unless each chunk has just the rows in it that the scans, which know nothing of
 * fields and contracts, have counted there. Of a duplicate that its contract skips, the parts stay as they
 * are until the bucket drops them like other unfinished work: should an operator have the file tried again,
 * because the first one's outputs were removed, they are still there.
 *
 * @throws PermanentFault ROW_BALANCE_BROKEN or OUTPUT_MISMATCH before anything is visible
 * @throws FileRejected TOO_MANY_REJECTED_ROWS when the contract does not allow as many
 * @throws TransientFault CONTENT_IN_PROGRESS while it is open whether the file is to be skipped
 */
export async function publishSplitFile(
  publication: Publication,
  input: WriteSplitInput,
): Promise<WriteResult> {
  const { s3, bucket, contents } = publication;
  const { file, arrivedAt, plan, split, attempt } = input;
  const { dataset } = plan;
  const { contentHash } = split;
  const contract = contractOf(plan);
  const read = requireWholeSplit(split);
  const counts = sumOfCounts(read.map(({ result }) => result.counts));
  if (contract !== null) requireRowPolicy(contract, counts);

  const keys = outputKeys(file, dataset, arrivedAt, splitOutputOf(contract));
  const summary = await joinSummaries({ s3, bucket }, input);
  const claim = { file, attempt, dataset, contentHash };
  const { isSkipped, duplicateOf } = await checkContent(contents, contract, claim);
  if (isSkipped) {
    const { rowsRead } = counts;
    const sizes = { rowsRead, bytesRead: file.size, chunks: read.length };
    const skipped = { dataset, contentHash, ...sizes, duplicateOf };
    return skipFile(publication, input, skipped);
  }
  const rejected = await joinRejects({ s3, bucket, key: keys.rejectedRows }, input);
  const processed = await publishRecords(s3, bucket, split);
  const result = {
    dataset,
    counts: withFileNotices(counts),
    bytesRead: file.size,
    contentHash,
    processedKey: processed?.key ?? null,
    processedBytes: processed?.bytes ?? 0,
    rejectedKey: rejected?.key ?? null,
    manifestKey: keys.manifest,
    duplicateOf,
    isSkipped,
  };
  const chunks = read.map(({ chunk, result }) => manifestChunk(chunk.firstRow, result));
  const written = { contract, chunks, summary, result };
  const visible = [result.processedKey, result.rejectedKey];
  await supersedeOutputs(publication, input, { dataset, keys: visible });
  await putJson(s3, bucket, keys.manifest, succeededManifest(input, written));
  return result;
}

interface ReadChunk {
  readonly chunk: ExactChunk;
  readonly result: PartResult;
}

/** Gives the chunks with their results, if each was read whole, and all by the same code. */
function requireWholeSplit({ chunks, results, rows }: WriteSplitInput['split']): ReadChunk[] {
  const read = chunks.map((chunk, index) => {
    const result = results[index];
    if (result?.index !== chunk.index) throw unbalanced(`chunk ${chunk.index} has no result`);
    requireWholeChunk(chunk, result);
    return { chunk, result };
  });
  const { rowsRead } = sumOfCounts(results.map(({ counts }) => counts));
  if (rowsRead === rows && results.length === chunks.length) return read;
  throw unbalanced(`${rowsRead} rows read, ${rows} rows found by the scans`);
}

function requireWholeChunk(chunk: ExactChunk, { index, counts, ...result }: PartResult): void {
  const { firstByte, lastByte, firstRow } = chunk;
  const rows = firstRow === 0 ? Math.max(0, chunk.rows - 1) : chunk.rows;
  const bytes = lastByte - firstByte + 1;
  if (counts.rowsRead !== rows || result.bytesRead !== bytes) {
    const read = `chunk ${index}: ${counts.rowsRead} rows in ${result.bytesRead} bytes read`;
    throw unbalanced(`${read}, ${rows} rows in ${bytes} bytes found by the scans`);
  }
  requireBalance(counts);
  if (result.pipelineVersion === requiredString(Environment.PIPELINE_VERSION)) return;
  const reason = `chunk ${index} was transformed by another deployment`;
  throw new PermanentFault(FaultCode.OUTPUT_MISMATCH, reason);
}

function unbalanced(reason: string): PermanentFault {
  return new PermanentFault(FaultCode.ROW_BALANCE_BROKEN, reason);
}

/** Puts together what the rows of all chunks add up to. */
async function joinSummaries(
  place: Omit<ObjectPlace, 'key'>,
  { file, split }: WriteSplitInput,
): Promise<RowSummaryJson> {
  const joined = new RowSummary();
  for (const { index, stagedSummaryBytes } of split.results) {
    const key = stagedSummaryKey(file, split.upload, index);
    const pieces: Buffer[] = [];
    for await (const piece of stagedBytes({ ...place, key }, stagedSummaryBytes)) {
      pieces.push(piece);
    }
    const document: unknown = JSON.parse(Buffer.concat(pieces).toString());
    joined.merge(RowSummaryJson.parse(document));
  }
  joined.countAsOne();
  return joined.toJson();
}

/** Puts the staged rejected rows of all chunks into one object: gzip members follow each other as they are. */
async function joinRejects(
  place: ObjectPlace,
  { file, split }: WriteSplitInput,
): Promise<WrittenObject | null> {
  const joined = new ObjectUpload({
    ...place,
    contentType: 'application/gzip',
    openStream: () => new PassThrough(),
  });
  try {
    for (const { index, stagedRejectsBytes } of split.results) {
      if (stagedRejectsBytes === 0) continue;
      const key = stagedRejectsKey(file, split.upload, index);
      for await (const piece of stagedBytes({ ...place, key }, stagedRejectsBytes)) {
        await joined.write(piece);
      }
    }
    return await joined.finish();
  } catch (error) {
    await joined.abort();
    throw error;
  }
}

/** The bytes of a staged object, which have to be as many as were staged. */
async function* stagedBytes(
  { s3, bucket, key }: ObjectPlace,
  expectedBytes: number,
): AsyncGenerator<Buffer> {
  const { Body } = await s3
    .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    .catch((error: unknown) => {
      // The object is Millrace's own: that it is missing says nothing of the file.
      throw isMissing(error) ? uploadLost(error) : error;
    });
  let bytes = 0;
  for await (const piece of Body as Readable as AsyncIterable<Buffer>) {
    bytes += piece.length;
    yield piece;
  }
  if (bytes === expectedBytes) return;
  const reason = `${key} has ${bytes} bytes, ${expectedBytes} were staged`;
  throw new PermanentFault(FaultCode.OUTPUT_MISMATCH, reason);
}

/** Makes the records visible; null, and no object, when there is none. */
async function publishRecords(
  s3: S3Client,
  bucket: string,
  { upload, results }: WriteSplitInput['split'],
): Promise<WrittenObject | null> {
  const parts = results.flatMap((result) => result.parts);
  if (parts.length > 0) return completeUpload(s3, bucket, upload, parts);
  await abortUpload(s3, bucket, upload);
  return null;
}
