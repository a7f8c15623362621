import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deployedContracts } from '../../datasets/deployed-contracts.ts';
import { stepFunctionsEndpointConfig } from '../../shared/aws-clients.ts';
import { Environment, requiredNumber, requiredString } from '../../shared/environment.ts';
import { Forgetting } from '../../shared/ledger/forget.ts';
import { LedgerReader } from '../../shared/ledger/ledger-reader.ts';
import { Ledger } from '../../shared/ledger/ledger.ts';
import { Removals } from '../../shared/ledger/removals.ts';
import { createLogger, createMetrics, flushMetrics } from '../../shared/observability.ts';
import { Dispatcher } from './dispatcher.ts';
import { OutputRemoval } from './remove-outputs.ts';

/** The client waits this much longer than the machine may run, so that the machine's end is seen. */
const RESPONSE_MARGIN_SECONDS = 5;

const logger = createLogger('dispatch');
let metrics: Metrics | null = null;
let dispatcher: Dispatcher | null = null;

/** Reads the ingest queue and runs one execution per file. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  metrics ??= createMetrics('dispatch');
  dispatcher ??= createDispatcher(metrics);
  try {
    const failed = await dispatcher.dispatch(event.Records);
    return {
      batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  } finally {
    flushMetrics(metrics);
  }
}

function createDispatcher(metrics: Metrics): Dispatcher {
  const table = requiredString(Environment.LEDGER_TABLE);
  const dynamodb = new DynamoDBClient();
  return new Dispatcher({
    ledger: new Ledger(table, dynamodb),
    removals: new Removals(table, dynamodb),
    outputRemoval: createOutputRemoval(table, dynamodb),
    sfn: createStepFunctionsClient(),
    sns: new SNSClient(),
    sqs: new SQSClient(),
    queueUrl: requiredString(Environment.INGEST_QUEUE_URL),
    stateMachineArn: requiredString(Environment.FILE_PIPELINE_ARN),
    backOff: {
      baseSeconds: requiredNumber(Environment.RETRY_BASE_SECONDS),
      maxSeconds: requiredNumber(Environment.RETRY_MAX_SECONDS),
    },
    logger,
    metrics,
  });
}

function createOutputRemoval(table: string, dynamodb: DynamoDBClient): OutputRemoval {
  return new OutputRemoval({
    reader: new LedgerReader(table, dynamodb),
    forgetting: new Forgetting(table, dynamodb),
    s3: new S3Client(),
    targetBucket: requiredString(Environment.TARGET_BUCKET),
    contractOf: (key) => deployedContracts().match(key),
  });
}

/** StartSyncExecution is not idempotent: the client never repeats it, the queue does. */
function createStepFunctionsClient(): SFNClient {
  const seconds = requiredNumber(Environment.FILE_PIPELINE_TIMEOUT_SECONDS);
  return new SFNClient({
    ...stepFunctionsEndpointConfig(),
    maxAttempts: 1,
    requestHandler: {
      requestTimeout: (seconds + RESPONSE_MARGIN_SECONDS) * 1_000,
      throwOnRequestTimeout: true,
    },
  });
}
