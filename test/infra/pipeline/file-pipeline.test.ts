import { FILE_PIPELINE_TIMEOUT } from '../../../infra/pipeline/file-pipeline.ts';
import { readDefinitionText, tasksOf, type Definition } from '../../statemachines/definition.ts';
import { functionOf, onlyEntry, onlyResource, resourcesOf, variablesOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize({ 'millrace.logRetentionDays': 14 });
const machine = onlyResource(template, 'AWS::StepFunctions::StateMachine', 'FilePipeline');
const definition = JSON.parse(readDefinitionText('file-pipeline')) as Definition;

it('is an Express state machine', () => {
  expect(machine.StateMachineType).toBe('EXPRESS');
});

it('is traced', () => {
  expect(machine.TracingConfiguration).toEqual({ Enabled: true });
});

describe('its log', () => {
  const [logGroup, { Properties: log }] = onlyEntry(
    template,
    'AWS::Logs::LogGroup',
    'FilePipelineLogs',
  );

  it('holds every event with its data, because Express keeps no history', () => {
    expect(machine.LoggingConfiguration).toEqual({
      Destinations: [
        { CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [logGroup, 'Arn'] } } },
      ],
      IncludeExecutionData: true,
      Level: 'ALL',
    });
  });

  it.each(['ALL', 'ERROR', 'FATAL', 'OFF'])('can be set to level %s', (level) => {
    const changed = synthesize({ 'millrace.executionLogLevel': level });

    expect(onlyResource(changed, 'AWS::StepFunctions::StateMachine', 'FilePipeline')).toMatchObject(
      {
        LoggingConfiguration: { Level: level },
      },
    );
  });

  it('needs no entry in the log resource policy of the account', () => {
    expect(log.LogGroupName).toBe('/aws/vendedlogs/states/Millrace-test-file-pipeline');
  });

  it('is kept for the configured time', () => {
    expect(log.RetentionInDays).toBe(14);
  });
});

describe('timeouts', () => {
  const substitutions = machine.DefinitionSubstitutions as Record<
    string,
    { 'Fn::GetAtt': [string, string] }
  >;
  const functions = Object.fromEntries(resourcesOf(template, 'AWS::Lambda::Function'));

  it.each(tasksOf(definition))(
    'Lambda ends the function of "%s" before the state does',
    (_, task) => {
      const [placeholder] = /\w+/.exec(task.Resource!)!;
      const [functionId] = substitutions[placeholder]!['Fn::GetAtt'];

      expect(functions[functionId]!.Properties.Timeout).toBeLessThan(task.TimeoutSeconds!);
    },
  );

  it.each(tasksOf(definition))('"%s" ends before the machine does', (_, { TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeLessThan(definition.TimeoutSeconds);
  });

  it('the machine ends when the construct, and with it the dispatcher, says', () => {
    expect(definition.TimeoutSeconds).toBe(FILE_PIPELINE_TIMEOUT.toSeconds());
    expect(variablesOf(template, 'Dispatch').FILE_PIPELINE_TIMEOUT_SECONDS).toBe(
      String(definition.TimeoutSeconds),
    );
  });

  it('the machine stays below the limit of Express', () => {
    expect(definition.TimeoutSeconds).toBeLessThanOrEqual(300);
  });

  it('the dispatcher sees the machine end', () => {
    expect(functionOf(template, 'Dispatch').Timeout).toBeGreaterThan(definition.TimeoutSeconds);
  });
});
