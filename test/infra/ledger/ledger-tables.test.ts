import { CONTENT_EXPIRY } from '../../../src/shared/ledger/content-claims.ts';
import { BY_ARRIVAL_INDEX } from '../../../src/shared/ledger/ledger-item.ts';
import { FUNCTIONS_OF, onlyEntry, onlyResource, variablesOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const TABLE = 'AWS::DynamoDB::Table';

describe('the ledger', () => {
  const [, { Properties: ledger, DeletionPolicy, UpdateReplacePolicy }] = onlyEntry(
    template,
    TABLE,
    'TablesLedger',
  );

  it('is keyed by source, then file', () => {
    expect(ledger.KeySchema).toEqual([
      { AttributeName: 'source', KeyType: 'HASH' },
      { AttributeName: 'fileId', KeyType: 'RANGE' },
    ]);
  });

  it('lists files by the hour of their arrival, without a copy of what changes', () => {
    expect(ledger.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: BY_ARRIVAL_INDEX,
        KeySchema: [
          { AttributeName: 'arrivalHour', KeyType: 'HASH' },
          { AttributeName: 'arrivedAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ]);
  });

  it('is paid for on demand', () => {
    expect(ledger.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it('can be restored to any point in time', () => {
    expect(ledger.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  it('drops claims of contents when they expire', () => {
    expect(ledger.TimeToLiveSpecification).toEqual({
      AttributeName: CONTENT_EXPIRY,
      Enabled: true,
    });
  });

  it('outlives the stack', () => {
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });
});

describe('the idempotency table', () => {
  const idempotency = onlyResource(template, TABLE, 'TablesIdempotency');

  it('forgets its records when they expire', () => {
    expect(idempotency.TimeToLiveSpecification).toEqual({
      AttributeName: 'expiration',
      Enabled: true,
    });
  });

  it('is paid for on demand', () => {
    expect(idempotency.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it.each(FUNCTIONS_OF.Steps)(
    'keeps the records of %s for longer than a message can wait in both queues',
    (name) => {
      const ingest = onlyResource(template, 'AWS::SQS::Queue', 'IngestQueue');
      const deadLetters = onlyResource(template, 'AWS::SQS::Queue', 'IngestDeadLetterQueue');
      const waits = [ingest, deadLetters].map((queue) => Number(queue.MessageRetentionPeriod));

      expect(Number(variablesOf(template, name).IDEMPOTENCY_EXPIRY_SECONDS)).toBeGreaterThan(
        waits[0]! + waits[1]!,
      );
    },
  );
});
