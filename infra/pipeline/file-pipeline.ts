import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { Environment } from '../../src/shared/environment.ts';
import type { MillraceConfig } from '../config.ts';
import type { NodeFunction } from '../shared/node-function.ts';
import type { PipelineSteps } from './pipeline-steps.ts';

const DEFINITION = join(import.meta.dirname, '../../statemachines/file-pipeline.asl.json');

/** The machine's TimeoutSeconds, as its ASL file has it (a test holds the two together). */
export const FILE_PIPELINE_TIMEOUT = Duration.seconds(280);

export interface FilePipelineProps {
  readonly config: MillraceConfig;
  readonly steps: PipelineSteps;
}

/** The Express state machine that processes one file. */
export class FilePipeline extends Construct {
  readonly stateMachine: sfn.StateMachine;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, { config, steps }: FilePipelineProps) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      // Under this prefix Step Functions needs no entry in the account's log resource policy, which
      // holds ten only.
      logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}-file-pipeline`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const functions = Object.entries(steps.functions);
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: 'One execution per file',
      stateMachineType: sfn.StateMachineType.EXPRESS,
      definitionBody: sfn.DefinitionBody.fromFile(DEFINITION),
      definitionSubstitutions: Object.fromEntries(
        functions.map(([name, fn]) => [`${name}FunctionArn`, fn.functionArn]),
      ),
      logs: {
        destination: this.logGroup,
        level: sfn.LogLevel[config.executionLogLevel],
        includeExecutionData: true,
      },
      tracingEnabled: true,
    });
    for (const [, fn] of functions) fn.grantInvokeLatestVersion(this.stateMachine);
  }

  /** Lets a function run executions and wait for their ends. */
  bindTo(fn: NodeFunction): void {
    fn.configure(Environment.FILE_PIPELINE_ARN, this.stateMachine.stateMachineArn);
    fn.configure(Environment.FILE_PIPELINE_TIMEOUT_SECONDS, FILE_PIPELINE_TIMEOUT.toSeconds());
    this.stateMachine.grantStartSyncExecution(fn);
  }
}
