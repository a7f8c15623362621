import { StartSyncExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { executionName } from '../../shared/file-version.ts';
import type { CaughtError } from '../../shared/failure.ts';
import type { PipelineInput } from '../payload.ts';

/** How an execution ended, as far as the queue is concerned. */
export type ExecutionEnd = { readonly status: 'SUCCEEDED' | 'REJECTED' } | FailedExecution;

export interface FailedExecution {
  readonly status: 'FAILED';
  readonly error: CaughtError;
  /** Nobody knows that it has ended, with all that it called. */
  readonly mayStillRun: boolean;
}

/** Error of the Fail state that ends an execution whose file was rejected. */
export const FILE_REJECTED = 'FileRejected';

/**
 * Runs the file pipeline for one attempt and waits for its end. StartSyncExecution answers 200 even
 * when the execution failed, so the status decides, never the absence of an exception.
 */
export async function runExecution(
  sfn: SFNClient,
  stateMachineArn: string,
  input: PipelineInput,
): Promise<ExecutionEnd> {
  const { status, error, cause } = await sfn.send(
    new StartSyncExecutionCommand({
      stateMachineArn,
      name: executionName(input.file, input.attempt),
      input: JSON.stringify(input),
    }),
  );
  if (status === 'SUCCEEDED') return { status };
  if (status === 'FAILED' && error === FILE_REJECTED) return { status: 'REJECTED' };
  return {
    status: 'FAILED',
    error: { Error: error ?? 'States.Timeout', Cause: cause ?? `the execution ended ${status}` },
    // A function goes on when the execution that called it runs out of time.
    mayStillRun: status === 'TIMED_OUT',
  };
}
