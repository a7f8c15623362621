import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Transform } from 'node:stream';
import { StreamSink } from './stream-sink.ts';

/** Where an object is to be written. */
export interface ObjectPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
}

/** What was written. */
export interface WrittenObject {
  readonly key: string;
  /** Size of the object as it is stored. */
  readonly bytes: number;
}

export interface ObjectUploadOptions extends ObjectPlace {
  readonly contentType: string;
  /** Opens the stream that the object's content goes through: a compressor, or one that changes nothing. */
  readonly openStream: () => Transform;
}

/**
 * Content that becomes one object, of any length in flat memory.
 *
 * Nothing is visible before `finish`: what fits one part is one PUT, sent when the content ends; more
 * is a multipart upload, completed when the content ends. Without any content no object is written.
 */
export class ObjectUpload {
  readonly #sink: StreamSink<WrittenObject>;

  constructor({ openStream, ...object }: ObjectUploadOptions) {
    this.#sink = new StreamSink({ openStream, consume: (stream) => putStream(stream, object) });
  }

  /** Adds content; resolves when there is room for more. */
  write(content: string | Uint8Array): Promise<void> {
    return this.#sink.write(content);
  }

  /** Makes the object visible; null when there was no content. */
  finish(): Promise<WrittenObject | null> {
    return this.#sink.finish();
  }

  /** Leaves nothing behind; resolves when S3 has dropped what it was sent. */
  abort(): Promise<void> {
    return this.#sink.abort();
  }
}

async function putStream(
  stream: Transform,
  { s3, bucket, key, contentType }: Omit<ObjectUploadOptions, 'openStream'>,
): Promise<WrittenObject> {
  const upload = new Upload({
    client: s3,
    params: { Bucket: bucket, Key: key, Body: stream, ContentType: contentType },
  });
  let bytes = 0;
  upload.on('httpUploadProgress', ({ loaded }) => {
    bytes = loaded ?? bytes;
  });
  await upload.done();
  return { key, bytes };
}
