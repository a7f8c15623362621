import { resourcesOf, stemOf, type Properties } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();

function alarm(name: string): Properties {
  const found = resourcesOf(template, 'AWS::CloudWatch::Alarm').find(
    ([id]) => stemOf(id) === `AnalyticsAlarms${name}`,
  );
  return found![1].Properties;
}

it.each([
  ['EventsGivenUp', 'AnalyticsIncomingDeadLetterQueue'],
  ['EventsNotCounted', 'AnalyticsFailuresQueue'],
])('%s: one message in %s is enough', (name, queue) => {
  expect(alarm(name)).toMatchObject({
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 1,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  });
  expect(JSON.stringify(alarm(name).Dimensions)).toContain(queue);
});

it('live statistics that are ten minutes behind for three minutes are told', () => {
  expect(alarm('AnalyticsBehind')).toMatchObject({
    Namespace: 'AWS/Lambda',
    MetricName: 'IteratorAge',
    Statistic: 'Maximum',
    Threshold: 600_000,
    EvaluationPeriods: 3,
  });
  expect(JSON.stringify(alarm('AnalyticsBehind').Dimensions)).toContain('AnalyticsAnalyse');
});

it('a stream that refuses records for a quarter of an hour is told', () => {
  expect(alarm('StreamFull')).toMatchObject({
    Namespace: 'AWS/Kinesis',
    MetricName: 'PutRecords.ThrottledRecords',
    Threshold: 1,
    Period: 300,
    EvaluationPeriods: 3,
  });
});
