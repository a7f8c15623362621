import {
  DescribeExecutionCommand,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../deployment.ts';

const FIRST_WAIT_MILLISECONDS = 100;
const LONGEST_WAIT_MILLISECONDS = 2_000;

/** How an execution of the daily report ended. */
export interface ReportEnd {
  readonly execution: string;
  /** Why there is no report; undefined when there is. */
  readonly failure?: string;
}

type Machine = Pick<Deployment, 'stepFunctions' | 'outputs'>;

/** Makes the report of a day, in place of the one that is there, and waits for its end. */
export async function makeReport(
  { stepFunctions, outputs }: Machine,
  day: string,
  signal?: AbortSignal,
): Promise<ReportEnd> {
  const name = `${day}-by-hand-${randomUUID().slice(0, 8)}`;
  const { executionArn } = await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: outputs.DailyReportArn,
      name,
      input: JSON.stringify({ day }),
    }),
  );
  for (let wait = FIRST_WAIT_MILLISECONDS; ; wait *= 1.5) {
    await delay(Math.min(wait, LONGEST_WAIT_MILLISECONDS), undefined, signal && { signal });
    const described = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (described.status === 'SUCCEEDED') return { execution: name };
    if (described.status !== 'RUNNING') return { execution: name, failure: failureOf(described) };
  }
}

function failureOf({ status, error, cause }: DescribeExecutionCommandOutput): string {
  return cause ?? error ?? status ?? 'it has no status';
}
