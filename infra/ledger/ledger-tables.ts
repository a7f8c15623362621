import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { CONTENT_EXPIRY } from '../../src/shared/ledger/content-claims.ts';
import { BY_ARRIVAL_INDEX } from '../../src/shared/ledger/ledger-item.ts';

/**
 * The two tables: the ledger, which is the truth about every file and outlives the stack, and the
 * idempotency records, which expire.
 */
export class LedgerTables extends Construct {
  readonly ledger: dynamodb.Table;
  readonly idempotency: dynamodb.Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.ledger = new dynamodb.Table(this, 'Ledger', {
      partitionKey: { name: 'source', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'fileId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      // Claims of contents expire; no file's item has the attribute.
      timeToLiveAttribute: CONTENT_EXPIRY,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.ledger.addGlobalSecondaryIndex({
      indexName: BY_ARRIVAL_INDEX,
      partitionKey: { name: 'arrivalHour', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'arrivedAt', type: dynamodb.AttributeType.STRING },
      // Keys never change after the first claim, so that closing an item does not touch the index.
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    this.idempotency = new dynamodb.Table(this, 'Idempotency', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: 'expiration',
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
