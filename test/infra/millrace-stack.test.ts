import { STACK_OUTPUTS } from '../../src/shared/stack-outputs.ts';
import { allResources } from './resources.ts';
import { createApp, createStack, synthesize } from './synthesize.ts';

const template = synthesize();
const types = allResources(template).map(([, { Type }]) => Type);

it('gives exactly the outputs that the CLI and other stacks know', () => {
  const { Outputs } = template.toJSON() as { Outputs: Record<string, unknown> };

  expect(Object.keys(Outputs).sort()).toEqual([...STACK_OUTPUTS].sort());
});

it('needs no custom resource', () => {
  const custom = types.filter((type) =>
    /^Custom::|^AWS::CloudFormation::CustomResource$/.test(type),
  );

  expect(custom).toEqual([]);
});

it('names no resource but the log groups of the machines, so that it can be deployed twice', () => {
  const named = allResources(template).flatMap(([, { Type, Properties }]) =>
    Object.keys(Properties)
      .filter((name) =>
        /^(Bucket|Table|Queue|Topic|Function|StateMachine|Role|LogGroup|Alarm)Name$/.test(name),
      )
      .map((name) => `${Type} ${name}`),
  );

  // These name the function that they are of.
  const ofFunctions = /^AWS::Lambda::Event(SourceMapping|InvokeConfig) FunctionName$/;
  expect(named.filter((name) => !ofFunctions.test(name))).toEqual([
    'AWS::Logs::LogGroup LogGroupName',
    'AWS::Logs::LogGroup LogGroupName',
  ]);
});

it('can be deployed to any account and region', () => {
  const stack = createStack(createApp());

  expect(stack.account).toMatch(/^\$\{Token/);
  expect(stack.region).toMatch(/^\$\{Token/);
});
