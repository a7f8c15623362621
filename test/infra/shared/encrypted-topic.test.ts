import { onlyEntry, resourcesOf, stemOf, textOf } from '../resources.ts';
import { statementsOf } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const topics = resourcesOf(template, 'AWS::SNS::Topic').map(
  ([id, { Properties }]) => [stemOf(id), Properties] as const,
);
const [key] = onlyEntry(template, 'AWS::KMS::Key');
const allowed = statementsOf(template).filter(({ effect }) => effect === 'Allow');
const OWN_ACCOUNT = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

it('there are topics for uploads, for events and for mail', () => {
  expect(topics.map(([name]) => name).sort()).toEqual([
    'EventsTopic',
    'ReportsMailTopic',
    'UploadsUploadsTopic',
  ]);
});

describe.each(topics)('%s', (name, properties) => {
  it('is encrypted with a key that services can use', () => {
    expect(textOf(properties.KmsMasterKeyId)).toBe(stemOf(key));
  });

  it('refuses messages that do not come over TLS', () => {
    const denials = statementsOf(template).filter(
      ({ effect, resources }) => effect === 'Deny' && resources.includes(name),
    );

    expect(denials).toEqual([
      expect.objectContaining({
        actions: ['sns:Publish'],
        principal: '*',
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });
});

/** A topic with a policy of its own has lost SNS's default policy: every service needs an entry. */
const PUBLISHERS = [
  { service: 's3.amazonaws.com', topic: 'UploadsUploadsTopic', why: 'tells of uploads' },
  { service: 'cloudwatch.amazonaws.com', topic: 'ReportsMailTopic', why: 'sends alarms' },
];

describe.each(PUBLISHERS)('$service, which $why', ({ service, topic }) => {
  it('may publish to its topic, on behalf of this account', () => {
    expect(allowed).toContainEqual(
      expect.objectContaining({
        actions: ['sns:Publish'],
        resources: [topic],
        principal: { Service: service },
        condition: OWN_ACCOUNT,
      }),
    );
  });

  it('may use the key, on behalf of this account', () => {
    const [statement] = allowed.filter(
      ({ holder, principal }) => holder === key && JSON.stringify(principal).includes(service),
    );

    expect(statement).toMatchObject({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      condition: OWN_ACCOUNT,
    });
  });
});

it('the key is renewed every year and goes with the stack', () => {
  const [, { Properties, DeletionPolicy }] = onlyEntry(template, 'AWS::KMS::Key');

  expect(Properties.EnableKeyRotation).toBe(true);
  expect(DeletionPolicy).toBe('Delete');
});
