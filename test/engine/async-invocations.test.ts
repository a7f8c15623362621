import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig, uniqueName } from './engine.ts';
import { createFunction, OBEDIENT } from './functions.ts';
import { createQueue, receiveAll } from './queues.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
it('an asynchronous call that keeps failing ends at the destination of a template', async () => {
  const { name } = await createFunction(OBEDIENT);
  const queue = await createQueue();
  const client = new CloudFormationClient(clientConfig());
  const StackName = uniqueName('stack');
  const Config = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: name,
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: queue.arn } },
    },
  };
  const TemplateBody = JSON.stringify({ Resources: { Config } });
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await waitUntilStackCreateComplete({ client, maxWaitTime: 10, minDelay: 0.1 }, { StackName });

  await new LambdaClient(clientConfig()).send(
    new InvokeCommand({
      FunctionName: name,
      InvocationType: 'Event',
      Payload: JSON.stringify({ error: 'Wrong' }),
    }),
  );

  const [body] = await receiveAll(new SQSClient(clientConfig()), queue.url, 1);
  expect(JSON.parse(body!)).toMatchObject({
    requestPayload: { error: 'Wrong' },
    responsePayload: { errorType: 'Wrong' },
  });
}, 30_000);
