import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3';
import { fileIdOf, type FileVersion } from '../shared/file-version.ts';
import { decodeKey } from '../shared/s3-event.ts';

/** An object version as a listing of the bucket shows it. */
export interface ListedVersion {
  readonly file: FileVersion;
  /** When S3 stored it; of an upload in parts, when that was begun. */
  readonly lastModified: Date;
}

/** A part of a listing: at most 1,000 versions, by key, the newest of a key first. */
export interface VersionsPage {
  readonly versions: readonly ListedVersion[];
  /** The object key up to which the listing has come; null at its end. */
  readonly reachedKey: string | null;
}

/** What is listed. */
export interface Listing {
  readonly bucket: string;
  /** @default all keys */
  readonly prefix?: string | undefined;
}

/**
 * Lists all object versions of a bucket, those that were overwritten or deleted since included. Delete
 * markers are left out: they are no files.
 *
 * Keys are asked for encoded, because XML cannot hold every character that a key can.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export async function* listVersions(
  s3: S3Client,
  { bucket, prefix }: Listing,
): AsyncGenerator<VersionsPage> {
  let marker: Marker | undefined = {};
  while (marker !== undefined) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        ...marker,
      }),
    );
    marker = nextMarker(page);
    const versions = (page.Versions ?? []).map((version) => listedVersion(bucket, version));
    yield { versions, reachedKey: marker?.KeyMarker ?? null };
  }
}

/** Where a listing goes on. */
interface Marker {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string | undefined;
}

function nextMarker(page: ListObjectVersionsCommandOutput): Marker | undefined {
  const { IsTruncated = false, NextKeyMarker, NextVersionIdMarker } = page;
  if (!IsTruncated || NextKeyMarker === undefined) return undefined;
  return { KeyMarker: decodeKey(NextKeyMarker), VersionIdMarker: NextVersionIdMarker };
}

function listedVersion(bucket: string, version: ObjectVersion): ListedVersion {
  const { Key = '', VersionId = 'null', ETag = '', Size = 0, LastModified } = version;
  const identity = {
    bucket,
    key: decodeKey(Key),
    // So S3 names what was stored while the bucket was not versioned, of which events name none.
    versionId: VersionId === 'null' ? null : VersionId,
    etag: ETag.replaceAll('"', ''),
  };
  return {
    file: { fileId: fileIdOf(identity), ...identity, size: Size, sequencer: null },
    lastModified: LastModified ?? new Date(0),
  };
}
