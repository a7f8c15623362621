import { hostname, userInfo } from 'node:os';
import {
  newOperationId,
  type Operation,
  type OperationName,
} from '../../shared/ledger/operation-log.ts';

/** An operation that whoever runs this process begins now. */
export function newOperation(
  action: OperationName,
  now: Date,
  details: Pick<Operation, 'reason' | 'filter' | 'files' | 'examples'>,
): Operation {
  const operationId = newOperationId(action, now);
  return { operationId, action, at: now.toISOString(), by: operator(), ...details };
}

/** The user and the machine. */
export const operator = (): string => `${userName()}@${hostname()}`;

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container a process may run under an id that has no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
