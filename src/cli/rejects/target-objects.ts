import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { json } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import * as z from 'zod/mini';
import { JsonLinesReader } from '../../pipeline/formats/json-lines-reader.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import { RejectedRow } from './rejected-row.ts';

/** Far beyond any line: 4 KiB of raw text, and a reason for each of 10,000 columns. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

const Counts = z.object({
  rowsRead: z.number(),
  rowsWritten: z.number(),
  rowsRejected: z.number(),
  rejectsByCode: z.record(z.string(), z.number()),
  noticesByCode: z._default(z.record(z.string(), z.number()), {}),
});

/** What a manifest says of rejects. */
const ManifestOfRejects = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('SUCCEEDED'),
    contract: z.nullable(z.object({ name: z.string(), version: z.string() })),
    counts: Counts,
    rejectedKey: z.nullable(z.string()),
  }),
  z.object({
    status: z.literal('REJECTED'),
    code: z.string(),
    reason: z.string(),
    originalKey: z.nullable(z.string()),
    reasonKey: z.string(),
  }),
]);
export type ManifestOfRejects = z.infer<typeof ManifestOfRejects>;

type Source = Pick<Deployment, 's3' | 'outputs'>;

/** @throws UserError when it is gone, or written by another version of Millrace */
export async function readManifest(source: Source, key: string): Promise<ManifestOfRejects> {
  const { data } = ManifestOfRejects.safeParse(await json(await openTarget(source, key)));
  if (data !== undefined) return data;
  throw new UserError(`The manifest ${key} cannot be read: another version of Millrace wrote it.`);
}

/** Reads rejected rows one by one, in memory that does not grow with their number. */
export async function* readRejectedRows(source: Source, key: string): AsyncGenerator<RejectedRow> {
  const body = await openTarget(source, key);
  const reader = new JsonLinesReader({
    maxRecordBytes: LONGEST_LINE_BYTES,
    encoding: 'utf-8',
    firstOffset: 0,
  });
  // A failure of either stream reaches who iterates the last.
  const lines = pipeline(body, createGunzip(), () => undefined);
  for await (const bytes of lines as AsyncIterable<Buffer>) {
    for (const { value } of reader.write(bytes)) yield RejectedRow.parse(value);
  }
  for (const { value } of reader.end()) yield RejectedRow.parse(value);
}

async function openTarget({ s3, outputs }: Source, key: string): Promise<Readable> {
  const bucket = outputs.TargetBucketName;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body as Readable;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchKey') throw error;
    const message = `s3://${bucket}/${key} is gone.`;
    throw new UserError(message, 'Was it deleted, or has it expired?', { cause: error });
  }
}
