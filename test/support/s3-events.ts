/** The parts of an S3 event record that tests vary. */
export interface S3RecordParts {
  readonly eventName?: string;
  readonly bucket?: string;
  /** As it stands in the event, encoded. */
  readonly key?: string;
  readonly object?: object;
}

/** One record of an S3 event notification, as S3 sends it. */
export function s3Record({ eventName, bucket, key, object }: S3RecordParts = {}): object {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: '2026-11-20T16:05:09.123Z',
    eventName: eventName ?? 'ObjectCreated:Put',
    userIdentity: { principalId: 'AWS:AIDAEXAMPLE' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'uploads',
      bucket: {
        name: bucket ?? 'source-bucket',
        ownerIdentity: { principalId: 'A3NL1KOZZKExample' },
        arn: `arn:aws:s3:::${bucket ?? 'source-bucket'}`,
      },
      object: {
        key: key ?? 'in/orders.csv',
        size: 1_024,
        eTag: 'd41d8cd98f00b204e9800998ecf8427e',
        versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
        sequencer: '0055AED6DCD90281E5',
        ...object,
      },
    },
  };
}

/** The body of a queue message that carries records. */
export const s3Event = (...records: object[]): string => JSON.stringify({ Records: records });

/** The message that S3 sends when a notification is configured. */
export const S3_TEST_EVENT = JSON.stringify({
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-11-20T16:05:09.123Z',
  Bucket: 'source-bucket',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
});
