import { onlyEntry, onlyResource } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const STREAM = 'AWS::Kinesis::Stream';

it('has one shard, and keeps events for a day', () => {
  expect(onlyResource(synthesize(), STREAM)).toMatchObject({
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    ShardCount: 1,
    RetentionPeriodHours: 24,
  });
});

it('is encrypted', () => {
  expect(onlyResource(synthesize(), STREAM).StreamEncryption).toEqual({
    EncryptionType: 'KMS',
    KeyId: 'alias/aws/kinesis',
  });
});

it('has as many shards, and keeps events for as long, as configured', () => {
  const template = synthesize({
    'millrace.streamShards': 3,
    'millrace.streamRetentionHours': 168,
  });

  expect(onlyResource(template, STREAM)).toMatchObject({
    ShardCount: 3,
    RetentionPeriodHours: 168,
  });
});

it('follows the load, if configured', () => {
  const stream = onlyResource(synthesize({ 'millrace.streamMode': 'on-demand' }), STREAM);

  expect(stream.StreamModeDetails).toEqual({ StreamMode: 'ON_DEMAND' });
  expect(stream).not.toHaveProperty('ShardCount');
});

it('goes with the stack: what it holds has been counted', () => {
  expect(onlyEntry(synthesize(), STREAM)[1].DeletionPolicy).toBe('Delete');
});
