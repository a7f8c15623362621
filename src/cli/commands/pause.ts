import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { Intake, waitingMessages } from '../operate/intake.ts';
import { beginOperation, type OperateOptions } from '../operate/operation.ts';

/** What `pause --json` and `resume --json` answer. */
export interface PauseAnswer {
  readonly paused: boolean;
  /** Null when it was so already. */
  readonly operationId: string | null;
  /** Messages of the ingest queue. */
  readonly waiting: number;
  readonly inWork: number;
}

/** Holds files back: they wait in the ingest queue. What has begun comes to its end. */
export const pause = (
  deployment: Deployment,
  options: OperateOptions,
  console: Console,
): Promise<void> => setPaused(deployment, true, options, console);

/** Lets files in again. */
export const resume = (
  deployment: Deployment,
  options: OperateOptions,
  console: Console,
): Promise<void> => setPaused(deployment, false, options, console);

async function setPaused(
  deployment: Deployment,
  paused: boolean,
  { reason, json = false }: OperateOptions,
  console: Console,
): Promise<void> {
  const action = paused ? 'pause' : 'resume';
  const intake = await Intake.find(deployment);
  const begin = (): Promise<string> => beginOperation(deployment, { action, reason });
  const operationId = await intake.set(paused ? 'Disabled' : 'Enabled', begin);
  const answer: PauseAnswer = { paused, operationId, ...(await waitingMessages(deployment)) };
  console.result(json ? JSON.stringify(answer, null, 2) : sentenceOf(answer));
}

function sentenceOf({ paused, operationId, waiting, inWork }: PauseAnswer): string {
  const already = operationId === null ? ' already' : '';
  const backlog = `${waiting} messages wait, ${inWork} are at work or wait for another try`;
  const lines = paused
    ? [`The pipeline is paused${already}: ${backlog}.`, 'What has begun comes to its end.']
    : [`The pipeline runs${already}: ${backlog}.`];
  const operation = operationId === null ? [] : [`Operation: ${operationId}`];
  return [...lines, ...operation].join('\n');
}
