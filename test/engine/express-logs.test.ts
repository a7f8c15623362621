import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogLevel } from '@aws-sdk/client-sfn';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../infra/local/local-aws.ts';
import { clientConfig, uniqueName } from './engine.ts';
import { createFunction, OBEDIENT, type CreatedFunction } from './functions.ts';
import { createMachine, execute } from './state-machines.ts';

interface LogLine {
  readonly id: string;
  readonly type: string;
  readonly previous_event_id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const logs = new CloudWatchLogsClient(clientConfig());
let fn: CreatedFunction;

beforeAll(async () => {
  fn = await createFunction(OBEDIENT);
});

/** What an execution of these states leaves in the log of its machine. */
async function logOf(
  states: Record<string, object>,
  input: object,
  level: LogLevel = 'ALL',
  data = true,
): Promise<LogLine[]> {
  const logGroupName = uniqueName('/aws/vendedlogs/states/log');
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const groupArn = `arn:aws:logs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:log-group:${logGroupName}`;
  await execute(await createMachine(states, { log: { groupArn, level, data } }), input);
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  return events.map(({ message }) => JSON.parse(message!) as LogLine);
}

const work = (parameters: object = {}): object => ({
  Type: 'Task',
  Resource: fn.arn,
  Parameters: parameters,
  End: true,
});
const typesOf = (lines: readonly LogLine[]): string[] => lines.map(({ type }) => type);

it('level ALL logs every event of a task, in order', async () => {
  const lines = await logOf({ Work: work({ value: 7 }) }, { given: true });

  expect(typesOf(lines)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(lines.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  expect(lines.map(({ previous_event_id }) => previous_event_id)).toEqual([
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
  ]);
});

it('a line has the form that CloudWatch gets from Step Functions', async () => {
  const [started, entered, scheduled] = await logOf({ Work: work({ value: 7 }) }, { given: true });

  expect(started).toEqual({
    id: '1',
    type: 'ExecutionStarted',
    details: {
      input: '{"given":true}',
      inputDetails: { truncated: false },
      roleArn: expect.stringContaining(':role/') as string,
    },
    previous_event_id: '0',
    event_timestamp: expect.stringMatching(/^\d{13}$/) as string,
    execution_arn: expect.stringContaining(':express:') as string,
    redrive_count: '0',
  });
  expect(entered!.details).toMatchObject({ name: 'Work' });
  expect(JSON.parse(entered!.details.input as string)).toEqual({ given: true });
  expect(scheduled!.details).toMatchObject({ resource: fn.arn });
  expect(JSON.parse(scheduled!.details.input as string)).toEqual({ value: 7 });
});

it('a Map tells of each of its items', async () => {
  const lines = await logOf(
    {
      Each: {
        Type: 'Map',
        ItemsPath: '$.items',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'One',
          States: { One: { Type: 'Pass', End: true } },
        },
        End: true,
      },
    },
    { items: [1, 2] },
  );

  const types = typesOf(lines);
  expect(types.slice(0, 3)).toEqual(['ExecutionStarted', 'MapStateEntered', 'MapStateStarted']);
  expect(types.slice(-3)).toEqual(['MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded']);
  for (const kind of ['Started', 'Succeeded']) {
    const iterations = lines.filter(({ type }) => type === `MapIteration${kind}`);
    expect(iterations.map(({ details }) => details.index).sort()).toEqual([0, 1]);
    expect(iterations.map(({ details }) => details.name)).toEqual(['Each', 'Each']);
  }
});

it('a Parallel tells when it started and how it ended', async () => {
  const branch = { StartAt: 'One', States: { One: { Type: 'Fail', Error: 'Any' } } };
  const types = typesOf(
    await logOf({ Both: { Type: 'Parallel', Branches: [branch], End: true } }, {}),
  );

  expect(types).toEqual(expect.arrayContaining(['ParallelStateStarted', 'ParallelStateFailed']));
});

it('a task that fails tells its error and cause', async () => {
  const lines = await logOf({ Work: work({ error: 'FileRejected' }) }, {});
  const failed = lines.find(({ type }) => type === 'LambdaFunctionFailed');

  expect(failed?.details).toMatchObject({ error: 'FileRejected' });
  expect(JSON.parse(failed?.details.cause as string)).toMatchObject({ errorType: 'FileRejected' });
});

it.each([
  ['ERROR', ['LambdaFunctionFailed', 'ExecutionFailed']],
  ['FATAL', ['ExecutionFailed']],
  ['OFF', []],
] as const)('level %s logs only %j', async (level, expected) => {
  const lines = await logOf({ Work: work({ error: 'Any' }) }, {}, level);

  expect(typesOf(lines)).toEqual(expected);
});

it('no data is logged where includeExecutionData is off', async () => {
  const lines = await logOf({ Work: work({ value: 'secret' }) }, { given: 'secret' }, 'ALL', false);

  expect(lines).toHaveLength(7);
  expect(JSON.stringify(lines)).not.toContain('secret');
});
