import { classifyError } from '../../src/shared/aws-errors.ts';
import { FaultCode } from '../../src/shared/error-codes.ts';
import {
  AttemptSuperseded,
  PermanentFault,
  StepInProgress,
  TransientFault,
} from '../../src/shared/errors.ts';
import { describeFailure } from '../../src/shared/failure.ts';
import { delaysOf, readDefinition, tasksOf, type Retrier } from '../statemachines/definition.ts';

/** A way in which a step fails, and an error that it fails with. */
interface StepFailure {
  readonly what: string;
  readonly error: Error;
}

/** A row of the table in `docs/failures.md`. */
export interface FailureRow {
  readonly what: string;
  readonly code: string;
  /** Name of the error by which the state machine knows it. */
  readonly error: string;
  /** How the state machine tries the step again. */
  readonly retries: string;
  readonly end: string;
}

/** An error of the AWS SDK. */
function serviceError(name: string, status: number): Error {
  return Object.assign(new Error(`${name} happened`), {
    name,
    $metadata: { httpStatusCode: status },
  });
}

/** An error that Lambda or Step Functions give a name to. */
const named = (name: string): Error => Object.assign(new Error(`${name} happened`), { name });

const connectionReset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

/** Every class of failure that a step can meet, each with an error as AWS or the code raises it. */
const STEP_FAILURES: readonly StepFailure[] = [
  { what: 'The object version is gone', error: serviceError('NoSuchVersion', 404) },
  { what: 'The object was deleted (delete marker)', error: serviceError('MethodNotAllowed', 405) },
  { what: 'A permission is missing', error: serviceError('AccessDenied', 403) },
  {
    what: 'A permission on a KMS key is missing',
    error: serviceError('KMSAccessDeniedException', 400),
  },
  {
    what: 'A KMS key is disabled or about to be deleted',
    error: serviceError('KMS.DisabledException', 400),
  },
  { what: 'The object is archived', error: serviceError('InvalidObjectState', 403) },
  { what: 'S3 asks to slow down', error: serviceError('SlowDown', 503) },
  {
    what: 'DynamoDB asks to slow down',
    error: serviceError('ProvisionedThroughputExceededException', 400),
  },
  { what: 'A service answers with a 5xx', error: serviceError('InternalError', 500) },
  { what: 'A connection breaks', error: connectionReset },
  { what: 'Lambda has no room for the call', error: named('Lambda.TooManyRequestsException') },
  { what: 'Lambda fails, or its answer is lost', error: named('Lambda.ServiceException') },
  { what: "A function's process dies", error: named('Runtime.ExitError') },
  { what: 'A function runs out of memory', error: named('Runtime.OutOfMemory') },
  { what: 'A function runs out of time', error: named('Sandbox.Timedout') },
  { what: 'A state runs out of time', error: named('States.Timeout') },
  { what: 'The step is at work elsewhere, or was killed', error: new StepInProgress('busy') },
  {
    what: 'The idempotency table does not answer',
    error: new TransientFault(FaultCode.SERVICE_UNAVAILABLE, 'no answer'),
  },
  {
    what: 'The rows do not balance',
    error: new PermanentFault(FaultCode.ROW_BALANCE_BROKEN, 'one is missing'),
  },
  {
    what: 'Two derivations of the records differ',
    error: new PermanentFault(FaultCode.OUTPUT_MISMATCH, 'a digest differs'),
  },
  {
    what: "What a file's chunks had uploaded is gone",
    error: new PermanentFault(FaultCode.UPLOAD_LOST, 'aborted'),
  },
  {
    what: 'A file with the same content is at work, and the contract skips duplicates',
    error: new TransientFault(FaultCode.CONTENT_IN_PROGRESS, 'wait for it'),
  },
  {
    what: "The archive's copy is not what was processed",
    error: new PermanentFault(FaultCode.ARCHIVE_MISMATCH, 'a digest differs'),
  },
  {
    what: 'The source object has no room for a tag',
    error: new PermanentFault(FaultCode.ARCHIVE_TAGS_FULL, 'ten tags'),
  },
  { what: 'A newer attempt holds the file', error: new AttemptSuperseded('file', 1) },
  { what: 'The code has a bug', error: new TypeError('undefined is not a function') },
];

/** The rows of the table, as code and state machine have them. */
export function failureRows(): FailureRow[] {
  const [, firstTask] = tasksOf(readDefinition('file-pipeline'))[0]!;
  return STEP_FAILURES.map((failure) => failureRow(failure, firstTask.Retry!));
}

function failureRow({ what, error }: StepFailure, retriers: readonly Retrier[]): FailureRow {
  const { name, message } = classifyError(error) as Error;
  const { code } = describeFailure({
    Error: name,
    Cause: JSON.stringify({ errorType: name, errorMessage: message }),
  });
  const retrier = retriers.find(({ ErrorEquals }) => ErrorEquals.includes(name));
  return { what, code, error: name, retries: retriesOf(retrier), end: endOf(name, code) };
}

function retriesOf(retrier: Retrier | undefined): string {
  if (retrier === undefined) return 'none';
  const delays = delaysOf(retrier);
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  return `${delays.length}, in at most ${Math.ceil(total)} s`;
}

function endOf(error: string, code: string): string {
  if (code.startsWith('ARCHIVE_')) return 'the file has succeeded';
  if (error === 'FileRejected') return 'rejected';
  return error === 'AttemptSuperseded' ? 'with the newer attempt' : 'queue, then dead letter';
}

/** How the table's columns are headed. */
export const FAILURE_COLUMNS = [
  'Failure',
  'Code',
  'Error',
  "Step's retries",
  'What comes next',
] as const;

/** The cells of a row, as the page shows them. */
export const cellsOf = ({ what, code, error, retries, end }: FailureRow): string[] => [
  what,
  `\`${code}\``,
  `\`${error}\``,
  retries,
  end,
];
