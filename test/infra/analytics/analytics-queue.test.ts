import { functionOf, onlyEntry, resourcesOf, stemOf, textOf } from '../resources.ts';
import { statementsOf } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize({ 'millrace.maxReceiveCount': 7 });
const QUEUE = 'AWS::SQS::Queue';
const [, { Properties: queue }] = onlyEntry(template, QUEUE, 'AnalyticsIncomingQueue');
const [deadLetterQueue] = onlyEntry(template, QUEUE, 'AnalyticsIncomingDeadLetterQueue');
const queues = resourcesOf(template, QUEUE).filter(([id]) => id.startsWith('Analytics'));

it('a message stays invisible for six times as long as Forward may take', () => {
  expect(queue.VisibilityTimeout).toBe(6 * Number(functionOf(template, 'Forward').Timeout));
});

it('a message that was received too often goes to the dead-letter queue', () => {
  expect(queue.RedrivePolicy).toEqual({
    deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] },
    maxReceiveCount: 7,
  });
});

it('what could not be analysed has queues of its own', () => {
  expect(queues.map(([id]) => stemOf(id)).sort()).toEqual([
    'AnalyticsFailuresQueue',
    'AnalyticsIncomingDeadLetterQueue',
    'AnalyticsIncomingQueue',
  ]);
});

describe.each(queues.map(([id, { Properties }]) => [stemOf(id), Properties] as const))(
  '%s',
  (name, properties) => {
    it('is encrypted, and keeps messages as long as SQS can', () => {
      expect(properties).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 14 * 24 * 3_600,
      });
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
  },
);

describe('the subscription', () => {
  const subscriptions = resourcesOf(template, 'AWS::SNS::Subscription')
    .map(([, { Properties }]) => Properties)
    .filter(({ Endpoint }) => textOf(Endpoint) === 'AnalyticsIncomingQueue');
  const subscriptionTo = (topic: string) =>
    subscriptions.find(({ TopicArn }) => textOf(TopicArn) === topic);

  it('is one for each topic', () => {
    expect(subscriptions.map(({ TopicArn }) => textOf(TopicArn)).sort()).toEqual([
      'EventsTopic',
      'UploadsUploadsTopic',
    ]);
  });

  it.each(['EventsTopic', 'UploadsUploadsTopic'])('to %s brings messages as they are', (topic) => {
    expect(subscriptionTo(topic)).toMatchObject({
      Protocol: 'sqs',
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] } },
    });
  });

  it('to the uploads topic takes objects that came or went, and no test event', () => {
    expect(subscriptionTo('UploadsUploadsTopic')).toMatchObject({
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: {
        Records: { eventName: [{ prefix: 'ObjectCreated:' }, { prefix: 'ObjectRemoved:' }] },
      },
    });
  });

  it('to the events topic takes all, malformed events and those without attributes too', () => {
    expect(subscriptionTo('EventsTopic')).not.toHaveProperty('FilterPolicy');
  });
});
