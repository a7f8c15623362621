import { Duration, TimeZone } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke, type ScheduleTargetBaseProps } from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Environment } from '../../src/shared/environment.ts';
import type { MillraceConfig } from '../config.ts';
import { bindLedgerLookup, bindOperations, bindSourceListing } from '../shared/bindings.ts';
import { NodeFunction } from '../shared/node-function.ts';
import { encryptedQueue } from '../shared/queues.ts';

/** What Lambda allows at most. The function ends by itself before that, and says how far it came. */
const TIMEOUT = Duration.seconds(900);
/** EventBridge Scheduler goes on trying to start the function for so long. */
const START_TRIED_FOR = Duration.hours(6);
const START_RETRIES = 60;

export interface ReconciliationProps {
  readonly config: MillraceConfig;
  readonly sourceBucket: s3.Bucket;
  readonly ledger: dynamodb.Table;
}

/**
 * Looks every day for files of the source bucket that the ledger does not know, and tells. S3 delivers each
 * notification at least once as a rule, not as a promise, and somebody may turn notifications off.
 */
export class Reconciliation extends Construct {
  readonly reconcile: NodeFunction;
  /** Holds the starts and the runs that were given up. */
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, props: ReconciliationProps) {
    super(scope, id);
    const { config } = props;
    this.reconcile = this.#function(props);
    this.deadLetterQueue = encryptedQueue(this, 'DeadLetterQueue');
    // Scheduler has done its work once Lambda has the event; what comes of it then only Lambda knows.
    this.reconcile.configureAsyncInvoke({ onFailure: new SqsDestination(this.deadLetterQueue) });
    new Schedule(this, 'Schedule', {
      description: 'Millrace: the source bucket against the ledger',
      schedule: ScheduleExpression.expression(`cron(${config.reconcileCron})`, TimeZone.of('UTC')),
      target: new InvokeCurrentVersion(this.reconcile, {
        input: ScheduleTargetInput.fromObject({}),
        deadLetterQueue: this.deadLetterQueue,
        maxEventAge: START_TRIED_FOR,
        retryAttempts: START_RETRIES,
      }),
    });
  }

  #function({ config, sourceBucket, ledger }: ReconciliationProps): NodeFunction {
    const reconcile = new NodeFunction(this, 'Reconcile', {
      config,
      entry: 'reconcile/reconcile.handler.ts',
      description: 'Looks for files of the source bucket that the ledger does not know',
      timeout: TIMEOUT,
      memorySize: 512,
    });
    bindSourceListing(reconcile, sourceBucket);
    bindLedgerLookup(reconcile, ledger);
    bindOperations(reconcile, ledger);
    return reconcile.configure(Environment.RECONCILE_LOOKBACK_DAYS, config.reconcileLookbackDays);
  }
}

/** The CDK's target lets a schedule invoke all versions of a function. */
class InvokeCurrentVersion extends LambdaInvoke {
  readonly #fn: NodeFunction;

  constructor(fn: NodeFunction, props: ScheduleTargetBaseProps) {
    super(fn, props);
    this.#fn = fn;
  }

  protected override addTargetActionToRole(role: iam.IRole): void {
    this.#fn.grantInvokeLatestVersion(role);
  }
}
