import { resourcesOf, stemOf, variablesOf } from '../resources.ts';
import { statementsOf } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize({ 'millrace.oldVersionDays': 45 });
const buckets = resourcesOf(template, 'AWS::S3::Bucket').map(
  ([id, resource]) => [stemOf(id), id, resource] as const,
);

/** What expires: chunks of split files, and the sums of a report's hours. */
const TEMPORARY = [
  { bucket: 'TargetBucket', prefix: 'staging/', days: 30 },
  { bucket: 'ReportsReportsBucket', prefix: 'work/', days: 15 },
];

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
    const days = name === 'TargetBucket' ? 30 : 7;

    expect(Rules.slice(0, 3)).toEqual([
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: days } }),
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 45 } }),
      expect.objectContaining({ ExpiredObjectDeleteMarker: true }),
    ]);
    expect(Rules).toEqual(
      Rules.map(() => expect.objectContaining({ Status: 'Enabled' }) as unknown),
    );
  });

  it('expires no current object, unless it is needed for a while only', () => {
    const { Rules } = Properties.LifecycleConfiguration as { Rules: object[] };
    const expiring = Rules.filter((rule) => 'ExpirationInDays' in rule);

    expect(expiring).toEqual(
      TEMPORARY.filter(({ bucket }) => bucket === name).map(
        ({ prefix, days }) =>
          expect.objectContaining({
            Prefix: prefix,
            ExpirationInDays: days,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          }) as unknown,
      ),
    );
  });

  it('outlives the stack', () => {
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

it('keeps the work of an attempt for longer than the records that a later one goes on by', () => {
  const { IDEMPOTENCY_EXPIRY_SECONDS } = variablesOf(template, 'TransformPart');

  expect(30 * 24 * 3_600).toBeGreaterThan(Number(IDEMPOTENCY_EXPIRY_SECONDS));
});
