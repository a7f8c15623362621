import type { Deployment } from '../../../src/cli/deployment.ts';
import {
  executionHistory,
  readExecutionEvents,
  type LoggedEvent,
} from '../../../src/cli/execution-log.ts';
import { executionOf } from '../../../src/cli/files/file-rows.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';

/** The time that an execution spent in a state. */
export interface StateTime {
  readonly name: string;
  /** How often it was entered: once for each range or chunk inside a Map. */
  readonly times: number;
  /** From the first entry to the last exit. */
  readonly seconds: number;
}

/** The largest input or output of a state. */
export interface LargestPayload {
  readonly state: string;
  readonly bytes: number;
}

export interface ExecutionFigures {
  readonly states: readonly StateTime[];
  readonly largestPayload: LargestPayload;
}

/**
 * What the log of a file's last execution tells.
 *
 * @throws when the log does not hold all of it
 */
export async function executionFigures(
  { logs, outputs }: Deployment,
  item: LedgerItem,
): Promise<ExecutionFigures> {
  const events = await readExecutionEvents(logs, outputs.FilePipelineLogGroupName, {
    name: executionOf(item),
    from: new Date(item.startedAt),
    to: new Date(),
    onUnreadable: () => {
      throw new Error('the execution’s log has a line that cannot be read');
    },
  });
  return { states: stateTimes(events), largestPayload: largestPayload(events) };
}

function stateTimes(events: readonly LoggedEvent[]): StateTime[] {
  const states = executionHistory(events)?.states ?? [];
  return [...Map.groupBy(states, ({ name }) => name)].map(([name, visits]) => {
    const entered = Math.min(...visits.map(({ enteredAt }) => Date.parse(enteredAt)));
    const exited = Math.max(
      ...visits.map(({ enteredAt, exitedAt = enteredAt }) => Date.parse(exitedAt)),
    );
    return { name, times: visits.length, seconds: (exited - entered) / 1_000 };
  });
}

function largestPayload(events: readonly LoggedEvent[]): LargestPayload {
  const payloads = events
    .filter(({ type }) => /State(Entered|Exited)$/.test(type))
    .flatMap(({ details }) =>
      [details.input, details.output]
        .filter((payload) => typeof payload === 'string')
        .map((payload) => ({ state: String(details.name), bytes: Buffer.byteLength(payload) })),
    );
  const [first, ...others] = payloads;
  if (first === undefined) throw new Error('the execution’s log holds no payloads');
  return others.reduce((largest, each) => (each.bytes > largest.bytes ? each : largest), first);
}
