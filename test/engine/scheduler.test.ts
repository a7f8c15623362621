import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type ExecutionListItem,
} from '@aws-sdk/client-sfn';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { clientConfig, ROLE, uniqueName } from './engine.ts';
import { createFunction, OBEDIENT } from './functions.ts';
import { createMachine, stepFunctions } from './state-machines.ts';

const cloudFormation = new CloudFormationClient(clientConfig());

/** A template with schedules of a target, which is told of its start, and the given beside. */
async function deploySchedules(
  targetArn: string,
  schedules: Readonly<Record<string, object>>,
  input: object = {},
): Promise<void> {
  const Resources = Object.fromEntries(
    Object.entries(schedules).map(([id, properties]) => [
      id,
      {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: targetArn,
            RoleArn: ROLE,
            Input: JSON.stringify({
              schedule: id,
              time: '<aws.scheduler.scheduled-time>',
              attempt: '<aws.scheduler.attempt-number>',
              arn: '<aws.scheduler.schedule-arn>',
              id: '<aws.scheduler.execution-id>',
              ...input,
            }),
          },
          ...properties,
        },
      },
    ]),
  );
  const StackName = uniqueName('schedules');
  await cloudFormation.send(
    new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }),
  );
  const limits = { client: cloudFormation, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  await waitUntilStackCreateComplete(limits, { StackName });
}

/** Inputs of all executions of a machine. */
async function inputsOf(stateMachineArn: string): Promise<Record<string, string>[]> {
  const sfn = stepFunctions();
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  const describe = async ({ executionArn }: ExecutionListItem) =>
    sfn.send(new DescribeExecutionCommand({ executionArn }));
  const described = await Promise.all(executions.map(describe));
  return described.map(({ input }) => JSON.parse(input!) as Record<string, string>);
}

/** An instant to the second, as a clock in a time zone shows it. */
const wallClock = (instant: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    .format(instant)
    .replace(' ', 'T');

describe('a schedule', () => {
  let inputs: Record<string, string>[];
  const due = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 6_000);
  const scheduledTime = `${due.toISOString().slice(0, 19)}Z`;

  beforeAll(async () => {
    const machine = await createMachine({ End: { Type: 'Succeed' } }, { type: 'STANDARD' });
    const inTokyo = { ScheduleExpressionTimezone: 'Asia/Tokyo' };
    const at = (timeZone: string): string => `at(${wallClock(due, timeZone)})`;
    await deploySchedules(machine, {
      Utc: { ScheduleExpression: at('UTC') },
      Tokyo: { ScheduleExpression: at('Asia/Tokyo'), ...inTokyo },
      // To Tokyo's clock that is nine hours ago.
      Past: { ScheduleExpression: at('UTC'), ...inTokyo },
      Disabled: { ScheduleExpression: at('UTC'), State: 'DISABLED' },
    });
    inputs = await eventually(
      'two executions',
      async () => {
        const found = await inputsOf(machine);
        return found.length >= 2 ? found : undefined;
      },
      60,
    );
  }, 90_000);

  it('starts its target when it is due in its time zone, unless it is disabled', () => {
    expect(inputs.map(({ schedule }) => schedule).sort()).toEqual(['Tokyo', 'Utc']);
  });

  it('tells its target the scheduled time, whatever the time of the start', () => {
    expect(inputs.map(({ time }) => time)).toEqual([scheduledTime, scheduledTime]);
  });

  it('tells its target its ARN, the attempt, and an id that is new each time', () => {
    for (const { arn, attempt } of inputs) {
      expect(arn).toMatch(/^arn:aws:scheduler:.+:schedule\/default\/.+/);
      expect(attempt).toBe('1');
    }
    expect(new Set(inputs.map(({ id }) => id)).size).toBe(2);
  });
});

describe('a schedule of a function', () => {
  it('invokes it with its input when it is due', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-schedule-'));
    const mark = join(folder, 'mark');
    const { arn } = await createFunction(OBEDIENT);
    const soon = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 3_000);

    await deploySchedules(
      arn,
      { Soon: { ScheduleExpression: `at(${wallClock(soon, 'UTC')})` } },
      { mark },
    );

    const calls = await eventually(
      'an invocation',
      () => (existsSync(mark) ? readFileSync(mark, 'utf8').trim().split('\n') : undefined),
      60,
    );
    rmSync(folder, { recursive: true });
    expect(calls).toHaveLength(1);
    expect(Number(calls[0])).toBeGreaterThanOrEqual(soon.getTime());
  }, 90_000);
});
