import type { Template } from 'aws-cdk-lib/assertions';
import { allResources, listOf, textOf } from './resources.ts';

/** A policy statement with its lists as lists, and its resources as text. */
export interface Statement {
  /** Logical id of the resource that holds the policy. */
  readonly holder: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly condition: unknown;
}

interface RawStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** Every statement of every policy in a template: of roles, buckets, queues, topics and keys. */
export function statementsOf(template: Template): Statement[] {
  return allResources(template).flatMap(([holder, { Properties }]) =>
    policiesIn(Properties).flatMap(({ Statement }) =>
      Statement.map((statement) => ({
        holder,
        effect: statement.Effect,
        actions: listOf(statement.Action),
        resources: listOf(statement.Resource ?? []).map(textOf),
        principal: statement.Principal,
        condition: statement.Condition,
      })),
    ),
  );
}

function policiesIn(value: unknown): { Statement: RawStatement[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value) return [value as { Statement: RawStatement[] }];
  return Object.values(value).flatMap(policiesIn);
}
