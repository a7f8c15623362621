import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Retrier {
  readonly Comment?: string;
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath?: string;
  readonly Next: string;
}

/** What the tests read of a state. */
export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Error?: string;
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

export interface Definition {
  readonly Comment: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

/** The text of a state machine's file, placeholders and all. */
export function readDefinitionText(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../statemachines/${name}.asl.json`), 'utf8');
}

/** A state machine's file with its placeholders replaced as CloudFormation would. */
export function readDefinition(name: string): Definition {
  const text = readDefinitionText(name).replaceAll(
    /\$\{(\w+)Arn\}/g,
    'arn:aws:lambda:us-east-1:123456789012:function:$1',
  );
  return JSON.parse(text) as Definition;
}

/** All states by name, those inside Map states too. */
export function statesOf({ States }: Pick<Definition, 'States'>): [string, State][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);
}

/** The tasks of a machine by name. */
export function tasksOf(definition: Definition): [string, State][] {
  return statesOf(definition).filter(([, { Type }]) => Type === 'Task');
}

/** How long a retrier waits at most, in seconds, before each of its tries. */
export function delaysOf(retrier: Retrier): number[] {
  const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds } = retrier;
  return Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds),
  );
}
