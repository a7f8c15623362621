import type { S3Client } from '@aws-sdk/client-s3';
import { DecodedSource } from '../decoded-source.ts';
import { byteOrderMarkOf } from '../encoding.ts';
import { CsvReader } from '../formats/csv-reader.ts';
import type { SourceRecord } from '../formats/source-record.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import type { FileLimits } from '../limits.ts';
import type { Dialect } from '../payload.ts';
import { openSourceObject } from '../source-object.ts';
import type { TransformPartInput } from '../split-payload.ts';
import { unreadableRow } from './unreadable-row.ts';

/** The first record is nearly always within so many bytes. */
const FIRST_READ_BYTES = 64 * 1024;
/** Where it is not, each further read is so many times as long. */
const READ_GROWTH = 8;

/**
 * Reads, from the start of a file, the record that its columns come from: the header, or where there is
 * none the first row that can be read. Null for JSON Lines, or when there is no such row before the
 * chunk. It reads as few bytes as that takes.
 */
export async function findColumnRecord(
  s3: S3Client,
  { file, plan, chunk }: Pick<TransformPartInput, 'file' | 'plan' | 'chunk'>,
  limits: FileLimits,
): Promise<SourceRecord<string[]> | null> {
  const { format } = plan;
  if (format.type !== 'csv') return null;
  const source = new DecodedSource(bytesBefore(chunk.firstByte, s3, file), plan, limits);
  return firstColumnRecord(source, { dialect: format.dialect, plan, limits });
}

/**
 * The bytes of a file before an offset, in requests that are sent when their bytes are asked for: a
 * request for all of them would have S3 send a gigabyte of which a line is read.
 */
async function* bytesBefore(end: number, s3: S3Client, file: FileVersion): AsyncGenerator<Buffer> {
  let length = FIRST_READ_BYTES;
  for (let firstByte = 0; firstByte < end; firstByte += length, length *= READ_GROWTH) {
    const lastByte = Math.min(firstByte + length, end) - 1;
    const { body } = await openSourceObject(s3, file, { firstByte, lastByte });
    yield* body as AsyncIterable<Buffer>;
  }
}

async function firstColumnRecord(
  source: AsyncIterable<Buffer>,
  {
    dialect,
    plan: { encoding, byteOrderMark },
    limits: { maxRecordBytes },
  }: { dialect: Dialect; plan: TransformPartInput['plan']; limits: FileLimits },
): Promise<SourceRecord<string[]> | null> {
  const firstOffset = byteOrderMark ? byteOrderMarkOf(encoding).length : 0;
  const reader = new CsvReader(dialect, { maxRecordBytes, encoding, firstOffset });
  const problemOf = unreadableRow(encoding);
  for await (const bytes of source) {
    const found = reader
      .write(bytes)
      .find((record) => record.row === 0 || problemOf(record) === null);
    if (found !== undefined) return found;
  }
  return reader.end().find((record) => problemOf(record) === null) ?? null;
}
