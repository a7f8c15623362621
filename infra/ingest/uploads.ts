import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { EncryptedTopic } from '../shared/encrypted-topic.ts';
import { PrivateBucket } from '../shared/private-bucket.ts';

export interface UploadsProps {
  readonly config: MillraceConfig;
  readonly topicsKey: kms.IKey;
}

/** Where files arrive: the source bucket, and the topic that tells of every object that came or went. */
export class Uploads extends Construct {
  readonly bucket: PrivateBucket;
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, { config, topicsKey }: UploadsProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'SourceBucket', {
      oldVersionsKept: Duration.days(config.oldVersionDays),
    });
    this.topic = new EncryptedTopic(this, 'UploadsTopic', {
      displayName: 'Millrace: objects created in the source bucket, and removed from it',
      masterKey: topicsKey,
    });
    this.#notify();
  }

  /**
   * Lets S3 publish to the topic, without the custom resource that `addEventNotification` brings.
   * The policy is conditioned on the account: naming the bucket would make a cycle, because S3 tests
   * the policy when the bucket is created.
   */
  #notify(): void {
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('s3.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const bucket = this.bucket.node.defaultChild as s3.CfnBucket;
    bucket.notificationConfiguration = {
      topicConfigurations: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'].map((event) => ({
        event,
        topic: this.topic.topicArn,
      })),
    };
    bucket.node.addDependency(this.topic.node.findChild('Policy'));
  }
}
