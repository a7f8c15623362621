import { CreateTableCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { clientConfig, uniqueName } from './engine.ts';

const client = new DynamoDBClient(clientConfig());
const TableName = uniqueName('table');
const Key = { id: { S: 'a' } };

const set = (name: string, ConditionExpression?: string) =>
  client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: `SET ${name} = :value`,
      ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
      ...(name.startsWith('#') ? { ExpressionAttributeNames: { [name]: 'size' } } : {}),
      ExpressionAttributeValues: { ':value': { N: '3' } },
      ReturnValues: 'ALL_NEW',
    }),
  );

beforeAll(async () => {
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});

describe('a reserved word that is a function too', () => {
  it.each(['size', 'SIZE'])('is refused as the bare name %s in an update', async (name) => {
    await expect(set(name)).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: ${name}`,
    });
  });

  it('is refused as a bare name in a condition', async () => {
    await expect(set('extent', 'size = :value')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('reserved keyword: size') as string,
    });
    await expect(set('extent', 'extent = :value')).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
  });

  it('is taken behind an alias', async () => {
    const { Attributes } = await set('#size');

    expect(Attributes).toEqual({ ...Key, size: { N: '3' } });
  });

  it('is the function where it is called', async () => {
    await set('#size');

    await expect(set('#size', 'size(id) < :value')).resolves.toBeDefined();
    await expect(set('#size', 'size (id) > :value')).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
  });
});
