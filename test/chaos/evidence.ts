import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';

/** An object of the target bucket as far as runs can be compared by it. */
export interface OutputObject {
  readonly key: string;
  /** SHA-256 of its bytes, less what tells the time. */
  readonly digest: string;
  /** Lines of compressed JSON Lines; null for other objects. */
  readonly lines: number | null;
}

/** What a run left in the target bucket. */
export interface Outputs {
  /** By key, less what tells the time. */
  readonly objects: ReadonlyMap<string, OutputObject>;
  /** Uploads that are neither complete nor aborted. */
  readonly openUploads: number;
}

const READS_AT_ONCE = 8;
const PREFIXES = ['processed/', 'rejected/', 'manifests/'];

/** Reads everything that consumers can see in the target bucket. */
export async function readOutputs(s3: S3Client, bucket: string): Promise<Outputs> {
  const keys: string[] = [];
  for (const Prefix of PREFIXES) {
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix })) {
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    }
  }
  const objects = new Map<string, OutputObject>();
  await eachAtOnce(keys, READS_AT_ONCE, async (key) => {
    objects.set(timeless(key), await readOutput(s3, bucket, key));
  });
  return { objects, openUploads: await openUploads(s3, bucket) };
}

async function readOutput(s3: S3Client, bucket: string, key: string): Promise<OutputObject> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = await buffer(Body as Readable);
  const compared = key.endsWith('.json') ? timeless(bytes.toString('utf8')) : bytes;
  return {
    key,
    digest: createHash('sha256').update(compared).digest('hex'),
    lines: key.endsWith('.jsonl.gz') ? countLines(gunzipSync(bytes)) : null,
  };
}

function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/**
 * A key or document without the moment of arrival: two runs cannot have that in common. Everything else
 * in them they have, version ids included (`fixedVersions`).
 */
export function timeless(text: string): string {
  return text
    .replaceAll(/dt=\d{4}-\d{2}-\d{2}(\/hh=\d{2})?/g, 'dt=*')
    .replaceAll(/"(arrivedAt|sequencer)": "[^"]*"/g, '"$1": "*"');
}

async function openUploads(s3: S3Client, bucket: string): Promise<number> {
  // One page of a thousand: more would be a fault of its own.
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.length;
}

/** One hash of all outputs: equal for runs that left the same. */
export function digestOf({ objects }: Outputs): string {
  const hash = createHash('sha256');
  for (const [key, { digest }] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${key} ${digest}\n`);
  }
  return hash.digest('hex');
}

/** Works on everything, on some at once. */
export async function eachAtOnce<T>(
  values: readonly T[],
  atOnce: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const rest = values[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const value of { [Symbol.iterator]: () => rest }) await work(value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
