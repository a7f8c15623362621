import { resourcesOf, stemOf } from '../resources.ts';
import { statementsOf } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize({ 'millrace.oldVersionDays': 45 });
const buckets = resourcesOf(template, 'AWS::S3::Bucket').map(
  ([id, resource]) => [stemOf(id), id, resource] as const,
);

it('there are a source, a target and a reports bucket', () => {
  expect(buckets.map(([name]) => name).sort()).toEqual([
    'ReportsReportsBucket',
    'TargetBucket',
    'UploadsSourceBucket',
  ]);
});

describe.each(buckets)('%s', (name, id, { Properties, ...resource }) => {
  it('keeps old versions', () => {
    expect(Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
  });

  it('is encrypted', () => {
    expect(Properties.BucketEncryption).toEqual({
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      ],
    });
  });

  it('blocks public access and access lists', () => {
    expect(Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(Properties.OwnershipControls).toEqual({
      Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }],
    });
  });

  it('refuses everything that does not come over TLS', () => {
    const [policy] = resourcesOf(template, 'AWS::S3::BucketPolicy').filter(
      ([, { Properties: policyOf }]) => (policyOf.Bucket as { Ref: string }).Ref === id,
    );
    const denials = statementsOf(template).filter(({ holder }) => holder === policy?.[0]);

    expect(denials).toEqual([
      expect.objectContaining({
        effect: 'Deny',
        actions: ['s3:*'],
        resources: [name, `${name}/*`],
        principal: { AWS: '*' },
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  it('gives up unfinished uploads, and old versions after the configured time', () => {
    const { Rules } = Properties.LifecycleConfiguration as { Rules: unknown[] };

    expect(Rules).toEqual([
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }),
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 45 } }),
      expect.objectContaining({ ExpiredObjectDeleteMarker: true }),
    ]);
    expect(Rules).toEqual(
      Rules.map(() => expect.objectContaining({ Status: 'Enabled' }) as unknown),
    );
  });

  it('never expires a current object', () => {
    const { Rules } = Properties.LifecycleConfiguration as { Rules: object[] };

    for (const rule of Rules) expect(rule).not.toHaveProperty('ExpirationInDays');
  });

  it('outlives the stack', () => {
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});
