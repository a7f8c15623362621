import * as z from 'zod/mini';
import { FaultCode, parseCodedMessage, type ErrorCode } from './error-codes.ts';

/** What a `Catch` stores: the error's name, and Lambda's JSON description of it or plain text. */
export const CaughtError = z.object({ Error: z.string(), Cause: z.optional(z.string()) });
export type CaughtError = z.infer<typeof CaughtError>;

/** A caught error as users meet it: a stable code and a sentence. */
export interface Failure {
  readonly code: ErrorCode;
  readonly reason: string;
}

const REASON_LIMIT = 1_000;

/** Codes for the errors that Step Functions and Lambda name themselves. */
const SERVICE_ERRORS: ReadonlyMap<string, FaultCode> = new Map([
  ['States.Timeout', FaultCode.STEP_TIMED_OUT],
  ['Sandbox.Timedout', FaultCode.STEP_TIMED_OUT],
  ['Lambda.Unknown', FaultCode.FUNCTION_CRASHED],
  ['Runtime.ExitError', FaultCode.FUNCTION_CRASHED],
  ['Runtime.OutOfMemory', FaultCode.OUT_OF_MEMORY],
  ['Lambda.TooManyRequestsException', FaultCode.SERVICE_THROTTLED],
  ['Lambda.ServiceException', FaultCode.SERVICE_UNAVAILABLE],
  ['Lambda.AWSLambdaException', FaultCode.SERVICE_UNAVAILABLE],
  ['Lambda.SdkClientException', FaultCode.SERVICE_UNAVAILABLE],
  ['Lambda.ClientExecutionTimeoutException', FaultCode.SERVICE_UNAVAILABLE],
]);

/**
 * Reads the code and the reason out of an error that a state machine caught. Millrace's own errors
 * carry both in their message; the services' errors get a code by their name; whatever is left is
 * UNEXPECTED_ERROR, which points to a bug.
 */
export function describeFailure({ Error: name, Cause = '' }: CaughtError): Failure {
  const message = messageOf(Cause);
  const coded = parseCodedMessage(message);
  if (coded !== undefined) return { code: coded.code, reason: cut(coded.reason) };
  const code = SERVICE_ERRORS.get(name) ?? FaultCode.UNEXPECTED_ERROR;
  return { code, reason: cut(message === '' ? name : `${name}: ${message}`) };
}

/** Lambda describes a thrown error as JSON with errorType, errorMessage and trace. */
function messageOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

const cut = (text: string): string =>
  text.length > REASON_LIMIT ? `${text.slice(0, REASON_LIMIT)}…` : text;
