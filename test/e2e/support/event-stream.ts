import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';

/** The deployment's stream and the mapping by which Analyse reads it, as their operator reaches them. */
export class EventStream {
  readonly arn: string;
  readonly mapping: EventSourceMappingConfiguration;
  readonly #name: string;
  readonly #kinesis: KinesisClient;
  readonly #lambda: LambdaClient;

  private constructor(
    clients: { kinesis: KinesisClient; lambda: LambdaClient },
    stream: { name: string; arn: string },
    mapping: EventSourceMappingConfiguration,
  ) {
    this.#kinesis = clients.kinesis;
    this.#lambda = clients.lambda;
    this.#name = stream.name;
    this.arn = stream.arn;
    this.mapping = mapping;
  }

  static async open(
    clients: { kinesis: KinesisClient; lambda: LambdaClient },
    name: string,
  ): Promise<EventStream> {
    const { kinesis, lambda } = clients;
    const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }));
    const arn = answer.StreamDescriptionSummary!.StreamARN!;
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand({ EventSourceArn: arn }),
    );
    return new EventStream(clients, { name, arn }, EventSourceMappings[0]!);
  }

  /** Name of the function that reads the stream. */
  get analyse(): string {
    return this.mapping.FunctionArn!.split(':').at(-1)!;
  }

  /** Puts a record past Forward. */
  async put(data: string, place: { key: string; hashKey?: string }): Promise<string> {
    const { SequenceNumber } = await this.#kinesis.send(
      new PutRecordCommand({
        StreamName: this.#name,
        Data: Buffer.from(data),
        PartitionKey: place.key,
        ...(place.hashKey !== undefined && { ExplicitHashKey: place.hashKey }),
      }),
    );
    return SequenceNumber!;
  }

  /** The shards that take records. */
  async openShards(): Promise<Shard[]> {
    const { Shards = [] } = await this.#kinesis.send(
      new ListShardsCommand({ StreamName: this.#name }),
    );
    return Shards.filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined);
  }

  /** Splits the shard with the most hash keys in two. */
  async split(): Promise<void> {
    const [widest] = (await this.openShards()).sort((a, b) => (width(a) > width(b) ? -1 : 1));
    const { StartingHashKey, EndingHashKey } = widest!.HashKeyRange!;
    await this.#kinesis.send(
      new SplitShardCommand({
        StreamName: this.#name,
        ShardToSplit: widest!.ShardId,
        NewStartingHashKey: String((BigInt(StartingHashKey!) + BigInt(EndingHashKey!)) / 2n),
      }),
    );
  }

  async setReading(Enabled: boolean): Promise<void> {
    await this.#lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: this.mapping.UUID, Enabled }),
    );
  }

  /**
   * Lets a version of Analyse read the whole stream once more, from its horizon, beside or instead of
   * the mapping of the stack.
   *
   * @returns what ends it
   */
  async replay(): Promise<() => Promise<void>> {
    const { Version } = await this.#lambda.send(
      new PublishVersionCommand({ FunctionName: this.analyse }),
    );
    const { UUID } = await this.#lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: `${this.analyse}:${Version}`,
        EventSourceArn: this.arn,
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 333,
        // A record that cannot be read must not hold it up.
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 0,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    return async () => {
      await this.#lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    };
  }
}

function width({ HashKeyRange }: Shard): bigint {
  return BigInt(HashKeyRange!.EndingHashKey!) - BigInt(HashKeyRange!.StartingHashKey!);
}
