import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { EncryptedTopic } from '../shared/encrypted-topic.ts';
import { PrivateBucket } from '../shared/private-bucket.ts';

/** Step Functions redrives a failed execution up to 14 days later, which goes on with the hours' sums. */
const WORK_KEPT = Duration.days(15);

export interface ReportMailProps {
  readonly config: MillraceConfig;
  readonly topicsKey: kms.IKey;
}

/** Where reports are kept, and the topic that brings reports and alarms to the inbox. */
export class ReportMail extends Construct {
  readonly bucket: PrivateBucket;
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, { config, topicsKey }: ReportMailProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'ReportsBucket', {
      oldVersionsKept: Duration.days(config.oldVersionDays),
      temporary: { prefix: 'work/', kept: WORK_KEPT },
    });
    this.topic = new EncryptedTopic(this, 'MailTopic', {
      displayName: `Millrace ${config.stage}`,
      masterKey: topicsKey,
    });
    // A policy of one's own takes the place of the default one, by which alarms could publish.
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (config.reportEmail !== undefined) {
      this.topic.addSubscription(new EmailSubscription(config.reportEmail));
    }
  }
}
