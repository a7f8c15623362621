import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  /** How long a version is kept after it was overwritten or deleted. */
  readonly oldVersionsKept: Duration;
}

/**
 * A bucket as every bucket of Millrace is: private, encrypted, reached over TLS only, versioned, and
 * kept when the stack is deleted, because data is worth more than a tidy account.
 */
export class PrivateBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, { oldVersionsKept }: PrivateBucketProps) {
    super(scope, id, {
      versioned: true,
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: 'AbortUnfinishedUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        { id: 'ExpireOldVersions', noncurrentVersionExpiration: oldVersionsKept },
        { id: 'RemoveLoneDeleteMarkers', expiredObjectDeleteMarker: true },
      ],
    });
  }
}
