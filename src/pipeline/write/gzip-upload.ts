import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { once } from 'node:events';
import { createGzip, type Gzip } from 'node:zlib';

/**
 * Text that becomes one gzip-compressed object, of any length in flat memory.
 *
 * Nothing is visible before `finish`: what fits one part is one PUT, sent when the text ends; more is
 * a multipart upload, completed when the text ends. Without any text no object is written.
 */
export class GzipUpload {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #key: string;
  #gzip: Gzip | null = null;
  #upload: Promise<unknown> = Promise.resolve();

  constructor(s3: S3Client, bucket: string, key: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#key = key;
  }

  /** Adds text; resolves when there is room for more. */
  async write(text: string): Promise<void> {
    if (text === '') return;
    const gzip = (this.#gzip ??= this.#start());
    if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), this.#upload]);
  }

  /** Makes the object visible. Returns its key, or null when there was no text. */
  async finish(): Promise<string | null> {
    if (this.#gzip === null) return null;
    this.#gzip.end();
    await this.#upload;
    return this.#key;
  }

  /** Leaves nothing behind. */
  abort(): void {
    this.#gzip?.destroy(new Error('the upload was aborted'));
  }

  #start(): Gzip {
    const gzip = createGzip();
    const upload = new Upload({
      client: this.#s3,
      params: {
        Bucket: this.#bucket,
        Key: this.#key,
        Body: gzip,
        ContentType: 'application/gzip',
      },
    });
    this.#upload = upload.done();
    // Awaited in `finish`; until then a failure shows there and in `write`.
    this.#upload.catch((error: unknown) => gzip.destroy(error as Error));
    return gzip;
  }
}
