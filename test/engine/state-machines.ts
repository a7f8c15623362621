import {
  CreateStateMachineCommand,
  SFNClient,
  StartSyncExecutionCommand,
  type LogLevel,
  type StartSyncExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { clientConfig, ROLE, uniqueName } from './engine.ts';

/** `sync-` before the host would lead nowhere. */
export function stepFunctions(): SFNClient {
  return new SFNClient({ ...clientConfig(), disableHostPrefix: true, maxAttempts: 1 });
}

export interface MachineOptions {
  readonly type?: 'EXPRESS' | 'STANDARD';
  readonly timeoutSeconds?: number;
  /** Where and how much it logs. */
  readonly log?: { readonly groupArn: string; readonly level: LogLevel; readonly data: boolean };
}

/** Creates a state machine that starts at the first of its states. */
export async function createMachine(
  states: Readonly<Record<string, object>>,
  { type = 'EXPRESS', timeoutSeconds, log }: MachineOptions = {},
): Promise<string> {
  const { stateMachineArn } = await stepFunctions().send(
    new CreateStateMachineCommand({
      name: uniqueName('machine'),
      roleArn: ROLE,
      type,
      definition: JSON.stringify({
        StartAt: Object.keys(states)[0],
        States: states,
        ...(timeoutSeconds !== undefined && { TimeoutSeconds: timeoutSeconds }),
      }),
      ...(log && {
        loggingConfiguration: {
          level: log.level,
          includeExecutionData: log.data,
          destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: `${log.groupArn}:*` } }],
        },
      }),
    }),
  );
  return stateMachineArn!;
}

export type Ended = Pick<StartSyncExecutionCommandOutput, 'status' | 'error' | 'cause'> & {
  readonly output: unknown;
};

/** Runs an execution to its end. */
export async function execute(stateMachineArn: string, input: object = {}): Promise<Ended> {
  const { status, error, cause, output } = await stepFunctions().send(
    new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  return { status, error, cause, output: output === undefined ? undefined : JSON.parse(output) };
}

/** Creates a state machine and runs one execution of it to its end. */
export async function run(
  states: Readonly<Record<string, object>>,
  input: object = {},
  options: MachineOptions = {},
): Promise<Ended> {
  return execute(await createMachine(states, options), input);
}
