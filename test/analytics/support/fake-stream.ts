import { KinesisClient, type PutRecordsCommandInput } from '@aws-sdk/client-kinesis';

export interface StoredRecord {
  readonly partitionKey: string;
  readonly text: string;
}

/** What happens to a call, or to one of its records. */
export type CallFault = 'none' | 'before' | 'after';

/** A stream in memory that can be made to throttle records and to break connections. */
export class FakeStream {
  readonly client = new KinesisClient({ region: 'us-east-1' });
  readonly records: StoredRecord[] = [];
  readonly calls: { records: number; bytes: number }[] = [];
  callFault: () => CallFault = () => 'none';
  throttles: (record: StoredRecord) => boolean = () => false;

  constructor() {
    this.client.middlewareStack.add(
      () =>
        ({ input }) =>
          Promise.resolve().then(() => ({
            output: { $metadata: {}, ...this.#put(input as PutRecordsCommandInput) } as never,
            response: {},
          })),
      { step: 'initialize' },
    );
  }

  #put({ Records = [] }: PutRecordsCommandInput): object {
    const records = Records.map(({ PartitionKey = '', Data }) => ({
      partitionKey: PartitionKey,
      text: Buffer.from(Data!).toString(),
    }));
    const sizes = records.map(
      ({ text, partitionKey }) => Buffer.byteLength(text) + partitionKey.length,
    );
    this.calls.push({ records: records.length, bytes: sizes.reduce((a, b) => a + b, 0) });
    if (sizes.some((size) => size > 1_048_576)) throw new Error('a record is too large');
    const fault = this.callFault();
    if (fault === 'before') throw new Error('the connection broke');
    const answers = records.map((record) => {
      if (this.throttles(record)) {
        return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Slow down' };
      }
      this.records.push(record);
      return { SequenceNumber: String(this.records.length), ShardId: 'shardId-000000000000' };
    });
    if (fault === 'after') throw new Error('the answer was lost');
    return { Records: answers };
  }

  /** Ids of all events in the stream, in order. */
  ids(): string[] {
    return this.records.flatMap(({ text }) => {
      const document = JSON.parse(text) as { id: string } | { id: string }[];
      return [document].flat().map(({ id }) => id);
    });
  }
}
