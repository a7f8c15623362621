import { functionOf, onlyEntry, onlyResource, resourcesOf, stemOf, textOf } from '../resources.ts';
import { statementsOf } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize({ 'millrace.maxReceiveCount': 7 });
const QUEUE = 'AWS::SQS::Queue';
const queue = onlyResource(template, QUEUE, 'IngestQueue');
const [deadLetterQueue, { Properties: deadLetters }] = onlyEntry(
  template,
  QUEUE,
  'IngestDeadLetterQueue',
);
const FOURTEEN_DAYS = 14 * 24 * 3_600;

it('a message stays invisible for six times as long as the dispatcher may take', () => {
  expect(queue.VisibilityTimeout).toBe(6 * Number(functionOf(template, 'Dispatch').Timeout));
});

it('a message that was received too often goes to the dead-letter queue', () => {
  expect(queue.RedrivePolicy).toEqual({
    deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] },
    maxReceiveCount: 7,
  });
});

it('both queues keep messages as long as SQS can', () => {
  expect(queue.MessageRetentionPeriod).toBe(FOURTEEN_DAYS);
  expect(deadLetters.MessageRetentionPeriod).toBe(FOURTEEN_DAYS);
});

it('the queue is read with long polling', () => {
  expect(queue.ReceiveMessageWaitTimeSeconds).toBe(20);
});

describe.each(
  resourcesOf(template, QUEUE)
    .filter(([id]) => id.startsWith('Ingest'))
    .map(([id, { Properties }]) => [stemOf(id), Properties]),
)('%s', (name, properties) => {
  it('is encrypted', () => {
    expect(properties).toMatchObject({ SqsManagedSseEnabled: true });
  });

  it('refuses everything that does not come over TLS', () => {
    expect(statementsOf(template)).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        actions: ['sqs:*'],
        resources: [name],
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  it('takes messages from the uploads topic only', () => {
    const senders = statementsOf(template).filter(
      ({ effect, actions, resources }) =>
        effect === 'Allow' && actions.includes('sqs:SendMessage') && resources.includes(name),
    );

    expect(senders).toEqual([
      expect.objectContaining({
        principal: { Service: 'sns.amazonaws.com' },
        condition: {
          ArnEquals: {
            'aws:SourceArn': { Ref: onlyEntry(template, 'AWS::SNS::Topic', 'Uploads')[0] },
          },
        },
      }),
    ]);
  });
});

describe('the subscription', () => {
  const subscription = onlyResource(template, 'AWS::SNS::Subscription', 'IngestQueue');

  it('brings what S3 said to the queue as it is', () => {
    expect(subscription).toMatchObject({ Protocol: 'sqs', RawMessageDelivery: true });
    expect(textOf(subscription.TopicArn)).toBe('UploadsUploadsTopic');
    expect(textOf(subscription.Endpoint)).toBe('IngestQueue');
  });

  it('keeps what cannot be delivered in the dead-letter queue', () => {
    expect(subscription.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] },
    });
  });
});
