import {
  ExecutionError,
  StateMachine,
  type RunOptions,
  type StateMachineDefinition,
} from 'aws-local-stepfunctions';
import type * as z from 'zod/mini';
import { readDefinition, tasksOf } from './definition.ts';

/** A stand-in for the function behind a Task: it takes what the function takes. */
export interface Step {
  readonly schema: z.ZodMiniType;
  readonly work: (input: never) => unknown;
}

/** How often, and with which error, the function behind a Task fails before it works. */
export interface Fault {
  readonly error: string;
  /** What the error says; Step Functions gets it inside Lambda's description of the error. */
  readonly message?: string;
  /** @default always */
  readonly times?: number;
}

/** Faults by the name of the Task they happen in. */
export type Faults = Readonly<Record<string, Fault>>;

export interface Run {
  /** Names of the states in the order in which they were first entered. */
  readonly route: readonly string[];
  /** What each Task was sent, try by try. */
  readonly sent: Readonly<Record<string, readonly unknown[]>>;
  /** Which Catch was used where: the state's name and its errors. */
  readonly caught: readonly string[];
  /** Error and cause of the execution; null when it succeeded. */
  readonly failure: { readonly error: string; readonly cause: string } | null;
}

export interface RunMachineOptions {
  /** Name of the state machine's file. */
  readonly name: string;
  /** By the name of the Task. */
  readonly steps: Readonly<Record<string, Step>>;
  readonly input: unknown;
  readonly faults: Faults;
}

/** Name of every execution. */
export const EXECUTION = 'execution-1';

/** Runs a state machine in an interpreter that shares no code with the local AWS, and waits for no retry. */
export async function runMachine({ name, steps, input, faults }: RunMachineOptions): Promise<Run> {
  const definition = readDefinition(name);
  const tasks = tasksOf(definition).map(([task]) => task);
  const sent: Record<string, unknown[]> = Object.fromEntries(tasks.map((task) => [task, []]));
  const handlers = tasks.map(
    (task) => [task, standIn(steps[task]!, sent[task]!, faults[task])] as const,
  );
  const options = {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      retryIntervalOverrides: Object.fromEntries(tasks.map((task) => [task, 0])),
    },
    context: { Execution: { Input: input, Name: EXECUTION } },
  } as RunOptions;
  // The definition has a test of its own; checking it here again takes longer than the run.
  const machine = new StateMachine(definition as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const execution = machine.run(input as Parameters<StateMachine['run']>[0], options);
  const [failure, { route, caught }] = await Promise.all([
    execution.result.then(() => null, failureOf),
    follow(execution.eventLogs),
  ]);
  return { route, sent, caught, failure };
}

function standIn(step: Step, sent: unknown[], fault?: Fault): (input: unknown) => unknown {
  return (input) => {
    sent.push(structuredClone(input));
    if (fault !== undefined && sent.length <= (fault.times ?? Infinity)) throw lambdaError(fault);
    return step.work(input as never);
  };
}

/** An error as Step Functions gets it from Lambda: its name, and its description in JSON. */
function lambdaError({ error, message = `${error} happened` }: Fault): Error {
  const description = { errorType: error, errorMessage: message, trace: [] };
  return Object.assign(new Error(JSON.stringify(description)), { name: error });
}

function failureOf(error: unknown): Run['failure'] {
  if (!(error instanceof ExecutionError)) throw error;
  const { name, message } = error.cause as Error;
  return { error: name, cause: message };
}

async function follow(
  events: ReturnType<StateMachine['run']>['eventLogs'],
): Promise<Pick<Run, 'route' | 'caught'>> {
  const route = new Set<string>();
  const caught: string[] = [];
  for await (const event of events) {
    if (event.type === 'StateEntered') route.add(event.state.name);
    if (event.type === 'StateCaught') {
      caught.push(catchName(event.state.name, event.catch.catcher.ErrorEquals));
    }
  }
  return { route: [...route], caught };
}

/** How tests name a Catch. */
export function catchName(state: string, errors: readonly string[]): string {
  return `${state} on ${errors.join(', ')}`;
}
