import { fileIdOf, type FileVersion } from '../../shared/file-version.ts';
import type { SourceRemoval } from '../../shared/ledger/removals.ts';
import {
  changeOf,
  MalformedMessage,
  objectOf,
  s3Records,
  type S3Record,
} from '../../shared/s3-event.ts';

/** A file that an event announces. */
export interface ArrivedFile {
  readonly file: FileVersion;
  readonly eventTime: string;
}

/**
 * Reads the files that an S3 event notification announces. S3's test event announces none, and
 * neither do events of other kinds than ObjectCreated.
 *
 * @param content of the queue message: the event itself, delivered raw by SNS
 * @throws MalformedMessage when it is not an S3 event
 */
export function arrivedFiles(content: unknown): ArrivedFile[] {
  const records = s3Records(content);
  return records.filter((record) => changeOf(record) === 'created').map(arrivedFile);
}

function arrivedFile(record: S3Record): ArrivedFile {
  const { bucket, key, versionId, etag, size, sequencer } = objectOf(record);
  if (versionId === null && etag === null) {
    // Without either, every overwrite would pass for the file that it replaced.
    throw new MalformedMessage(`the event tells neither version nor etag of ${key}`);
  }
  const identity = { bucket, key, versionId, etag: etag ?? '' };
  return {
    file: { fileId: fileIdOf(identity), ...identity, size: size ?? 0, sequencer },
    eventTime: record.eventTime,
  };
}

/**
 * Reads the removals that an S3 event notification tells of.
 *
 * @param content of the queue message: the event itself, delivered raw by SNS
 * @throws MalformedMessage when it is not an S3 event
 */
export function removedObjects(content: unknown): SourceRemoval[] {
  const records = s3Records(content);
  return records.filter((record) => changeOf(record) === 'removed').map(sourceRemoval);
}

/**
 * A delete marker is a version of its key. On an unversioned bucket a removal has no version, and its
 * sequencer tells it apart.
 */
function sourceRemoval(record: S3Record): SourceRemoval {
  const { bucket, key, versionId, sequencer } = objectOf(record);
  const { eventName, eventTime } = record;
  const isMarker = eventName.endsWith(':DeleteMarkerCreated') || versionId === null;
  const etag = `removed:${sequencer ?? eventTime}`;
  return {
    of: isMarker ? 'key' : 'version',
    bucket,
    key,
    fileId: fileIdOf({ bucket, key, versionId, etag }),
    versionId,
    sequencer,
    eventTime,
  };
}
