import { hostname, userInfo } from 'node:os';
import { newOperationId, type OperationName } from '../../shared/ledger/operation-log.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { keyOf } from '../files/file-rows.ts';

/** Files up to which a command acts without being told to. */
export const MOST_UNASKED_FILES = 10;
const MOST_EXAMPLES = 5;

/** Options of every command that changes something. */
export interface OperateOptions {
  /** Why, in the operator's words. */
  readonly reason?: string;
  readonly json?: boolean;
}

/** Options of commands that may concern many files. */
export interface BulkOptions extends OperateOptions {
  /** Only show what would be done. */
  readonly dryRun?: boolean;
  /** Do it, however many files it concerns. */
  readonly yes?: boolean;
}

/** What is to be recorded of an operation. */
export interface BegunOperation {
  readonly action: OperationName;
  readonly reason?: string | undefined;
  readonly filter?: Readonly<Record<string, unknown>>;
  /** Of the files it concerns. */
  readonly items?: readonly { readonly source: string }[];
}

/**
 * Records an operation, before anything is done.
 *
 * @returns its id
 */
export async function beginOperation(
  { operationLog }: Pick<Deployment, 'operationLog'>,
  { action, reason, filter, items }: BegunOperation,
  now = new Date(),
): Promise<string> {
  const operationId = newOperationId(action, now);
  await operationLog.record({
    operationId,
    action,
    at: now.toISOString(),
    by: operator(),
    reason,
    ...(filter && { filter: plainValues(filter) }),
    ...(items && { files: items.length, examples: items.slice(0, MOST_EXAMPLES).map(keyOf) }),
  });
  return operationId;
}

/** The user and the machine. A container may have a user without a name. */
function operator(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}

const plainValues = (filter: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(filter)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  );

/** Whether to act: not in a dry run, and on many files only when told to. */
export const mayAct = ({ dryRun = false, yes = false }: BulkOptions, files: number): boolean =>
  !dryRun && (yes || files <= MOST_UNASKED_FILES);

/**
 * Tells that nothing was done.
 *
 * @returns the exit code: 1 when it was meant to be done
 */
export function tellNothingDone(
  { dryRun = false }: BulkOptions,
  files: number,
  console: Console,
): number {
  if (dryRun) {
    console.note('Nothing was done: this is a dry run.');
    return 0;
  }
  console.note(`Nothing was done: these are ${files} files. Give --yes to go on.`);
  return 1;
}
