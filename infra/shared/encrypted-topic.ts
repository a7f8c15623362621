import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** A topic as every topic of Millrace is: encrypted, and published to over TLS only. */
export class EncryptedTopic extends sns.Topic {
  constructor(scope: Construct, id: string, props: { displayName: string; masterKey: kms.IKey }) {
    super(scope, id, { ...props, enforceSSL: true });
  }
}
