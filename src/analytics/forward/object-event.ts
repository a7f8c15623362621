import { hash } from 'node:crypto';
import type { CloudEvent } from '../../shared/cloud-event.ts';
import { fileIdOf } from '../../shared/file-version.ts';
import { changeOf, objectOf, type S3Object, type S3Record } from '../../shared/s3-event.ts';
import { ObjectEventType } from '../event-types.ts';

const ID_DIGITS = 20;

/** Data of the events about source objects. */
export interface ObjectEventData extends S3Object {
  /** The file's id in the ledger and in file events; null where the event does not tell the version. */
  readonly fileId: string | null;
  /** As S3 names it, for example `ObjectCreated:Put`. */
  readonly eventName: string;
}

/**
 * The CloudEvent for a record of an S3 event notification; none for what is neither a creation nor a
 * removal. S3 may notify more than once: its copies have the same id, because it is made of what they
 * have in common.
 *
 * @throws MalformedMessage when the object's key is not encoded as S3 encodes keys
 */
export function objectEvent(record: S3Record): CloudEvent<ObjectEventData> | null {
  const change = changeOf(record);
  if (change === 'other') return null;
  const object = objectOf(record);
  const { bucket, key, versionId, etag } = object;
  const known = versionId !== null || etag !== null;
  const fileId = known ? fileIdOf({ bucket, key, versionId, etag: etag ?? '' }) : null;
  return {
    specversion: '1.0',
    id: `${changeId(record, object)}-${change}`,
    source: `s3://${bucket}`,
    type: change === 'created' ? ObjectEventType.CREATED : ObjectEventType.REMOVED,
    subject: `${bucket}/${key}`,
    time: record.eventTime,
    datacontenttype: 'application/json',
    data: { ...object, fileId, eventName: record.eventName },
  };
}

/**
 * The sequencer tells apart changes of one key; where S3 gives none, the time does as far as it can.
 */
function changeId({ eventName, eventTime }: S3Record, object: S3Object): string {
  const { bucket, key, versionId, etag, sequencer } = object;
  const identity = [bucket, key, versionId, etag, sequencer ?? eventTime, eventName];
  return hash('sha256', JSON.stringify(identity)).slice(0, ID_DIGITS);
}
