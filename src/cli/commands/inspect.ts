import { styleText } from 'node:util';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import {
  executionHistory,
  readExecutionEvents,
  type ExecutionHistory,
  type ExecutionState,
} from '../execution-log.ts';
import { formatDuration } from '../output/format.ts';
import { formatTable } from '../output/table.ts';
import { UserError } from '../user-error.ts';
import { findExecution } from './executions.ts';

const MINUTE_MILLISECONDS = 60_000;

export interface InspectOptions {
  readonly since: number;
  /** Show input and output of every state. */
  readonly data?: boolean;
  readonly json?: boolean;
}

/**
 * Shows the states that an execution went through, from the log of its state machine.
 *
 * @param name the execution's name, as `status` and `executions` show it
 */
export async function inspect(
  { ledger, logs, outputs }: Deployment,
  name: string,
  { since, data = false, json = false }: InspectOptions,
  console: Console,
): Promise<void> {
  const row = await findExecution(ledger, name, since);
  if (row === undefined) {
    throw new UserError(
      `The ledger knows no execution "${name}".`,
      'List them with "npx millrace executions", further back with --since 7d.',
    );
  }
  const { startedAt, endedAt } = row;
  const from = new Date(startedAt);
  const to = endedAt === undefined ? new Date() : new Date(endedAt);
  let skipped = 0;
  const events = await readExecutionEvents(logs, outputs.FilePipelineLogGroupName, {
    name,
    from,
    to: new Date(to.getTime() + MINUTE_MILLISECONDS),
    onUnreadable: () => (skipped += 1),
  });
  if (skipped > 0)
    console.note(`Lines of the log that are unreadable and were skipped: ${skipped}.`);
  const history = executionHistory(events);
  if (history === undefined) {
    throw new UserError(
      `The log of the state machine has no events of "${name}".`,
      'They arrive after some seconds, and only if millrace.executionLogLevel is ALL.',
    );
  }
  console.result(json ? JSON.stringify(history, null, 2) : formatHistory(name, history, data));
}

function formatHistory(name: string, history: ExecutionHistory, data: boolean): string {
  const { status, startedAt, endedAt, error, cause, states } = history;
  const lines = [
    `${name}  ${status}  ${formatDuration(startedAt, endedAt)}`,
    ...(error === undefined ? [] : [`${error}: ${cause ?? ''}`]),
    '',
    formatStates(states, startedAt),
  ];
  for (const state of states.filter((state) => data || state.error !== undefined)) {
    lines.push('', ...formatState(state, data));
  }
  return lines.join('\n');
}

function formatStates(states: readonly ExecutionState[], startedAt: string): string {
  return formatTable(
    [
      { title: 'STATE' },
      { title: 'TYPE' },
      { title: 'AFTER', align: 'right' },
      { title: 'TIME', align: 'right' },
      { title: 'TRIES', align: 'right' },
      { title: 'ERROR' },
    ],
    states.map(({ name, type, enteredAt, exitedAt, tries, error }) => [
      name,
      type,
      formatDuration(startedAt, enteredAt),
      formatDuration(enteredAt, exitedAt),
      tries === 0 ? '' : String(tries),
      error ?? '',
    ]),
  );
}

function formatState(state: ExecutionState, data: boolean): string[] {
  const lines = [styleText('bold', state.name)];
  if (state.error !== undefined) lines.push(`  error   ${state.error}: ${readable(state.cause)}`);
  if (data) {
    lines.push(`  input   ${JSON.stringify(state.input)}`);
    lines.push(`  output  ${JSON.stringify(state.output)}`);
  }
  return lines;
}

/** Lambda's description of an error holds its message beside the stack; the message is what helps. */
function readable(cause: string | undefined): string {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as { errorMessage?: string };
    return errorMessage ?? cause ?? '';
  } catch {
    return cause ?? '';
  }
}
