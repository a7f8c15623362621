import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';

/** The stream of all events: files' and applications', in the order of each source and subject. */
export class EventsStream extends kinesis.Stream {
  constructor(scope: Construct, id: string, { config }: { config: MillraceConfig }) {
    super(scope, id, {
      ...capacityOf(config),
      encryption: kinesis.StreamEncryption.MANAGED,
      retentionPeriod: Duration.hours(config.streamRetentionHours),
      // What it holds has been counted, and is gone in days anyway.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

function capacityOf({ streamMode, streamShards }: MillraceConfig): kinesis.StreamProps {
  if (streamMode === 'on-demand') return { streamMode: kinesis.StreamMode.ON_DEMAND };
  return { streamMode: kinesis.StreamMode.PROVISIONED, shardCount: streamShards };
}
