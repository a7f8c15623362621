import { objectEvent } from '../../../src/analytics/forward/object-event.ts';
import { fileIdOf } from '../../../src/shared/file-version.ts';
import { s3Records } from '../../../src/shared/s3-event.ts';
import fc from '../../support/fast-check.ts';
import { s3Event, s3Record, type S3RecordParts } from '../../support/s3-events.ts';

const eventOf = (parts: S3RecordParts, more: object = {}) =>
  s3Records(JSON.parse(s3Event({ ...s3Record(parts), ...more }))).map(objectEvent)[0]!;

describe('objectEvent', () => {
  it('names the file as the ledger does', () => {
    const { data } = eventOf({});
    expect(data.fileId).toBe(fileIdOf({ ...data, etag: data.etag! }));
  });

  it('gives copies of a notification the same id', () => {
    const more = { responseElements: { 'x-amz-request-id': 'other' } };
    expect(eventOf({}, more)).toEqual(eventOf({}));
  });

  it.each<[string, S3RecordParts, object]>([
    ['another bucket', { bucket: 'other-bucket' }, {}],
    ['another key', { key: 'in/other.csv' }, {}],
    ['another version', { object: { versionId: 'v2' } }, {}],
    ['another sequencer', { object: { sequencer: '0055AED6DCD90281E6' } }, {}],
    ['a removal', { eventName: 'ObjectRemoved:Delete' }, {}],
    ['another kind of creation', { eventName: 'ObjectCreated:Copy' }, {}],
  ])('gives %s another id', (_, parts, more) => {
    expect(eventOf(parts, more).id).not.toBe(eventOf({}).id);
  });

  it('tells changes without a sequencer apart by their time', () => {
    const unordered = { object: { sequencer: undefined, versionId: undefined } };
    const later = { eventTime: '2026-11-20T16:05:10.000Z' };
    expect(eventOf(unordered, later).id).not.toBe(eventOf(unordered).id);
  });

  it('takes the removal of an object without version, etag and size', () => {
    const object = { versionId: undefined, eTag: undefined, size: undefined };
    expect(eventOf({ eventName: 's3:ObjectRemoved:Delete', object })).toMatchObject({
      type: 'io.millrace.object.removed',
      data: { fileId: null, versionId: null, etag: null, size: null },
    });
  });

  it('never gives two keys the same id', () => {
    const key = fc.string({ minLength: 1, maxLength: 1_024 });
    fc.assert(
      fc.property(key, key, (a, b) => {
        fc.pre(a !== b);
        const [one, other] = [a, b].map((key) => eventOf({ key: encodeURIComponent(key) }).id);
        expect(one).not.toBe(other);
      }),
    );
  });
});
