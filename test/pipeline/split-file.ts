import type { ExactChunk } from '../../src/pipeline/scan/resolve-chunks.ts';
import type { SplitPlan, TransformPartInput } from '../../src/pipeline/split-payload.ts';
import type { FakeS3 } from '../support/fake-s3.ts';
import { fileVersion } from '../support/files.ts';
import { resolveFile } from './scan/scan-file.ts';
import { PLAIN_CSV_PLAN } from '../support/dialects.ts';

export const KEY = 'in/orders.csv';

export const splitPlan = (contract: string | null): SplitPlan => ({
  dataset: contract ?? 'orders',
  contract,
  ...PLAIN_CSV_PLAN,
});

/** A file in S3 and the inputs of Transform Part for each of its chunks. */
export interface SplitFile {
  readonly inputs: readonly TransformPartInput[];
  readonly rows: number;
  readonly contentHash: string;
}

/** Puts a file into S3, scans it in ranges of the given length, and opens an upload. */
export function splitFile(
  s3: FakeS3,
  text: string,
  { contract = null, rangeBytes }: { contract?: string | null; rangeBytes: number },
): SplitFile {
  const bytes = Buffer.from(text);
  s3.objects.set(KEY, { body: bytes, contentType: 'text/csv' });
  s3.uploads.set('upload-0', { contentType: 'application/gzip', parts: new Map() });
  const plan = splitPlan(contract);
  const cutting = { rangeBytes, blockBytes: rangeBytes, pieceLengths: [], textStart: 0 };
  const { chunks, rows, contentHash } = resolveFile(bytes, plan.format, cutting);
  const inputOf = (chunk: ExactChunk): TransformPartInput => ({
    file: fileVersion({ key: KEY, size: bytes.length }),
    arrivedAt: '2026-11-20T16:05:09.000Z',
    startedAt: '2026-11-20T16:05:10.000Z',
    attempt: 1,
    plan,
    upload: { key: 'processed/orders.jsonl.gz', uploadId: 'upload-0' },
    chunk,
  });
  return { inputs: chunks.map(inputOf), rows, contentHash };
}
