import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Ledger } from '../shared/ledger/ledger.ts';
import { Forgetting } from '../shared/ledger/forget.ts';
import { LedgerReader } from '../shared/ledger/ledger-reader.ts';
import { OperationLog } from '../shared/ledger/operation-log.ts';
import { LiveStatsReader } from '../shared/live-stats/live-stats-reader.ts';
import { STACK_OUTPUTS, stackNameOf, type StackOutput } from '../shared/stack-outputs.ts';
import { UserError } from './user-error.ts';

/** A deployed Millrace and the means to reach it. */
export interface Deployment {
  readonly stackName: string;
  readonly outputs: Readonly<Record<StackOutput, string>>;
  readonly s3: S3Client;
  readonly logs: CloudWatchLogsClient;
  readonly stepFunctions: SFNClient;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly ledger: LedgerReader;
  readonly forgetting: Forgetting;
  readonly operationLog: OperationLog;
  readonly ledgerWriter: Ledger;
  readonly liveStats: LiveStatsReader;
}

/** Where a deployment is looked for; both parts go to the AWS SDK as they are. */
export interface Target {
  readonly stage: string;
  /** Shown to the user: which AWS is talked to. */
  readonly description: string;
  /** Client settings; empty means the SDK's own chain of profile, region and credentials. */
  readonly clientConfig: {
    readonly endpoint?: string;
    readonly region?: string;
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

/**
 * Finds a deployment by its stack's outputs, on AWS and locally alike.
 *
 * @throws UserError when there is no such stack, or it is not the one this version deploys
 */
export async function openDeployment({
  stage,
  description,
  clientConfig,
}: Target): Promise<Deployment> {
  const stackName = stackNameOf(stage);
  const cloudFormation = new CloudFormationClient(clientConfig);
  const found = await readOutputs(cloudFormation, stackName, description);
  const missing = STACK_OUTPUTS.filter((name) => found[name] === undefined);
  if (missing.length > 0) {
    throw new UserError(
      `The stack ${stackName} lacks the outputs ${missing.join(', ')}.`,
      'It is another version of Millrace, or its deployment has not finished: deploy again.',
    );
  }
  const outputs = found as Record<StackOutput, string>;
  const dynamodb = new DynamoDBClient(clientConfig);
  return {
    stackName,
    outputs,
    s3: new S3Client({ ...clientConfig, followRegionRedirects: true }),
    logs: new CloudWatchLogsClient(clientConfig),
    stepFunctions: new SFNClient(clientConfig),
    sqs: new SQSClient(clientConfig),
    lambda: new LambdaClient(clientConfig),
    ledger: new LedgerReader(outputs.LedgerTableName, dynamodb),
    forgetting: new Forgetting(outputs.LedgerTableName, dynamodb),
    operationLog: new OperationLog(outputs.LedgerTableName, dynamodb),
    ledgerWriter: new Ledger(outputs.LedgerTableName, dynamodb),
    liveStats: new LiveStatsReader(outputs.LiveStatsTableName, dynamodb),
  };
}

async function readOutputs(
  client: CloudFormationClient,
  stackName: string,
  description: string,
): Promise<Partial<Record<string, string>>> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries<string | undefined>(
      outputs.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('does not exist')) throw error;
    throw new UserError(
      `There is no stack ${stackName} on ${description}.`,
      'Deploy it with "npx cdk deploy", or locally with "npx millrace local up".',
      { cause: error },
    );
  }
}
