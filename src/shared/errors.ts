import { FaultCode, type ErrorCode, type FileCode } from './error-codes.ts';

/** Longest reason in characters: it goes into events, the ledger and a cause, whose sizes are limited. */
const LONGEST_REASON = 1_000;

/**
 * Base of every error that Millrace throws on purpose.
 *
 * The class decides what happens next: its `name` is what the state machines match in `Retry` and
 * `Catch`. The message always reads `CODE: sentence`, because Step Functions carries only the name
 * and the message from one state to the next. A reason of more than 1,000 characters is cut.
 */
export abstract class MillraceError extends Error {
  abstract override readonly name: string;
  readonly code: ErrorCode;

  constructor(code: ErrorCode, reason: string, options?: ErrorOptions) {
    super(`${code}: ${cut(reason)}`, options);
    this.code = code;
  }
}

/** Cut between characters: half of a surrogate pair is no text. */
function cut(reason: string): string {
  if (reason.length <= LONGEST_REASON) return reason;
  return `${reason.slice(0, LONGEST_REASON).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The data is wrong. Terminal: never retried, the file is quarantined and its message acknowledged. */
export class FileRejected extends MillraceError {
  override readonly name = 'FileRejected';
  declare readonly code: FileCode;

  constructor(code: FileCode, reason: string, options?: ErrorOptions) {
    super(code, reason, options);
  }
}

/** A fault that is likely to pass: retried in the state machine, then by the queue. */
export class TransientFault extends MillraceError {
  override readonly name = 'TransientFault';

  constructor(code: FaultCode, reason: string, options?: ErrorOptions) {
    super(code, reason, options);
  }
}

/** The same step of the same file is running elsewhere, or was until it was killed: wait for its lock. */
export class StepInProgress extends MillraceError {
  override readonly name = 'StepInProgress';

  constructor(reason: string, options?: ErrorOptions) {
    super(FaultCode.STEP_IN_PROGRESS, reason, options);
  }
}

/** A fault that waiting seconds will not mend: left to the queue's retries, the DLQ and an operator. */
export class PermanentFault extends MillraceError {
  override readonly name = 'PermanentFault';

  constructor(code: FaultCode, reason: string, options?: ErrorOptions) {
    super(code, reason, options);
  }
}

/** A newer attempt at the same file owns the ledger item; this attempt must not write any more. */
export class AttemptSuperseded extends MillraceError {
  override readonly name = 'AttemptSuperseded';

  constructor(fileId: string, attempt: number) {
    super(
      FaultCode.ATTEMPT_SUPERSEDED,
      `attempt ${attempt} at file ${fileId} no longer holds its claim`,
    );
  }
}
