import { onlyResource, textOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize({ 'millrace.maxConcurrency': 12 });
const mapping = onlyResource(template, 'AWS::Lambda::EventSourceMapping', 'Dispatcher');

it('reads the ingest queue', () => {
  expect(textOf(mapping.EventSourceArn)).toBe('IngestQueue');
  expect(textOf(mapping.FunctionName)).toBe('DispatcherDispatch');
});

it('takes ten messages at once and waits for none', () => {
  expect(mapping.BatchSize).toBe(10);
  expect(mapping).not.toHaveProperty('MaximumBatchingWindowInSeconds');
});

it('gives back the messages of a batch that failed, and only those', () => {
  expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
});

it('runs no more batches at once than configured', () => {
  expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 12 });
});
