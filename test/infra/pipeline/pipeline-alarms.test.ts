import { onlyResource } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

it('one source object that could not be archived is enough for an alarm', () => {
  const alarm = onlyResource(synthesize(), 'AWS::CloudWatch::Alarm', 'PipelineAlarms');

  expect(alarm).toMatchObject({
    Namespace: 'Millrace',
    MetricName: 'ArchivesFailed',
    Dimensions: [
      { Name: 'service', Value: 'archive' },
      { Name: 'stage', Value: 'dev' },
    ],
    Statistic: 'Sum',
    Threshold: 1,
    EvaluationPeriods: 1,
  });
});
