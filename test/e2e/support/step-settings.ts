import type { LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetFunctionConfigurationCommand,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';

/**
 * Changes settings of a deployed function, as a hand that breaks it would.
 *
 * @param name of the function, or a part of it
 * @returns undoes it
 */
export async function changeSettings(
  lambda: LambdaClient,
  name: RegExp,
  settings: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const FunctionName = await findFunction(lambda, name);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const variables = Environment!.Variables!;
  const update = async (Variables: Record<string, string>): Promise<void> => {
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    );
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  };
  await update({ ...variables, ...settings });
  return () => update(variables);
}

async function findFunction(lambda: LambdaClient, name: RegExp): Promise<string> {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const found = Functions.find(({ FunctionName }) => name.test(FunctionName!));
    if (found !== undefined) return found.FunctionName!;
  }
  throw new Error(`no function ${String(name)}`);
}
