import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { clientConfig, ROLE, uniqueName } from './engine.ts';
import { stepFunctions } from './state-machines.ts';

type Resources = Readonly<Record<string, object>>;

const client = new CloudFormationClient(clientConfig());
const dynamodb = new DynamoDBClient(clientConfig());
const patience = { client, maxWaitTime: 10, minDelay: 0.1, maxDelay: 0.2 };

/** Creates a stack; returns the physical ids of its resources. */
async function create(StackName: string, resources: Resources): Promise<Record<string, string>> {
  const TemplateBody = JSON.stringify({ Resources: resources });
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await waitUntilStackCreateComplete(patience, { StackName });
  return physicalIds(StackName);
}

async function update(StackName: string, resources: Resources): Promise<Record<string, string>> {
  const TemplateBody = JSON.stringify({ Resources: resources });
  await client.send(new UpdateStackCommand({ StackName, TemplateBody }));
  await waitUntilStackUpdateComplete(patience, { StackName });
  return physicalIds(StackName);
}

async function remove(StackName: string): Promise<void> {
  await client.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete(patience, { StackName });
}

async function physicalIds(StackName: string): Promise<Record<string, string>> {
  const { StackResources = [] } = await client.send(
    new DescribeStackResourcesCommand({ StackName }),
  );
  return Object.fromEntries(
    StackResources.map(({ LogicalResourceId, PhysicalResourceId }) => [
      LogicalResourceId!,
      PhysicalResourceId!,
    ]),
  );
}

const KEY = {
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
};
const table = (properties: object = {}, rest: object = {}): object => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: { ...KEY, ...properties },
  ...rest,
});
const globalTable = (properties: object = {}): object => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: { ...KEY, Replicas: [{ Region: 'us-east-1' }], ...properties },
});
const TIME_TO_LIVE = { TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } };

async function put(TableName: string): Promise<void> {
  await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: 'kept' } } }));
}

async function hasItem(TableName: string): Promise<boolean> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName, Key: { id: { S: 'kept' } } }),
  );
  return Item !== undefined;
}

async function timeToLiveOf(TableName: string): Promise<string | undefined> {
  const answer = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
  return answer.TimeToLiveDescription?.TimeToLiveStatus;
}

describe('names that a template leaves out', () => {
  it('are new for a stack that is created again, so that what was retained stays as it is', async () => {
    const stack = uniqueName('stack');
    const resources = { Kept: table({}, { DeletionPolicy: 'Retain' }) };
    const first = await create(stack, resources);
    await put(first.Kept!);
    await remove(stack);

    const second = await create(stack, resources);

    expect(second.Kept).not.toBe(first.Kept);
    expect(await hasItem(first.Kept!)).toBe(true);
    expect(await hasItem(second.Kept!)).toBe(false);
  });

  it('are kept by an update', async () => {
    const stack = uniqueName('stack');
    const before = await create(stack, { Table: table() });

    const after = await update(stack, { Table: table(TIME_TO_LIVE) });

    expect(after).toEqual(before);
  });

  it('of a log group are unique too', async () => {
    const resources = { Log: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 1 } } };
    const [one, two] = [uniqueName('stack'), uniqueName('stack')];

    const names = [await create(one, resources), await create(two, resources)];

    expect(names[0]!.Log).toContain(one);
    expect(names[1]!.Log).toContain(two);
  });

  it('of a log group that is created again are new', async () => {
    const stack = uniqueName('stack');
    const resources = {
      Log: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain', Properties: {} },
    };
    const first = await create(stack, resources);
    await remove(stack);

    const second = await create(stack, resources);

    expect(second.Log).not.toBe(first.Log);
  });
});

describe('a state machine', () => {
  it('logs as its template says', async () => {
    const { Machine } = await create(uniqueName('stack'), {
      Log: { Type: 'AWS::Logs::LogGroup', Properties: {} },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: ROLE,
          StateMachineType: 'EXPRESS',
          DefinitionString: '{"StartAt":"Any","States":{"Any":{"Type":"Succeed"}}}',
          LoggingConfiguration: {
            Level: 'ERROR',
            IncludeExecutionData: true,
            Destinations: [
              { CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': ['Log', 'Arn'] } } },
            ],
          },
        },
      },
    });

    const { loggingConfiguration } = await stepFunctions().send(
      new DescribeStateMachineCommand({ stateMachineArn: Machine }),
    );

    expect(loggingConfiguration).toEqual({
      level: 'ERROR',
      includeExecutionData: true,
      destinations: [
        {
          cloudWatchLogsLogGroup: {
            logGroupArn: expect.stringMatching(/^arn:aws:logs:/) as string,
          },
        },
      ],
    });
  });
});

describe('a global table', () => {
  it('keeps its items through an update', async () => {
    const stack = uniqueName('stack');
    const { Table } = await create(stack, { Table: globalTable() });
    await put(Table!);

    const updated = await update(stack, {
      Table: globalTable({ Replicas: [{ Region: 'us-east-1', Tags: [{ Key: 'a', Value: 'b' }] }] }),
    });

    expect(updated.Table).toBe(Table);
    expect(await hasItem(Table!)).toBe(true);
  });
});

describe.each([
  ['a table', table],
  ['a global table', globalTable],
])('the time to live of %s', (_what, make) => {
  it('takes effect with its creation, and ends with an update without it', async () => {
    const stack = uniqueName('stack');
    const { Table } = await create(stack, { Table: make(TIME_TO_LIVE) });
    const before = await timeToLiveOf(Table!);

    await update(stack, { Table: make() });

    expect(before).toBe('ENABLED');
    expect(await timeToLiveOf(Table!)).toBe('DISABLED');
  });

  it('can be turned on later', async () => {
    const stack = uniqueName('stack');
    const { Table } = await create(stack, { Table: make() });

    await update(stack, { Table: make(TIME_TO_LIVE) });

    expect(await timeToLiveOf(Table!)).toBe('ENABLED');
  });
});
