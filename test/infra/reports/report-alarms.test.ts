import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onlyEntry, resourcesOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(([id]) =>
  id.startsWith('ReportAlarms'),
);
const [topic] = onlyEntry(template, 'AWS::SNS::Topic', 'ReportsMailTopic');
const runbook = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
const headings = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
  title!.toLowerCase().replaceAll(' ', '-'),
);

it('there is one for reports that fail, that take too long, and that never start', () => {
  expect(
    alarms
      .map(
        ([, { Properties }]) => `${String(Properties.Namespace)} ${String(Properties.MetricName)}`,
      )
      .sort(),
  ).toEqual([
    'AWS/SQS ApproximateNumberOfMessagesVisible',
    'AWS/States ExecutionsFailed',
    'AWS/States ExecutionsTimedOut',
  ]);
});

describe.each(alarms)('the alarm %s', (_, { Properties }) => {
  it('goes off at the first, and mails', () => {
    expect(Properties).toMatchObject({
      Threshold: 1,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: topic }],
    });
  });

  it('names a heading of the runbook', () => {
    const [, anchor] = /runbook\.md#([\w-]+)$/.exec(Properties.AlarmDescription as string) ?? [];

    expect(headings).toContain(anchor);
  });
});
