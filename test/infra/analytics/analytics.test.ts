import { onlyResource, textOf, type Properties } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const mappingOf = (name: string, settings: Record<string, unknown> = {}): Properties =>
  onlyResource(synthesize(settings), 'AWS::Lambda::EventSourceMapping', `Analytics${name}`);

describe('Forward', () => {
  const mapping = mappingOf('Forward', { 'millrace.forwardConcurrency': 12 });

  it('reads the analytics queue', () => {
    expect(textOf(mapping.EventSourceArn)).toBe('AnalyticsIncomingQueue');
  });

  it('takes as many messages at once as one PutRecords does, and waits a second for them', () => {
    expect(mapping).toMatchObject({ BatchSize: 500, MaximumBatchingWindowInSeconds: 1 });
  });

  it('gives back the messages that failed, and only those', () => {
    expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  });

  it('runs no more batches at once than configured', () => {
    expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 12 });
  });
});

describe('Analyse', () => {
  const mapping = mappingOf('Analyse', { 'millrace.analyseRetryAttempts': 4 });

  it('reads the stream from its start', () => {
    expect(textOf(mapping.EventSourceArn)).toBe('AnalyticsStream');
    expect(mapping.StartingPosition).toBe('TRIM_HORIZON');
  });

  it('gets one batch of a shard at a time, so that records stay in order', () => {
    expect(mapping.ParallelizationFactor).toBe(1);
  });

  it('says from which record on a batch has failed', () => {
    expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  });

  it('a record that cannot be counted is set apart, tried as often as configured, and told', () => {
    expect(mapping).toMatchObject({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 4 });
    const destination = mapping.DestinationConfig as { OnFailure: { Destination: unknown } };
    expect(textOf(destination.OnFailure.Destination)).toBe('AnalyticsFailuresQueue');
  });

  it.each([
    [24, 23],
    [168, 167],
    [8_760, 168],
  ])('of a stream that keeps %i hours, a record is tried for at most %i', (kept, tried) => {
    expect(mappingOf('Analyse', { 'millrace.streamRetentionHours': kept })).toMatchObject({
      MaximumRecordAgeInSeconds: tried * 3_600,
    });
  });
});
