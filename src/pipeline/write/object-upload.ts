import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { once } from 'node:events';
import type { Transform } from 'node:stream';
import { endStream } from './compressed-text.ts';

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
  readonly #options: ObjectUploadOptions;
  #stream: Transform | null = null;
  #upload: Promise<unknown> = Promise.resolve();
  #bytes = 0;

  constructor(options: ObjectUploadOptions) {
    this.#options = options;
  }

  /** Adds content; resolves when there is room for more. */
  async write(content: string | Uint8Array): Promise<void> {
    if (content.length === 0) return;
    const stream = (this.#stream ??= this.#start());
    if (!stream.write(content)) await Promise.race([once(stream, 'drain'), this.#upload]);
  }

  /** Makes the object visible; null when there was no content. */
  async finish(): Promise<WrittenObject | null> {
    const stream = this.#stream;
    if (stream === null) return null;
    await Promise.race([endStream(stream), this.#upload]);
    await this.#upload;
    return { key: this.#options.key, bytes: this.#bytes };
  }

  /** Leaves nothing behind; resolves when S3 has dropped what it was sent. */
  async abort(): Promise<void> {
    this.#stream?.destroy(new Error('the upload was aborted'));
    await this.#upload.catch(() => undefined);
  }

  #start(): Transform {
    const { s3, bucket, key, contentType, openStream } = this.#options;
    const stream = openStream();
    const upload = new Upload({
      client: s3,
      params: { Bucket: bucket, Key: key, Body: stream, ContentType: contentType },
    });
    upload.on('httpUploadProgress', ({ loaded }) => {
      this.#bytes = loaded ?? this.#bytes;
    });
    this.#upload = upload.done();
    // Awaited in `finish`; until then a failure shows there and in `write`.
    this.#upload.catch((error: unknown) => stream.destroy(error as Error));
    return stream;
  }
}
