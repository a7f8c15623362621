import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
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
  /** Whether each version of it that consumers could ever see had these bytes, and none was taken away. */
  readonly isSteady: boolean;
}

/** What a run left in the target bucket. */
export interface Outputs {
  /** By key, less what tells the time. */
  readonly objects: ReadonlyMap<string, OutputObject>;
  /** Keys that are those of another object but for what tells the time. */
  readonly repeated: readonly string[];
  /** Uploads that are neither complete nor aborted. */
  readonly openUploads: number;
}

const READS_AT_ONCE = 8;
const PREFIXES = ['processed/', 'rejected/', 'manifests/'];

/** Reads everything that consumers can see, or once could, in the target bucket, which is versioned. */
export async function readOutputs(s3: S3Client, bucket: string): Promise<Outputs> {
  const objects = new Map<string, OutputObject>();
  const repeated: string[] = [];
  const histories = [...(await historiesOf(s3, bucket))];
  await eachAtOnce(histories, READS_AT_ONCE, async ([key, history]) => {
    if (objects.has(timeless(key))) repeated.push(key);
    const output = await readOutput(s3, bucket, key, history);
    if (output !== null) objects.set(timeless(key), output);
  });
  return { objects, repeated, openUploads: await openUploads(s3, bucket) };
}

/** Ids of an object's versions, newest first; a delete marker is null. */
type History = (string | null)[];

async function historiesOf(s3: S3Client, bucket: string): Promise<Map<string, History>> {
  const histories = new Map<string, History>();
  for (const Prefix of PREFIXES) {
    let place: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {};
    for (;;) {
      const page = await s3.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix, ...place }),
      );
      const markers = (page.DeleteMarkers ?? []).map((marker) => ({ ...marker, isMarker: true }));
      const versions = (page.Versions ?? []).map((version) => ({ ...version, isMarker: false }));
      for (const { Key = '', VersionId = '', IsLatest, isMarker } of [...versions, ...markers]) {
        const history = histories.get(Key) ?? [];
        const id = isMarker ? null : VersionId;
        histories.set(Key, IsLatest === true ? [id, ...history] : [...history, id]);
      }
      if (page.IsTruncated !== true) break;
      place = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }
  return histories;
}

/** Reads an object; null for one whose latest version is a delete marker. */
async function readOutput(
  s3: S3Client,
  Bucket: string,
  Key: string,
  history: History,
): Promise<OutputObject | null> {
  const digests = new Set<string>();
  let lines: number | null = null;
  for (const [index, VersionId] of history.entries()) {
    if (VersionId === null) continue;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    const bytes = await buffer(Body as Readable);
    const compared = Key.endsWith('.json') ? timeless(bytes.toString('utf8')) : bytes;
    digests.add(createHash('sha256').update(compared).digest('hex'));
    if (index === 0 && Key.endsWith('.jsonl.gz')) lines = countLines(gunzipSync(bytes));
  }
  const [digest] = digests;
  if (digest === undefined || history[0] === null) return null;
  return { key: Key, digest, lines, isSteady: digests.size === 1 && !history.includes(null) };
}

function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/**
 * A key or document without the moment of arrival: two runs cannot have that in common. Everything else
 * in them they have, names and version ids included (`fixedNames`).
 */
export function timeless(text: string): string {
  return text
    .replaceAll(/dt=\d{4}-\d{2}-\d{2}(\/hh=\d{2})?/g, 'dt=*')
    .replaceAll(/"(arrivedAt|sequencer)": (?:"[^"]*"|null)/g, '"$1": "*"');
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
