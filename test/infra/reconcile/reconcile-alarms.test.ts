import { onlyEntry, resourcesOf, stemOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(([id]) =>
  id.startsWith('ReconcileAlarms'),
);
const [topic] = onlyEntry(template, 'AWS::SNS::Topic', 'ReportsMailTopic');
const found = [
  { Name: 'service', Value: 'reconcile' },
  { Name: 'stage', Value: 'dev' },
];

it.each([
  ['FilesMissed', 'Millrace', 'FilesMissed'],
  ['FilesStuck', 'Millrace', 'FilesStuck'],
  ['ReconcileIncomplete', 'Millrace', 'ReconcileIncomplete'],
  ['ReconcileFailed', 'AWS/Lambda', 'Errors'],
  ['ReconcileNotStarted', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
])('%s goes off at the first, and mails', (name, namespace, metric) => {
  const [, alarm] = alarms.find(([id]) => stemOf(id) === `ReconcileAlarms${name}`)!;

  expect(alarm.Properties).toMatchObject({
    Namespace: namespace,
    MetricName: metric,
    Threshold: 1,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: [{ Ref: topic }],
  });
});

it('what was found is read with the dimensions that the function gives it', () => {
  const dimensions = alarms
    .filter(([, { Properties }]) => Properties.Namespace === 'Millrace')
    .map(([, { Properties }]) => Properties.Dimensions);

  expect(dimensions).toEqual([found, found, found]);
});
