import type * as z from 'zod/mini';

/** What the reader of a contract is told of one issue: a line for each place at fault. */
export function issueLines(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${placeOf([...issue.path, key])}: is not known here`);
  }
  return [`${placeOf(issue.path)}: ${sentenceOf(issue)}`];
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'contract' : path.join('.');
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message;
  if (issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${listed(issue.values)}`;
  if (issue.code === 'invalid_union') return choiceOf(issue);
  if (issue.code === 'too_small') return leastOf(issue);
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.message;
}

/** What tells the variants of an object apart has to be one of theirs. */
function choiceOf(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.length === 0 ? 'is of the wrong kind' : `must be ${listed(options)}`;
}

function leastOf({ origin, minimum }: z.core.$ZodIssueTooSmall): string {
  return origin === 'number' ? `must be at least ${minimum}` : 'must not be empty';
}

const KINDS: Partial<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function listed(values: readonly unknown[]): string {
  const stated = values
    .filter((value) => value !== undefined)
    .map((value) => JSON.stringify(value));
  return stated.length === 1 ? (stated[0] ?? '') : `one of ${stated.join(', ')}`;
}
