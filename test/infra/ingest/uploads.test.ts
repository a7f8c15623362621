import { onlyEntry } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const [, { Properties: bucket, DependsOn }] = onlyEntry(template, 'AWS::S3::Bucket', 'Uploads');
const [topic] = onlyEntry(template, 'AWS::SNS::Topic', 'Uploads');
const [policy] = onlyEntry(template, 'AWS::SNS::TopicPolicy', 'Uploads');

it('the source bucket tells the uploads topic of every object that came or went', () => {
  expect(bucket.NotificationConfiguration).toEqual({
    TopicConfigurations: [
      { Event: 's3:ObjectCreated:*', Topic: { Ref: topic } },
      { Event: 's3:ObjectRemoved:*', Topic: { Ref: topic } },
    ],
  });
});

it('the bucket is created after the policy that S3 tests when it is', () => {
  expect(DependsOn).toContain(policy);
});
