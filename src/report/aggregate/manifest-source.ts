import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { readText } from '../stored-text.ts';

/** Where manifests are read from: the target bucket, or a folder in benchmarks. */
export interface ManifestSource {
  /** Keys of all manifests under a prefix. */
  list(prefix: string): AsyncIterable<string>;
  /** The text of a manifest; null when there is none (any more). */
  read(key: string): Promise<string | null>;
}

/** The manifests in the target bucket. */
export class S3Manifests implements ManifestSource {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async *list(prefix: string): AsyncGenerator<string> {
    const pages = paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.#bucket, Prefix: prefix },
    );
    for await (const { Contents = [] } of pages) {
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
    }
  }

  async read(key: string): Promise<string | null> {
    const stored = await readText(this.#s3, this.#bucket, key);
    return stored?.text ?? null;
  }
}
