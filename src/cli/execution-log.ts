import {
  paginateFilterLogEvents,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod/mini';

/** A whole number as text, small enough for a date in milliseconds. */
const Digits = z.string().check(z.regex(/^\d{1,15}$/));

/** One event of an execution's history, as Step Functions logs it. */
const LoggedEvent = z.object({
  id: Digits,
  type: z.string(),
  details: z._default(z.record(z.string(), z.unknown()), {}),
  previous_event_id: z.string(),
  event_timestamp: Digits,
  execution_arn: z.string(),
});
export type LoggedEvent = z.infer<typeof LoggedEvent>;

/** One state that an execution went through. */
export interface ExecutionState {
  readonly name: string;
  readonly type: string;
  readonly enteredAt: string;
  /** Absent while the state runs, and where it ended the execution. */
  readonly exitedAt?: string;
  /** How often its task was started; more than once when it was retried. */
  readonly tries: number;
  readonly input?: unknown;
  readonly output?: unknown;
  /** The last error of its task, even if a retry or a catch dealt with it. */
  readonly error?: string;
  readonly cause?: string;
}

/** An execution as its history tells it. */
export interface ExecutionHistory {
  readonly executionArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly states: readonly ExecutionState[];
}

const ENDS = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
} as const;

/** Log events reach CloudWatch a while after they happened. */
const DELIVERY_MARGIN_MILLISECONDS = 5 * 60_000;

/** Which execution's events to read. */
export interface ExecutionQuery {
  /** The execution's name, unique in the log group. */
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  /** Called for every line that is no event, such as one that has been truncated. */
  readonly onUnreadable?: () => void;
}

/**
 * Reads the events of one execution from its machine's log group, where alone the history of an
 * Express execution is kept. Lines that cannot be read are skipped.
 */
export async function readExecutionEvents(
  client: CloudWatchLogsClient,
  logGroupName: string,
  { name, from, to, onUnreadable }: ExecutionQuery,
): Promise<LoggedEvent[]> {
  const pages = paginateFilterLogEvents(
    { client },
    {
      logGroupName,
      filterPattern: `"${name}"`,
      startTime: from.getTime() - DELIVERY_MARGIN_MILLISECONDS,
      endTime: to.getTime() + DELIVERY_MARGIN_MILLISECONDS,
    },
  );
  const events: LoggedEvent[] = [];
  for await (const { events: page = [] } of pages) {
    for (const { message = '' } of page) {
      const event = parseLoggedEvent(message);
      if (event === undefined) onUnreadable?.();
      else events.push(event);
    }
  }
  return events.filter(({ execution_arn: arn }) => arn.split(':').includes(name));
}

/** The event on a line of the log; undefined when the line is odd or truncated. */
function parseLoggedEvent(line: string): LoggedEvent | undefined {
  try {
    return LoggedEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Puts an execution together from its events, in whatever order they come. */
export function executionHistory(events: readonly LoggedEvent[]): ExecutionHistory | undefined {
  const ordered = [...events].sort((a, b) => Number(a.id) - Number(b.id));
  const [first] = ordered;
  if (first === undefined) return undefined;
  const end = ordered.find(({ type }) => type in ENDS);
  return {
    executionArn: first.execution_arn,
    status: end === undefined ? 'RUNNING' : ENDS[end.type as keyof typeof ENDS],
    startedAt: timeOf(first),
    ...(end !== undefined && { endedAt: timeOf(end) }),
    ...pick(first.details, ['input']),
    ...pick(end?.details ?? {}, ['output', 'error', 'cause']),
    states: ordered.filter(isEntered).map((entered) => stateOf(entered, ordered)),
  };
}

const isContainer = ({ type }: LoggedEvent): boolean => /^(Map|Parallel)/.test(type);

const isEntered = ({ type }: LoggedEvent): boolean => type.endsWith('StateEntered');

/**
 * A state from its entry to its exit. The events of parallel branches are mixed in the log, so the
 * way is followed from event to event by their `previous_event_id`.
 */
function stateOf(entered: LoggedEvent, events: readonly LoggedEvent[]): ExecutionState {
  const name = String(entered.details.name);
  const way = followers(entered, events);
  // The way of a Map or Parallel state forks, so its exit is found by its name.
  const exited = (isContainer(entered) ? events.slice(events.indexOf(entered)) : way).find(
    ({ type, details }) => type.endsWith('StateExited') && details.name === name,
  );
  const failed = way.findLast(({ details }) => typeof details.error === 'string');
  return {
    name,
    type: entered.type.replace('StateEntered', ''),
    enteredAt: timeOf(entered),
    ...(exited !== undefined && { exitedAt: timeOf(exited) }),
    tries: way.filter(({ type }) => /^(LambdaFunction|Task)Scheduled$/.test(type)).length,
    ...pick(entered.details, ['input']),
    ...pick(exited?.details ?? {}, ['output']),
    ...pick(failed?.details ?? {}, ['error', 'cause']),
  };
}

/** The events of one state, in order: from its entry up to its exit or the next state's entry. */
function followers(entered: LoggedEvent, events: readonly LoggedEvent[]): LoggedEvent[] {
  const way: LoggedEvent[] = [];
  let previous = entered.id;
  for (const event of events) {
    if (event.previous_event_id !== previous || Number(event.id) <= Number(entered.id)) continue;
    if (isEntered(event)) break;
    way.push(event);
    if (event.type.endsWith('StateExited')) break;
    previous = event.id;
  }
  return way;
}

const timeOf = ({ event_timestamp: time }: LoggedEvent): string =>
  new Date(Number(time)).toISOString();

/** Details by name; those that hold JSON as text are parsed. */
function pick(
  details: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, never> {
  const present = names.filter((name) => details[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, parsed(name, details[name])])) as Record<
    string,
    never
  >;
}

function parsed(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || name === 'error' || name === 'cause') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
