import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/** What an operator calls a replay: part of object keys and of index partitions. */
export const ReplayName = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and dashes'));

/**
 * One version of one S3 object: what Millrace calls a file. Everything that is done for a file is
 * keyed by `fileId`, so two versions of one key are two files.
 */
export const FileVersion = z.object({
  /** Stable short hash of bucket, key and version. */
  fileId: z.string().check(z.regex(/^[0-9a-f]{20}$/)),
  bucket: z.string().check(z.minLength(3)),
  /** The object key, decoded. */
  key: z.string().check(z.minLength(1)),
  /** Version id, or null on an unversioned bucket. */
  versionId: z.nullable(z.string()),
  /** Entity tag without quotes. */
  etag: z.string(),
  /** Object size in bytes. */
  size: z.number().check(z.int(), z.nonnegative()),
  /** Orders the versions of one key, see `compareSequencers`; null where the event had none. */
  sequencer: z.nullable(z.string()),
  /** Name of the replay that processes the version once more; absent the first time. */
  replay: z.optional(ReplayName),
  /** Where the version's bytes lie now, if it was moved; absent while they lie where it arrived. */
  location: z.optional(
    z.object({
      bucket: z.string().check(z.minLength(3)),
      key: z.string().check(z.minLength(1)),
      /** Null for the current version. */
      versionId: z.nullable(z.string()),
    }),
  ),
});

export type FileVersion = z.infer<typeof FileVersion>;

/**
 * The identity of a file: the first 80 bits of SHA-256 over bucket, key and version, in hex.
 *
 * A version that is replayed is another file each time, with outputs and a history of its own.
 *
 * An unversioned object is told apart by its etag; a bucket cannot hold both kinds under one key
 * with the same identity because S3 version ids never look like quoted etags.
 */
export function fileIdOf(object: {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string;
  replay?: string | undefined;
}): string {
  const version = object.versionId ?? `etag:${object.etag}`;
  const replay = object.replay === undefined ? '' : `\0replay:${object.replay}`;
  return createHash('sha256')
    .update(`${object.bucket}\0${object.key}\0${version}${replay}`)
    .digest('hex')
    .slice(0, 20);
}

/** A key as readable ASCII: letters, digits, dots, dashes and underscores, at most `limit` long. */
export function readableKey(key: string, limit: number): string {
  const name = key.slice(key.lastIndexOf('/') + 1) || key;
  const readable = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return (readable || 'file').slice(0, limit);
}

/**
 * The execution's name: readable key, file id, attempt. Unique per attempt, at most 80 characters
 * of the set that Step Functions allows without harm to CloudWatch Logs.
 *
 * @example executionName({ key: 'in/airports.csv', fileId: '0f…' }, 2) // 'airports.csv-0f…-2'
 */
export function executionName(file: Pick<FileVersion, 'key' | 'fileId'>, attempt: number): string {
  return `${readableKey(file.key, 50)}-${file.fileId}-${attempt}`;
}

/**
 * Compares two sequencers of one key: negative when `a` is the older. S3 documents that the
 * shorter value is padded with zeros on the right and the two are then compared as text.
 */
export function compareSequencers(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  const left = a.padEnd(length, '0');
  const right = b.padEnd(length, '0');
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
