import { readDefinitionText, tasksOf, type Definition } from '../../statemachines/definition.ts';
import { onlyEntry, onlyResource, resourcesOf, textOf } from '../resources.ts';
import { statementsOf } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const [machineId, { Properties: machine }] = onlyEntry(
  template,
  'AWS::StepFunctions::StateMachine',
  'DailyReport',
);
const definition = JSON.parse(readDefinitionText('daily-report')) as Definition;
const substitutions = machine.DefinitionSubstitutions as Record<
  string,
  { 'Fn::GetAtt': [string, string] }
>;
const functions = Object.fromEntries(resourcesOf(template, 'AWS::Lambda::Function'));

const functionIdOf = (resource: string): string =>
  substitutions[/\w+/.exec(resource)![0]]!['Fn::GetAtt'][0];

it('is a Standard state machine, which may take longer than five minutes', () => {
  expect(machine.StateMachineType).toBe('STANDARD');
});

it('is traced and logs every event', () => {
  expect(machine.TracingConfiguration).toEqual({ Enabled: true });
  expect(machine.LoggingConfiguration).toMatchObject({ IncludeExecutionData: true, Level: 'ALL' });
});

it('needs no entry in the log resource policy of the account', () => {
  expect(onlyResource(template, 'AWS::Logs::LogGroup', 'DailyReportLogs').LogGroupName).toBe(
    '/aws/vendedlogs/states/Millrace-test-daily-report',
  );
});

describe('timeouts', () => {
  it.each(tasksOf(definition))(
    'Lambda ends the function of "%s" before the state does',
    (_, { Resource, TimeoutSeconds }) => {
      expect(functions[functionIdOf(Resource!)]!.Properties.Timeout).toBeLessThan(TimeoutSeconds!);
    },
  );
});

describe('the schedule', () => {
  const schedule = onlyResource(template, 'AWS::Scheduler::Schedule', 'ReportSchedule');

  it('starts a report every morning at eight, UTC, on the minute', () => {
    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 8 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
    });
  });

  it('can be set to another time, in a zone, within a window', () => {
    const changed = synthesize({
      'millrace.reportCron': '30 6 ? * MON-FRI *',
      'millrace.reportTimeZone': 'Europe/Berlin',
      'millrace.reportWindowMinutes': '15',
    });

    expect(onlyResource(changed, 'AWS::Scheduler::Schedule', 'ReportSchedule')).toMatchObject({
      ScheduleExpression: 'cron(30 6 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    });
  });

  it('starts the machine with the scheduled time, and tries for hours', () => {
    const target = schedule.Target as Record<string, unknown>;

    expect(target.Arn).toEqual({ Ref: machineId });
    expect(JSON.parse(target.Input as string)).toEqual({
      scheduledTime: '<aws.scheduler.scheduled-time>',
    });
    expect(target.RetryPolicy).toEqual({
      MaximumEventAgeInSeconds: 21_600,
      MaximumRetryAttempts: 60,
    });
  });

  it('keeps a start that was given up in a queue of its own', () => {
    const [queueId] = onlyEntry(template, 'AWS::SQS::Queue', 'ReportSchedule');
    const { DeadLetterConfig } = schedule.Target as { DeadLetterConfig: unknown };

    expect(DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': [queueId, 'Arn'] } });
  });

  it('may start this machine, fill this queue, and nothing else', () => {
    const role = textOf((schedule.Target as { RoleArn: unknown }).RoleArn);
    const allowed = statementsOf(template).filter(({ holder }) => holder.startsWith(role));

    expect(
      allowed
        .filter(({ resources }) => resources.length > 0)
        .flatMap(({ actions, resources }) =>
          actions.map((action) => `${action} ${resources.join(' ')}`),
        )
        .sort(),
    ).toEqual([
      'sqs:SendMessage ReportScheduleDeadLetterQueue',
      'states:StartExecution DailyReportStateMachine',
    ]);
  });
});
