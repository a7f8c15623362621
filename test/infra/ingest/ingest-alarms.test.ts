import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourcesOf, stemOf, textOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LINK = /: (docs\/[a-z-]+\.md)#([a-z-]+)$/;
const template = synthesize();
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
  ([id, { Properties }]) => [stemOf(id), Properties] as const,
);

/** The anchors of a Markdown file's headings, as GitHub makes them. */
function anchorsIn(file: string): string[] {
  const headings = readFileSync(join(ROOT, file), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(alarms)('%s', (_name, { AlarmDescription, AlarmActions, TreatMissingData }) => {
  it('links to a heading of the runbook', () => {
    const [, file, anchor] = LINK.exec(AlarmDescription as string) ?? [];

    expect(file).toBe('docs/runbook.md');
    expect(anchorsIn(file!)).toContain(anchor);
  });

  it('is sent by mail', () => {
    expect((AlarmActions as unknown[]).map(textOf)).toEqual(['ReportsMailTopic']);
  });

  it('takes a queue without metrics for an empty one', () => {
    expect(TreatMissingData).toBe('notBreaching');
  });
});

it('one file given up is enough for an alarm', () => {
  const alarm = alarms.find(([name]) => name === 'AlarmsFilesGivenUp')?.[1];

  expect(alarm).toMatchObject({
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
  });
  expect(JSON.stringify(alarm?.Dimensions)).toContain('IngestDeadLetterQueue');
});

it('a file that waits for an hour is told', () => {
  const alarm = alarms.find(([name]) => name === 'AlarmsFilesWaiting')?.[1];

  expect(alarm).toMatchObject({ MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 3_600 });
  expect(JSON.stringify(alarm?.Dimensions)).toContain('IngestQueue');
});
