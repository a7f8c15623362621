import type { App } from 'aws-cdk-lib';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stemOf } from './resources.ts';
import { createApp, createStack, readCdkJson } from './synthesize.ts';

const policyOf = (step: string): string => `Steps/${step}Role/DefaultPolicy`;
const reportPolicyOf = (step: string): string => `ReportSteps/${step}Role/DefaultPolicy`;
const SPLIT_STEPS = ['Scan', 'Resolve', 'TransformPart', 'WriteSplit'];

/** Which steps write what of a file, or give it up. */
const OUTPUTS = {
  manifests: ['Write', 'WriteSplit', 'Quarantine'],
  rejected: ['Write', 'WriteSplit', 'Quarantine'],
  processed: ['Write', 'Resolve', 'TransformPart', 'WriteSplit', 'Quarantine'],
};

/** A finding of the AwsSolutions pack that stands, where it stands, and why. */
const ACCEPTED: readonly { rule: string; constructs: readonly string[]; reason: string }[] = [
  {
    rule: 'AwsSolutions-S1',
    constructs: ['Uploads/SourceBucket', 'TargetBucket', 'Reports/ReportsBucket'],
    reason:
      'The ledger says who did what; who else needs access logs turns on CloudTrail data events.',
  },
  {
    rule: 'AwsSolutions-DDB3',
    constructs: ['Tables/Idempotency'],
    reason: 'Idempotency records save repeated work and expire; results are right without them.',
  },
  {
    rule: 'AwsSolutions-DDB3',
    constructs: ['Analytics/LiveStats'],
    reason: 'Live statistics expire, and the ledger is the truth about files.',
  },
  {
    rule: 'AwsSolutions-SQS3',
    constructs: ['Analytics/FailuresQueue'],
    reason: 'It is where what failed ends.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    constructs: [
      'Steps/ValidateRole/DefaultPolicy',
      'Steps/TransformRole/DefaultPolicy',
      'Steps/WriteRole/DefaultPolicy',
      ...SPLIT_STEPS.map(policyOf),
      'Steps/QuarantineRole/DefaultPolicy',
      'Steps/NotifyRole/DefaultPolicy',
      'Steps/ArchiveRole/DefaultPolicy',
      'FilePipeline/StateMachine/Role/DefaultPolicy',
      'Dispatcher/DispatchRole/DefaultPolicy',
      'Analytics/ForwardRole/DefaultPolicy',
      'Analytics/AnalyseRole/DefaultPolicy',
      ...['ResolveDay', 'Aggregate', 'Render', 'Publish', 'MailFailure'].map(reportPolicyOf),
      'DailyReport/StateMachine/Role/DefaultPolicy',
      'Reconciliation/ReconcileRole/DefaultPolicy',
    ],
    reason: 'X-Ray and the delivery of logs know no resources.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<UploadsSourceBucket.Arn>/*]',
    constructs: [
      'Steps/ValidateRole/DefaultPolicy',
      'Steps/TransformRole/DefaultPolicy',
      'Steps/WriteRole/DefaultPolicy',
      'Steps/ScanRole/DefaultPolicy',
      'Steps/TransformPartRole/DefaultPolicy',
      'Steps/QuarantineRole/DefaultPolicy',
      'Steps/ArchiveRole/DefaultPolicy',
    ],
    reason: 'Producers choose the keys.',
  },
  ...Object.entries({
    ...OUTPUTS,
    ...Object.fromEntries(
      Object.entries(OUTPUTS).map(([prefix, steps]) => [`replays/*/${prefix}`, steps]),
    ),
    staging: ['TransformPart', 'WriteSplit'],
    archive: ['Validate', 'Transform', 'Write', 'Scan', 'TransformPart', 'Quarantine', 'Archive'],
  }).map(([prefix, steps]) => ({
    rule: `AwsSolutions-IAM5[Resource::<TargetBucket.Arn>/${prefix}/*]`,
    constructs: steps.map(policyOf),
    reason: 'The keys below the prefix come from the file.',
  })),
  {
    rule: 'AwsSolutions-IAM5[Resource::<TargetBucket.Arn>/manifests/*]',
    constructs: [reportPolicyOf('Aggregate')],
    reason: 'The report adds up all manifests.',
  },
  ...Object.entries({
    'daily-reports': ['Render', 'Publish'],
    work: ['Aggregate', 'Render'],
  }).map(([prefix, steps]) => ({
    rule: `AwsSolutions-IAM5[Resource::<ReportsReportsBucket.Arn>/${prefix}/*]`,
    constructs: steps.map(reportPolicyOf),
    reason: 'The keys below the prefix come from the day.',
  })),
  {
    rule: 'AwsSolutions-SQS3',
    constructs: ['ReportSchedule/DeadLetterQueue', 'Reconciliation/DeadLetterQueue'],
    reason: 'It is a dead-letter queue, of a schedule: the rule knows those of queues only.',
  },
  {
    rule: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
    constructs: [
      'Steps/NotifyRole/DefaultPolicy',
      'Dispatcher/DispatchRole/DefaultPolicy',
      reportPolicyOf('Publish'),
      reportPolicyOf('MailFailure'),
    ],
    reason: 'What SNS asks of who publishes to an encrypted topic; on one key.',
  },
];

