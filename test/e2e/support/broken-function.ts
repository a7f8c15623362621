import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../../infra/local/local-aws.ts';

/**
 * Points the function Write to a bucket that does not exist, so that no file can be written.
 *
 * @returns undoes it
 */
export async function breakWrite(endpoint: string): Promise<() => Promise<void>> {
  const lambda = new LambdaClient({
    endpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  const FunctionName = await findFunction(lambda, /StepsWrite(?!Split)/);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const variables = Environment!.Variables!;
  const update = async (Variables: Record<string, string>): Promise<void> => {
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    );
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  };
  await update({ ...variables, TARGET_BUCKET: 'no-such-bucket' });
  return () => update(variables);
}

async function findFunction(lambda: LambdaClient, name: RegExp): Promise<string> {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const found = Functions.find(({ FunctionName }) => name.test(FunctionName!));
    if (found !== undefined) return found.FunctionName!;
  }
  throw new Error(`no function ${String(name)}`);
}
