import {
  changeOf,
  decodeKey,
  MalformedMessage,
  objectOf,
  s3Records,
} from '../../src/shared/s3-event.ts';
import fc from '../support/fast-check.ts';
import { S3_TEST_EVENT, s3Event, s3Record } from '../support/s3-events.ts';

const recordOf = (...parts: Parameters<typeof s3Record>) =>
  s3Records(JSON.parse(s3Event(s3Record(...parts))))[0]!;

describe('an S3 event', () => {
  it.each([
    ['ObjectCreated:Put', 'created'],
    ['s3:ObjectCreated:CompleteMultipartUpload', 'created'],
    ['ObjectRemoved:DeleteMarkerCreated', 'removed'],
    ['s3:ObjectRemoved:Delete', 'removed'],
    ['ObjectTagging:Put', 'other'],
  ])('named %s is about an object that was %s', (eventName, change) => {
    expect(changeOf(recordOf({ eventName }))).toBe(change);
  });

  it('tells of its object what it knows', () => {
    expect(objectOf(recordOf({ key: 'a+b', object: { eTag: '"abc"' } }))).toEqual({
      bucket: 'source-bucket',
      key: 'a b',
      versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
      etag: 'abc',
      size: 1_024,
      sequencer: '0055AED6DCD90281E5',
    });
  });

  it('has no records when it is the test event', () => {
    expect(s3Records(JSON.parse(S3_TEST_EVENT))).toEqual([]);
  });
});

describe('decodeKey', () => {
  it.each([
    ['a+b%2Bc%20%C3%BC', 'a b+c ü'],
    ['dt%3D2026-11-20/%25.csv', 'dt=2026-11-20/%.csv'],
    ['%F0%9F%98%80', '😀'],
  ])('decodes %s', (encoded, key) => {
    expect(decodeKey(encoded)).toBe(key);
  });

  it('decodes any key that is encoded like a form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (key) => {
        expect(decodeKey(encodeURIComponent(key).replaceAll('%20', '+'))).toBe(key);
      }),
    );
  });

  it('refuses what is not encoded', () => {
    expect(() => decodeKey('100%')).toThrow(MalformedMessage);
  });
});
