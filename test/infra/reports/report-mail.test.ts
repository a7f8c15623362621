import { onlyEntry, resourcesOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

it('mail goes to the configured address', () => {
  const template = synthesize({ 'millrace.reportEmail': 'data@example.com' });
  const [topic] = onlyEntry(template, 'AWS::SNS::Topic', 'ReportsMailTopic');

  const subscriptions = resourcesOf(template, 'AWS::SNS::Subscription');

  expect(subscriptions.map(([, { Properties }]) => Properties)).toContainEqual({
    Protocol: 'email',
    Endpoint: 'data@example.com',
    TopicArn: { Ref: topic },
  });
});

it('nobody gets mail when no address is configured', () => {
  const subscriptions = resourcesOf(synthesize(), 'AWS::SNS::Subscription');

  const protocols = subscriptions.map(([, { Properties }]) => Properties.Protocol);
  expect(new Set(protocols)).toEqual(new Set(['sqs']));
});
