import type { FileVersion } from '../shared/file-version.ts';

/** Where a file's bytes are read, and what makes sure that they are its own. */
export interface SourceLocation {
  readonly bucket: string;
  readonly key: string;
  /** Null where the object has no versions. */
  readonly versionId: string | null;
  /** What the object's entity tag has to be, where no version id says which object is meant. */
  readonly etag: string | null;
}

/** Where the bytes of a file lie now: where it arrived, or where it has been moved to. */
export function sourceLocation({ location, ...file }: FileVersion): SourceLocation {
  const { bucket, key, versionId, etag } = file;
  // A copy need not have the entity tag of what it was made of; nothing else lies under its key.
  if (location !== undefined) return { ...location, etag: null };
  return { bucket, key, versionId, etag: versionId === null ? etag : null };
}
