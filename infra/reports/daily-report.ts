import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { join } from 'node:path';
import type { MillraceConfig } from '../config.ts';
import type { ReportSteps } from './report-steps.ts';

const DEFINITION = join(import.meta.dirname, '../../statemachines/daily-report.asl.json');

export interface DailyReportProps {
  readonly config: MillraceConfig;
  readonly steps: ReportSteps;
}

/** The Standard state machine that makes the report of one day. */
export class DailyReport extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { config, steps }: DailyReportProps) {
    super(scope, id);
    const functions = Object.entries(steps.functions);
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: 'One execution per report',
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromFile(DEFINITION),
      definitionSubstitutions: Object.fromEntries(
        functions.map(([name, fn]) => [`${name}FunctionArn`, fn.functionArn]),
      ),
      logs: {
        destination: this.#logGroup(config),
        level: sfn.LogLevel[config.executionLogLevel],
        includeExecutionData: true,
      },
      tracingEnabled: true,
    });
    for (const [, fn] of functions) fn.grantInvokeLatestVersion(this.stateMachine);
  }

  #logGroup(config: MillraceConfig): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      // Under this prefix Step Functions needs no entry in the account's log resource policy, which
      // holds ten only.
      logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}-daily-report`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
