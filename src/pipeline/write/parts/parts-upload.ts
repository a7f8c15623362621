import { UploadPartCommand, type S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { FaultCode } from '../../../shared/error-codes.ts';
import { PermanentFault } from '../../../shared/errors.ts';
import type { OpenUpload } from '../../payload.ts';
import type { ExactChunk } from '../../scan/resolve-chunks.ts';
import type { UploadedPart } from '../../split-payload.ts';
import { COMPRESSED_TEXT, type TextCompression } from '../compressed-text.ts';
import { StreamSink } from '../stream-sink.ts';
import { isMissing, uploadLost } from './open-upload.ts';
import { padding } from './padding.ts';
import { MIN_PART_BYTES, PartCutter } from './part-cutter.ts';

const MIB = 1024 * 1024;

/**
 * How many part numbers each chunk has to itself: S3 has 10,000, and a file at most `MAX_RANGES` chunks.
 * They order the parts, so that chunks can be written at once; those left over do no harm.
 */
export const PARTS_PER_CHUNK = 150;
/** Parts are no longer than this, because each is held in memory. */
const LARGEST_PART_BYTES = 64 * MIB;
const SMALLEST_PART_BYTES = 8 * MIB;
/** Records hardly ever compress to more than what they were read from: a chunk has about four parts. */
const PARTS_AIMED_AT = 4;

export interface PartsUploadOptions {
  /** A client that adds no checksums of its own, see `resolveFile`. */
  readonly s3: S3Client;
  readonly bucket: string;
  readonly upload: OpenUpload;
  readonly chunk: Pick<ExactChunk, 'index' | 'firstByte' | 'lastByte'>;
  /** Whether the chunk is the file's last: S3 takes its last part however short it is. */
  readonly isLast: boolean;
  readonly compression: TextCompression;
}

/**
 * The clean records of one chunk on their way into the file's object: compressed by themselves, as
 * members or frames that can follow those of other chunks, and sent as parts of one upload. Memory
 * holds two parts, whatever the chunk's length is.
 *
 * Running a chunk again sends the same bytes under the same numbers.
 */
export class PartsUpload {
  readonly #options: PartsUploadOptions;
  readonly #cutter: PartCutter;
  readonly #parts: UploadedPart[] = [];
  readonly #sink: StreamSink<void>;

  constructor(options: PartsUploadOptions) {
    this.#options = options;
    this.#cutter = new PartCutter({ partBytes: partBytesOf(options.chunk) });
    const { openStream } = COMPRESSED_TEXT[options.compression];
    this.#sink = new StreamSink({ openStream, consume: (stream) => this.#uploadAll(stream) });
  }

  /** Adds lines; resolves when there is room for more. */
  write(lines: Buffer): Promise<void> {
    return this.#sink.write(lines);
  }

  /** Sends what is left; gives all parts in order, none when there was no line. */
  async finish(): Promise<readonly UploadedPart[]> {
    await this.#sink.finish();
    return this.#parts;
  }

  /** Sends nothing more. What was sent stays with the upload, which is not this chunk's to abort. */
  abort(): Promise<void> {
    return this.#sink.abort();
  }

  async #uploadAll(stream: Transform): Promise<void> {
    let sending: Promise<void> = Promise.resolve();
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      for (const part of this.#cutter.write(bytes)) {
        await sending;
        sending = this.#send(part);
        // Awaited before the next part is sent.
        sending.catch(() => undefined);
      }
    }
    await sending;
    await this.#send(this.#padded(this.#cutter.end()));
  }

  #padded(part: Buffer): Buffer {
    const { isLast, compression } = this.#options;
    if (isLast || part.length >= MIN_PART_BYTES) return part;
    return Buffer.concat([part, padding(compression, MIN_PART_BYTES - part.length)]);
  }

  async #send(part: Buffer): Promise<void> {
    const { s3, bucket, upload } = this.#options;
    const number = this.#nextNumber();
    const { ETag: etag = '' } = await s3
      .send(
        new UploadPartCommand({
          Bucket: bucket,
          Key: upload.key,
          UploadId: upload.uploadId,
          PartNumber: number,
          Body: part,
          ContentMD5: createHash('md5').update(part).digest('base64'),
        }),
      )
      .catch((error: unknown) => {
        throw isMissing(error) ? uploadLost(error) : error;
      });
    this.#parts.push({ number, etag, bytes: part.length });
  }

  #nextNumber(): number {
    const { index } = this.#options.chunk;
    const number = this.#parts.length;
    if (number < PARTS_PER_CHUNK) return index * PARTS_PER_CHUNK + number + 1;
    const reason = `chunk ${index} has more than ${PARTS_PER_CHUNK} parts`;
    throw new PermanentFault(FaultCode.UNEXPECTED_ERROR, reason);
  }
}

function partBytesOf({ firstByte, lastByte }: PartsUploadOptions['chunk']): number {
  const share = Math.ceil((lastByte - firstByte + 1) / PARTS_AIMED_AT);
  return Math.min(LARGEST_PART_BYTES, Math.max(SMALLEST_PART_BYTES, share));
}