const linesOf = (findings: readonly { rule: string; constructs: readonly string[] }[]): string[] =>
  findings
    .flatMap(({ rule, constructs }) => constructs.map((construct) => `${rule} ${construct}`))
    .sort();

describe('cdk-nag, AwsSolutions', () => {
  it('finds nothing but what is accepted with a reason', () => {
    const app = createApp();
    const stack = createStack(app);

    const { violations } = new AwsSolutionsChecks(app).validateScope(stack);

    const found = violations.map(({ ruleName, violatingResources }) => ({
      rule: ruleName.replace(/<(\w+)\.Arn>/, (_, id: string) => `<${stemOf(id)}.Arn>`),
      constructs: violatingResources.map(({ constructPath = '' }) =>
        constructPath.replace('Millrace-test/', '').replace('/Resource', ''),
      ),
    }));
    expect(linesOf(found)).toEqual(linesOf(ACCEPTED));
  });
});

/** Synthesizes the app with the CDK's own validation of the template, after a change to a bucket. */
function synthesizeWith(change: (bucket: CfnBucket) => void): App {
  const app = createApp({}, { builtinCloudFormationValidation: true });
  const bucket = createStack(app).node.findChild('TargetBucket').node.defaultChild;
  change(bucket as CfnBucket);
  app.synth();
  return app;
}

/** Severity and rule of all that the validation of a synthesized app found. */
function findingsOf(app: App): string[] {
  const file = join(app.outdir, 'validation-report.json');
  const { pluginReports } = JSON.parse(readFileSync(file, 'utf8')) as {
    pluginReports: { violations: { ruleName: string; severity: string }[] }[];
  };
  return pluginReports.flatMap(({ violations }) =>
    violations.map(({ severity, ruleName }) => `${severity} ${ruleName}`),
  );
}

describe("CloudFormation's validation", () => {
  // The report goes to the console as well.
  beforeEach(() => jest.spyOn(console, 'error').mockImplementation());
  afterEach(() => jest.restoreAllMocks());

  it('finds nothing in the template', () => {
    const app = synthesizeWith(() => undefined);

    expect(findingsOf(app)).toEqual([]);
  });

  it('stops the synthesis for a property that does not exist', () => {
    const synthesize = (): App =>
      synthesizeWith((bucket) => bucket.addPropertyOverride('Versionning', 'Enabled'));

    expect(synthesize).toThrow(/Additional properties are not allowed.*Versionning/);
  });

  it('warns of a value that does not exist, which stops the CDK CLI too', () => {
    const app = synthesizeWith((bucket) =>
      bucket.addPropertyOverride('VersioningConfiguration.Status', 'On'),
    );

    expect(findingsOf(app)).toEqual([expect.stringMatching(/^warning .*W3030$/)]);
    expect(readCdkJson().strict).toBe(true);
  });
});
