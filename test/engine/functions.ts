import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { zip } from '../support/zip.ts';
import { clientConfig, ROLE, uniqueName } from './engine.ts';

export interface CreatedFunction {
  readonly name: string;
  readonly arn: string;
}

/** Creates a Node function of the given CommonJS code. */
export async function createFunction(
  code: string,
  lambda = new LambdaClient(clientConfig()),
): Promise<CreatedFunction> {
  const name = uniqueName('function');
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: ROLE,
      Timeout: 20,
      Code: { ZipFile: zip({ 'index.js': code }) },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 10, minDelay: 1 },
    { FunctionName: name },
  );
  return { name, arn: FunctionArn! };
}

/** Invokes a function; `error` says whether its answer is an error. */
export async function invoke(
  { name }: CreatedFunction,
  event: object,
  lambda = new LambdaClient(clientConfig()),
): Promise<{ error: boolean; answer: Record<string, unknown> }> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
  );
  const answer = JSON.parse(Payload!.transformToString()) as Record<string, unknown>;
  return { error: FunctionError !== undefined, answer };
}

/**
 * Code of a function that does as its event says: throw an error of a name (so many `times` for a
 * `key`), `sleep` milliseconds, return a `value`, die; `mark` leaves a line in a file.
 */
export const OBEDIENT = `
const { appendFileSync } = require('node:fs');
const tries = {};
let calls = 0;
exports.handler = async (event) => {
  calls += 1;
  if (event.mark) appendFileSync(event.mark, Date.now() + '\\n');
  if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  if (event.exit) process.exit(event.exit);
  if (event.reject) { Promise.reject(new RangeError('left alone')); await new Promise((resolve) => setTimeout(resolve, 5000)); }
  if (event.uncaught) { setTimeout(() => { throw new RangeError('in a timer'); }); await new Promise((resolve) => setTimeout(resolve, 5000)); }
  if (event.text) throw event.text;
  const key = event.key ?? '';
  tries[key] = (tries[key] ?? 0) + 1;
  if (event.error && tries[key] <= (event.times ?? Infinity)) {
    throw Object.assign(new Error(event.message ?? 'as told'), { name: event.error });
  }
  return { calls, tries: tries[key], value: event.size ? 'x'.repeat(event.size) : event.value, at: Date.now() };
};
`;
