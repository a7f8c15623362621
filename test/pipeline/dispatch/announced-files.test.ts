import { announcedFiles } from '../../../src/pipeline/dispatch/announced-files.ts';
import { fileRequested } from '../../../src/shared/file-request.ts';
import { fileIdOf, FileVersion } from '../../../src/shared/file-version.ts';
import { MalformedMessage } from '../../../src/shared/s3-event.ts';
import fc from '../../support/fast-check.ts';
import { fileVersion } from '../../support/files.ts';
import { S3_TEST_EVENT, s3Event, s3Record } from '../../support/s3-events.ts';

describe('a request for a file', () => {
  const file = fileVersion();
  const arrivedAt = '2026-11-20T16:05:09.000Z';
  const request = { file, arrivedAt, operationId: 'o1', afterAttempt: 2 };
  const event = fileRequested(request, { source: '/millrace/test/operator', time: new Date(0) });

  it('announces the file, with what is asked for', () => {
    expect(announcedFiles(JSON.stringify(event))).toEqual([
      { file, eventTime: arrivedAt, request: { operationId: 'o1', afterAttempt: 2 } },
    ]);
  });

  it('is refused when it is incomplete', () => {
    const incomplete = { ...event, data: { ...request, arrivedAt: undefined } };
    expect(() => announcedFiles(JSON.stringify(incomplete))).toThrow('request for a file');
    expect(() => announcedFiles(JSON.stringify(incomplete))).toThrow(MalformedMessage);
  });
});

describe('announcedFiles', () => {
  it('reads the file of an event', () => {
    const file = {
      bucket: 'source-bucket',
      key: 'in/orders.csv',
      versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
      etag: 'd41d8cd98f00b204e9800998ecf8427e',
    };
    expect(announcedFiles(s3Event(s3Record()))).toEqual([
      {
        file: { fileId: fileIdOf(file), ...file, size: 1_024, sequencer: '0055AED6DCD90281E5' },
        eventTime: '2026-11-20T16:05:09.123Z',
      },
    ]);
  });

  it('reads every record of an event', () => {
    const body = s3Event(s3Record({ key: 'a.csv' }), s3Record({ key: 'b.csv' }));
    expect(announcedFiles(body).map(({ file }) => file.key)).toEqual(['a.csv', 'b.csv']);
  });

  it.each([
    ['a+b%2Bc%20%C3%BC', 'a b+c ü'],
    ['dt%3D2026-11-20/%25.csv', 'dt=2026-11-20/%.csv'],
    ['%F0%9F%98%80', '😀'],
  ])('decodes the key %s', (encoded, key) => {
    const [arrived] = announcedFiles(s3Event(s3Record({ key: encoded })));
    expect(arrived?.file.key).toBe(key);
  });

  it('tells an unversioned object by its etag, without quotes', () => {
    const object = { versionId: undefined, eTag: '"abc"' };
    const [arrived] = announcedFiles(s3Event(s3Record({ object })));
    expect(arrived?.file).toMatchObject({ versionId: null, etag: 'abc' });
  });

  it('takes an event without size and sequencer', () => {
    const object = { size: undefined, sequencer: undefined };
    const [arrived] = announcedFiles(s3Event(s3Record({ object })));
    expect(arrived?.file).toMatchObject({ size: 0, sequencer: null });
  });

  it.each([
    ['a test event', S3_TEST_EVENT],
    ['no records', s3Event()],
    [
      'a removal',
      s3Event(
        s3Record({
          eventName: 'ObjectRemoved:Delete',
          object: { eTag: undefined, versionId: undefined, size: undefined },
        }),
      ),
    ],
    ['a delete marker', s3Event(s3Record({ eventName: 'ObjectRemoved:DeleteMarkerCreated' }))],
    ['a restore', s3Event(s3Record({ eventName: 'ObjectRestore:Completed' }))],
  ])('finds no file in %s', (_, body) => {
    expect(announcedFiles(body)).toEqual([]);
  });

  it.each(['ObjectCreated:Put', 'ObjectCreated:CompleteMultipartUpload', 's3:ObjectCreated:Copy'])(
    'takes %s',
    (eventName) => {
      expect(announcedFiles(s3Event(s3Record({ eventName })))).toHaveLength(1);
    },
  );

  it('does not mind what it does not read', () => {
    const record = {
      ...s3Record(),
      requestParameters: { sourceIPAddress: '2001:db8::1' },
      glacierEventData: null,
      somethingNew: { deep: [] },
    };
    expect(announcedFiles(JSON.stringify({ Records: [record], New: 1 }))).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'hello', 'the body is not JSON'],
    ['an empty body', '', 'the body is not JSON'],
    ['JSON of another kind', '[]', ''],
    ['null', 'null', ''],
    [
      'an SNS envelope',
      JSON.stringify({ Type: 'Notification', Message: s3Event(s3Record()) }),
      'Records',
    ],
    ['no bucket', s3Event({ ...s3Record(), s3: { object: { key: 'a' } } }), 'Records.0.s3.bucket'],
    ['no key', s3Event(s3Record({ object: { key: undefined } })), 'Records.0.s3.object.key'],
    ['an empty key', s3Event(s3Record({ key: '' })), 'Records.0.s3.object.key'],
    ['a key that is not encoded', s3Event(s3Record({ key: '100%.csv' })), 'the key 100%.csv'],
    ['a size below zero', s3Event(s3Record({ object: { size: -1 } })), 'Records.0.s3.object.size'],
    ['no time', s3Event({ ...s3Record(), eventTime: undefined }), 'Records.0.eventTime'],
    ['a time that is none', s3Event({ ...s3Record(), eventTime: 'today' }), 'Records.0.eventTime'],
    ['no event name', s3Event({ ...s3Record(), eventName: undefined }), 'Records.0.eventName'],
    [
      'neither version nor etag',
      s3Event(s3Record({ object: { versionId: undefined, eTag: undefined } })),
      'neither version nor etag of in/orders.csv',
    ],
    ['one bad record of two', s3Event(s3Record(), {}), 'Records.1.eventName'],
  ])('refuses %s and says why', (_, body, reason) => {
    expect(() => announcedFiles(body)).toThrow(MalformedMessage);
    expect(() => announcedFiles(body)).toThrow(reason);
  });

  it('gives valid files or refuses, whatever the message is', () => {
    const anything = fc.oneof(
      { withCrossShrink: true },
      fc.string(),
      fc.constant(undefined),
      fc.anything(),
    );
    const record = fc
      .record({
        object: fc.record(
          { key: anything, size: anything, eTag: anything, versionId: anything },
          { requiredKeys: [] },
        ),
        eventName: fc.constantFrom(undefined, 'ObjectCreated:Put'),
      })
      .map((parts) => s3Record(parts as object));
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      record.map((only) => s3Event(only)),
    );
    fc.assert(
      fc.property(body, (text) => {
        try {
          for (const { file } of announcedFiles(text)) FileVersion.parse(file);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
