import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { Forgetting, isAtRest } from '../../../src/shared/ledger/forget.ts';

const SEEN = { source: 'bucket/a.csv', fileId: 'f', status: 'SUCCEEDED', attempt: 2 } as const;
const NOW = Date.parse('2026-11-20T17:00:00Z');

/** A client that keeps what is sent, and answers with nothing or an error. */
function client(error?: Error): { client: DynamoDBClient; sent: UpdateCommandInput[] } {
  const sent: UpdateCommandInput[] = [];
  const dynamodb = new DynamoDBClient({ region: 'us-east-1' });
  dynamodb.middlewareStack.add(
    () =>
      ({ input }) => {
        sent.push(input as unknown as UpdateCommandInput);
        if (error !== undefined) return Promise.reject(error);
        return Promise.resolve({ output: { $metadata: {} }, response: {} });
      },
    { step: 'initialize' },
  );
  return { client: dynamodb, sent };
}

describe('forgetting a file', () => {
  it('holds only for the attempt, the status and the lease that were seen', async () => {
    const { client: dynamodb, sent } = client();
    const ledger = new Forgetting('ledger', dynamodb);
    expect(await ledger.forget(SEEN, 'o1')).toBe(true);
    await ledger.forget({ ...SEEN, status: 'RUNNING', leaseUntil: 7 }, 'o1');
    const [ended, running] = sent;
    expect(ended!.ConditionExpression).toContain('#status = :status AND #attempt = :attempt');
    expect(ended!.ConditionExpression).toContain('attribute_not_exists(#leaseUntil)');
    expect(running!.ConditionExpression).toContain('#leaseUntil = :leaseUntil');
    expect(ended!.ExpressionAttributeValues).toMatchObject({
      ':forgotten': 'FORGOTTEN',
      ':status': 'SUCCEEDED',
      ':attempt': 2,
      ':operation': new Set(['o1']),
    });
  });

  it('names what it uses, and uses what it names', async () => {
    const { client: dynamodb, sent } = client();
    await new Forgetting('ledger', dynamodb).forget(SEEN, 'o1');
    const { UpdateExpression, ConditionExpression, ...names } = sent[0]!;
    const used = `${UpdateExpression ?? ''} ${ConditionExpression ?? ''}`;
    expect([...new Set(used.match(/#\w+/g))].sort()).toEqual(
      Object.keys(names.ExpressionAttributeNames!).sort(),
    );
    expect([...new Set(used.match(/:\w+/g))].sort()).toEqual(
      Object.keys(names.ExpressionAttributeValues!).sort(),
    );
  });

  it('changes nothing when the file stands otherwise, and says so', async () => {
    const refusal = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    const ledger = new Forgetting('ledger', client(refusal).client);
    expect(await ledger.forget(SEEN, 'o1')).toBe(false);
    const other = new Forgetting('ledger', client(new Error('down')).client);
    await expect(other.forget(SEEN, 'o1')).rejects.toThrow('down');
  });
});

it.each([
  ['FAILED', undefined, true],
  ['FAILED', NOW - 5 * 60_000, false],
  ['FAILED', NOW - 5 * 60_000 - 1, true],
  ['FORGOTTEN', undefined, true],
  ['RUNNING', NOW, false],
  ['RUNNING', NOW - 5 * 60_000, false],
  ['RUNNING', NOW - 5 * 60_000 - 1, true],
] as const)('a file that is %s with a lease until %s is at rest: %s', (status, leaseUntil, is) => {
  const lease = leaseUntil === undefined ? {} : { leaseUntil };
  expect(isAtRest({ ...SEEN, status, ...lease }, NOW)).toBe(is);
});
