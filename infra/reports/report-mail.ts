import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { MillraceConfig } from '../config.ts';
import { EncryptedTopic } from '../shared/encrypted-topic.ts';
import { PrivateBucket } from '../shared/private-bucket.ts';

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
    });
    this.topic = new EncryptedTopic(this, 'MailTopic', {
      displayName: `Millrace ${config.stage}`,
      masterKey: topicsKey,
    });
    if (config.reportEmail !== undefined) {
      this.topic.addSubscription(new EmailSubscription(config.reportEmail));
    }
  }
}
