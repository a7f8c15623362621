import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  /** How long a version is kept after it was overwritten or deleted. */
  readonly oldVersionsKept: Duration;
  /**
   * How long an upload may stay unfinished.
   *
   * @default 7 days
   */
  readonly unfinishedUploadsKept?: Duration;
  /** Objects that are needed for a while only. */
  readonly temporary?: { readonly prefix: string; readonly kept: Duration };
}

/** Without a current version, nobody needs the old one of a temporary object. */
const DELETED_TEMPORARY_KEPT = Duration.days(1);

/**
 * A bucket as every bucket of Millrace is: private, encrypted, reached over TLS only, versioned, and
 * kept when the stack is deleted, because data is worth more than a tidy account.
 */
export class PrivateBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    const { oldVersionsKept, unfinishedUploadsKept = Duration.days(7), temporary } = props;
    super(scope, id, {
      versioned: true,
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          id: 'AbortUnfinishedUploads',
          abortIncompleteMultipartUploadAfter: unfinishedUploadsKept,
        },
        { id: 'ExpireOldVersions', noncurrentVersionExpiration: oldVersionsKept },
        { id: 'RemoveLoneDeleteMarkers', expiredObjectDeleteMarker: true },
        ...(temporary === undefined ? [] : [expiry(temporary)]),
      ],
    });
  }
}

function expiry({ prefix, kept }: { prefix: string; kept: Duration }): s3.LifecycleRule {
  return {
    id: 'ExpireTemporaryObjects',
    prefix,
    expiration: kept,
    noncurrentVersionExpiration: DELETED_TEMPORARY_KEPT,
  };
}
