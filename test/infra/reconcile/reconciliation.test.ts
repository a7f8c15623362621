import { functionOf, onlyEntry, onlyResource, textOf } from '../resources.ts';
import { statementsOf } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const [functionId] = onlyEntry(template, 'AWS::Lambda::Function', 'Reconciliation');
const schedule = onlyResource(template, 'AWS::Scheduler::Schedule', 'Reconciliation');
const target = schedule.Target as Record<string, unknown>;

describe('the function', () => {
  it('has as long as Lambda gives', () => {
    expect(functionOf(template, 'Reconcile')).toMatchObject({ Timeout: 900, MemorySize: 512 });
  });

  it('writes operations into the ledger and cannot touch its files', () => {
    const writes = statementsOf(template).filter(
      ({ holder, actions }) =>
        holder.startsWith('ReconciliationReconcileRole') && actions.includes('dynamodb:PutItem'),
    );

    expect(writes).toEqual([
      expect.objectContaining({
        actions: ['dynamodb:PutItem'],
        resources: ['TablesLedger'],
        condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['#operations'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      }),
    ]);
  });
});

describe('the schedule', () => {
  it('starts it every morning at six, UTC', () => {
    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 6 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
    });
  });

  it('can be set to another time and another lookback', () => {
    const changed = synthesize({
      'millrace.reconcileCron': '15 5,17 * * ? *',
      'millrace.reconcileLookbackDays': '7',
    });

    expect(onlyResource(changed, 'AWS::Scheduler::Schedule', 'Reconciliation')).toMatchObject({
      ScheduleExpression: 'cron(15 5,17 * * ? *)',
    });
    expect(functionOf(changed, 'Reconcile').Environment).toMatchObject({
      Variables: { RECONCILE_LOOKBACK_DAYS: '7' },
    });
  });

  it('invokes the function without any wish, and tries for hours', () => {
    expect(target.Arn).toEqual({ 'Fn::GetAtt': [functionId, 'Arn'] });
    expect(target.Input).toBe('{}');
    expect(target.RetryPolicy).toEqual({
      MaximumEventAgeInSeconds: 21_600,
      MaximumRetryAttempts: 60,
    });
  });

  it('keeps a start that was given up in a queue of its own', () => {
    const [queueId] = onlyEntry(template, 'AWS::SQS::Queue', 'Reconciliation');

    expect(target.DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': [queueId, 'Arn'] } });
  });

  it('has Lambda put a run that failed, or never came about, into the same queue', () => {
    const { FunctionName, Qualifier, DestinationConfig } = onlyResource(
      template,
      'AWS::Lambda::EventInvokeConfig',
    );
    const [queueId] = onlyEntry(template, 'AWS::SQS::Queue', 'Reconciliation');

    expect([FunctionName, Qualifier]).toEqual([{ Ref: functionId }, '$LATEST']);
    expect(DestinationConfig).toEqual({
      OnFailure: { Destination: { 'Fn::GetAtt': [queueId, 'Arn'] } },
    });
  });

  it('may invoke the current version of this function, fill this queue, and nothing else', () => {
    const role = textOf(target.RoleArn);
    const allowed = statementsOf(template)
      .filter(({ holder, resources }) => holder.startsWith(role) && resources.length > 0)
      .flatMap(({ actions, resources }) =>
        actions.flatMap((action) => resources.map((resource) => `${action} ${resource}`)),
      );

    expect(allowed.sort()).toEqual([
      'lambda:InvokeFunction ReconciliationReconcile',
      'lambda:InvokeFunction ReconciliationReconcile:$LATEST',
      'sqs:SendMessage ReconciliationDeadLetterQueue',
    ]);
  });
});
