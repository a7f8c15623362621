import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import type { ZodMiniType } from 'zod/mini';
import { classifyError } from '../shared/aws-errors.ts';
import { Environment, requiredNumber, requiredString } from '../shared/environment.ts';
import { FaultCode } from '../shared/error-codes.ts';
import { StepInProgress, TransientFault } from '../shared/errors.ts';
import { taskHandler, type TaskTools } from '../shared/task-handler.ts';
import type { PipelineInput } from './payload.ts';

/** What is hashed for the idempotency table. */
export type IdempotencyKey = string | readonly (string | number)[];

export interface StepOptions<Input extends PipelineInput, Output> {
  /** Name of the step: service name in logs and metrics, and prefix of idempotency keys. */
  readonly name: string;
  readonly input: ZodMiniType<Input>;
  /**
   * The idempotency key of an input. It names the file and what is done to it, not the attempt, so
   * that a later attempt takes up what an earlier one finished.
   */
  readonly idempotencyKey: (input: Input) => IdempotencyKey;
  readonly work: (input: Input, tools: TaskTools) => Promise<Output>;
  /**
   * Whether a result is kept, so that a later attempt takes it up. What is not is found out anew.
   *
   * @default true, always
   */
  readonly isKept?: (output: Output) => boolean;
  /**
   * Whether a result, kept or new, is what the file's outputs are. Where it is not, the work is done again.
   *
   * @default true, always
   */
  readonly isStanding?: (input: Input, output: Output) => Promise<boolean>;
}

/**
 * The frame around every step of the pipeline: parses the input, runs the work at most once per
 * idempotency key, logs, flushes metrics, and gives every error the class that the state machine
 * matches on.
 *
 * Idempotency saves repeated work; it is not what keeps results right. Powertools does not fence its
 * writes, so each step's effects are repeatable by themselves: fixed keys, equal bytes.
 */
export function stepHandler<Input extends PipelineInput, Output>(
  options: StepOptions<Input, Output>,
): (event: unknown, context: Context) => Promise<Output> {
  const { name, input, work, isStanding = () => Promise.resolve(true) } = options;
  let workOnce: OnceWork<Input, Output> | null = null;
  return taskHandler({
    name,
    input,
    identity: identityOf,
    classify: classifyStepError,
    work: async (step, tools, context) => {
      // The tools are the same in every call.
      workOnce ??= idempotent(options, (each: Input) => work(each, tools));
      const output = await workOnce(step, context);
      return (await isStanding(step, output)) ? output : work(step, tools);
    },
  });
}

type OnceWork<Input, Output> = (input: Input, context: Context) => Promise<Output>;

function identityOf({ file, attempt }: PipelineInput): Record<string, unknown> {
  return { fileId: file.fileId, key: file.key, versionId: file.versionId, attempt };
}

function idempotent<Input extends PipelineInput, Output>(
  { name, idempotencyKey, isKept = () => true }: StepOptions<Input, Output>,
  work: (input: Input) => Promise<Output>,
): OnceWork<Input, Output> {
  // Powertools hashes the first parameter; from the context comes how long a lock may be held.
  const keyed = async (_key: IdempotencyKey, _context: Context, input: Input): Promise<Output> => {
    const output = await work(input);
    if (!isKept(output)) throw new ResultNotKept(output);
    return output;
  };
  const once = makeIdempotent(keyed, {
    persistenceStore: new DynamoDBPersistenceLayer({
      tableName: requiredString(Environment.IDEMPOTENCY_TABLE),
    }),
    config: new IdempotencyConfig({
      throwOnNoIdempotencyKey: true,
      expiresAfterSeconds: requiredNumber(Environment.IDEMPOTENCY_EXPIRY_SECONDS),
      hashFunction: 'sha256',
    }),
    // A new version of the code or the contracts must not be answered with old results.
    keyPrefix: `${name}@${requiredString(Environment.PIPELINE_VERSION)}`,
  });
  return (input, context) =>
    once(idempotencyKey(input), context, input).catch((error: unknown) => {
      if (error instanceof ResultNotKept) return error.output as Output;
      throw error;
    });
}

/** Powertools keeps what work returns and drops the record of work that throws: so this is thrown. */
class ResultNotKept extends Error {
  override readonly name = 'ResultNotKept';
  readonly output: unknown;

  constructor(output: unknown) {
    super('the result is not kept');
    this.output = output;
  }
}

function classifyStepError(error: unknown): unknown {
  const { name, cause } = error as Error;
  if (name === 'IdempotencyAlreadyInProgressError') {
    return new StepInProgress('another invocation is at this step', { cause: error });
  }
  if (name !== 'IdempotencyPersistenceLayerError') return classifyError(error);
  const classified = classifyError(cause);
  if (classified !== cause) return classified;
  const reason = 'the idempotency table did not answer';
  return new TransientFault(FaultCode.SERVICE_UNAVAILABLE, reason, { cause: error });
}
