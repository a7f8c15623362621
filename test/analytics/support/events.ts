import type { KinesisStreamRecord, SQSRecord } from 'aws-lambda';

/** Attributes of an application's event that tests vary. */
export interface EventParts {
  readonly id?: string;
  readonly source?: string;
  readonly type?: string;
  readonly subject?: string | null;
  readonly time?: string;
  readonly data?: unknown;
}

/** An application's CloudEvent. */
export const applicationEvent = (parts: EventParts = {}): object => ({
  specversion: '1.0',
  id: 'a-1',
  source: '/shop/orders',
  type: 'com.example.order.placed',
  time: '2026-11-20T16:05:09.123Z',
  datacontenttype: 'application/json',
  data: { dataset: 'orders', status: 'PAID', rows: 3, bytes: 120, rejects: 1 },
  ...parts,
});

export interface FileEventParts {
  readonly id?: string;
  readonly status?: 'SUCCEEDED' | 'REJECTED' | 'FAILED';
  readonly arrivedAt?: string;
  readonly time?: string;
  readonly dataset?: string;
  readonly size?: number;
  readonly rowsRead?: number;
  readonly rowsRejected?: number;
}

/** A file event of the pipeline's, as far as the analysis reads it. */
export function fileEventOf(parts: FileEventParts = {}): object {
  const { status = 'SUCCEEDED', id = '0123456789abcdef0123', size = 1_000, ...data } = parts;
  const { arrivedAt = '2026-11-20T16:05:08.000Z', time = '2026-11-20T16:05:09.500Z' } = parts;
  return applicationEvent({
    id: `${id}-${status.toLowerCase()}`,
    source: '/millrace/test/file-pipeline',
    type: `io.millrace.file.${status.toLowerCase()}`,
    subject: 'source-bucket/in/orders.csv',
    time,
    data: {
      dataset: 'orders',
      rowsRead: 10,
      rowsRejected: 1,
      ...data,
      status,
      arrivedAt,
      file: { size },
    },
  });
}

export interface RecordParts {
  readonly sequence?: number;
  readonly shard?: number;
  readonly partitionKey?: string;
  /** ISO 8601. */
  readonly arrivedAt?: string;
}

/** A record of the stream as Lambda hands it over. */
export function streamRecord(text: string | Buffer, parts: RecordParts = {}): KinesisStreamRecord {
  const { sequence = 1, shard = 0, partitionKey = 'key', arrivedAt } = parts;
  const sequenceNumber = String(sequence).padStart(56, '0');
  const arrival = Date.parse(arrivedAt ?? '2026-11-20T16:05:10.000Z');
  return {
    awsRegion: 'us-east-1',
    eventID: `shardId-${String(shard).padStart(12, '0')}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/events',
    eventVersion: '1.0',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/analyse',
    kinesis: {
      approximateArrivalTimestamp: arrival / 1_000,
      data: Buffer.from(text).toString('base64'),
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
    },
  };
}

/** A message of the analytics queue. */
export const queueMessage = (body: string, messageId = 'm-1'): SQSRecord => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1795162530200',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: '1795162530210',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:analytics',
  awsRegion: 'us-east-1',
});
