import type { Template } from 'aws-cdk-lib/assertions';
import { parseContract } from '../../../src/datasets/contract.ts';
import { OPERATIONS_PARTITION } from '../../../src/shared/ledger/operation-log.ts';
import { CONTENT_PREFIX } from '../../../src/shared/ledger/content-claims.ts';
import {
  FUNCTIONS,
  FUNCTIONS_OF,
  functionOf,
  resourcesOf,
  variablesOf,
  type FunctionName,
} from '../resources.ts';
import { statementsOf, type Statement } from '../statements.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize();
const statements = statementsOf(template);
const allowed = statements.filter(({ effect }) => effect === 'Allow');

/** What a role may do, as `action resource`, one line for each pair. */
function permissionsOf(role: string, within = template): string[] {
  const policies = resourcesOf(within, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes(`"${role}"`))
    .map(([id]) => id);
  return statementsOf(within)
    .filter(({ holder }) => policies.includes(holder))
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => `${action} ${resource}`)),
    )
    .sort();
}

function roleOf(name: FunctionName, within = template): string {
  const role = functionOf(within, name).Role as { 'Fn::GetAtt': [string, string] };
  return role['Fn::GetAtt'][0];
}

const logsAndTraces = (construct: string): string[] => [
  `logs:CreateLogStream ${construct}Logs`,
  `logs:PutLogEvents ${construct}Logs`,
  'xray:PutTelemetryRecords *',
  'xray:PutTraceSegments *',
];
const IDEMPOTENCY = ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'].map(
  (action) => `dynamodb:${action} TablesIdempotency`,
);
const READ_SOURCE = [
  's3:GetObject UploadsSourceBucket/*',
  's3:GetObjectVersion UploadsSourceBucket/*',
  's3:ListBucket UploadsSourceBucket',
  's3:ListBucketVersions UploadsSourceBucket',
  // Files that were moved to the archive.
  's3:GetObject TargetBucket/archive/*',
  's3:GetObjectVersion TargetBucket/archive/*',
  's3:ListBucket TargetBucket',
];
const NOT_REPLAYED = new Set(['staging', 'archive']);
/** An action under prefixes and, but for what is temporary, under the same of replays. */
const underTarget = (action: string, prefixes: readonly string[]): string[] =>
  prefixes
    .flatMap((prefix) => (NOT_REPLAYED.has(prefix) ? [prefix] : [prefix, `replays/*/${prefix}`]))
    .map((prefix) => `s3:${action} TargetBucket/${prefix}/*`);
const writeParts = (...prefixes: string[]): string[] => underTarget('PutObject', prefixes);
const readTarget = (...prefixes: string[]): string[] => underTarget('GetObject', prefixes);
/** Writing is bound to the claims, see below. */
const CLAIM_CONTENTS = ['dynamodb:GetItem TablesLedger', 'dynamodb:PutItem TablesLedger'];
const writeTarget = (...prefixes: string[]): string[] => [
  ...underTarget('AbortMultipartUpload', prefixes),
  ...underTarget('PutObject', prefixes),
];
/** Reads the earlier manifest, and removes what it stands for. */
const SUPERSEDE = [
  ...readTarget('manifests'),
  ...underTarget('DeleteObject', ['processed', 'rejected']),
  's3:ListBucket TargetBucket',
];
const TELL = [
  'dynamodb:UpdateItem TablesLedger',
  'kms:Decrypt TopicsKey',
  'kms:GenerateDataKey* TopicsKey',
  'sns:Publish EventsTopic',
];

const MAIL = [
  'kms:Decrypt TopicsKey',
  'kms:GenerateDataKey* TopicsKey',
  'sns:Publish ReportsMailTopic',
];

const readQueue = (queue: string): string[] =>
  [
    'ChangeMessageVisibility',
    'DeleteMessage',
    'GetQueueAttributes',
    'GetQueueUrl',
    'ReceiveMessage',
  ].map((action) => `sqs:${action} ${queue}`);
const READ_STREAM = [
  'DescribeStream',
  'DescribeStreamConsumer',
  'DescribeStreamSummary',
  'GetRecords',
  'GetShardIterator',
  'ListShards',
  'ListStreams',
  'SubscribeToShard',
];
const COUNT = ['BatchGetItem', 'PutItem', 'Query'];

/** All that each function may do, under contracts that ask for nothing but clean records. */
const PERMISSIONS: Readonly<Record<FunctionName, readonly string[]>> = {
  Validate: [...logsAndTraces('StepsValidate'), ...IDEMPOTENCY, ...READ_SOURCE],
  Transform: [...logsAndTraces('StepsTransform'), ...IDEMPOTENCY, ...READ_SOURCE],
  Write: [
    ...logsAndTraces('StepsWrite'),
    ...IDEMPOTENCY,
    ...CLAIM_CONTENTS,
    ...READ_SOURCE,
    ...writeTarget('manifests', 'processed', 'rejected'),
    ...SUPERSEDE,
  ],
  Scan: [...logsAndTraces('StepsScan'), ...IDEMPOTENCY, ...READ_SOURCE],
  Resolve: [...logsAndTraces('StepsResolve'), ...IDEMPOTENCY, ...writeParts('processed')],
  TransformPart: [
    ...logsAndTraces('StepsTransformPart'),
    ...IDEMPOTENCY,
    ...READ_SOURCE,
    ...writeParts('processed'),
    ...writeTarget('staging'),
  ],
  WriteSplit: [
    ...logsAndTraces('StepsWriteSplit'),
    ...CLAIM_CONTENTS,
    ...IDEMPOTENCY,
    ...writeTarget('manifests', 'processed', 'rejected'),
    ...readTarget('processed', 'staging'),
    ...SUPERSEDE,
  ],
  Quarantine: [
    ...logsAndTraces('StepsQuarantine'),
    ...IDEMPOTENCY,
    ...READ_SOURCE,
    ...writeTarget('manifests', 'rejected'),
    ...underTarget('AbortMultipartUpload', ['processed']),
    ...SUPERSEDE,
    'dynamodb:GetItem TablesLedger',
  ],
  Notify: [...logsAndTraces('StepsNotify'), ...IDEMPOTENCY, ...TELL],
  Archive: [
    ...logsAndTraces('StepsArchive'),
    ...IDEMPOTENCY,
    ...READ_SOURCE,
    'dynamodb:UpdateItem TablesLedger',
  ],
  Forward: [
    ...logsAndTraces('AnalyticsForward'),
    'kinesis:PutRecords AnalyticsStream',
    ...readQueue('AnalyticsIncomingQueue'),
    'sqs:SendMessage AnalyticsIncomingDeadLetterQueue',
  ],
  Analyse: [
    ...logsAndTraces('AnalyticsAnalyse'),
    ...COUNT.map((action) => `dynamodb:${action} AnalyticsLiveStats`),
    ...READ_STREAM.map((action) => `kinesis:${action} AnalyticsStream`),
    // Lambda tells it which records were given up.
    ...['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map(
      (action) => `sqs:${action} AnalyticsFailuresQueue`,
    ),
  ],
  Dispatch: [
    ...logsAndTraces('DispatcherDispatch'),
    ...TELL,
    ...readQueue('IngestQueue'),
    'dynamodb:Query TablesLedger',
    'states:StartSyncExecution FilePipelineStateMachine',
  ],
  Reconcile: [
    ...logsAndTraces('ReconciliationReconcile'),
    's3:ListBucketVersions UploadsSourceBucket',
    'dynamodb:BatchGetItem TablesLedger',
    'dynamodb:PutItem TablesLedger',
    // Lambda tells it which runs were given up.
    ...['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map(
      (action) => `sqs:${action} ReconciliationDeadLetterQueue`,
    ),
  ],
  ResolveDay: logsAndTraces('ReportStepsResolveDay'),
  Aggregate: [
    ...logsAndTraces('ReportStepsAggregate'),
    's3:GetObject TargetBucket/manifests/*',
    's3:ListBucket TargetBucket',
    'dynamodb:Query TablesLedger/index/by-arrival',
    'dynamodb:BatchGetItem TablesLedger',
    's3:PutObject ReportsReportsBucket/work/*',
  ],
  Render: [
    ...logsAndTraces('ReportStepsRender'),
    's3:GetObject ReportsReportsBucket/work/*',
    's3:GetObject ReportsReportsBucket/daily-reports/*',
    's3:PutObject ReportsReportsBucket/daily-reports/*',
    's3:ListBucket ReportsReportsBucket',
    'sqs:GetQueueAttributes IngestDeadLetterQueue',
    'dynamodb:BatchGetItem AnalyticsLiveStats',
  ],
  Publish: [
    ...logsAndTraces('ReportStepsPublish'),
    's3:GetObject ReportsReportsBucket/daily-reports/*',
    's3:ListBucket ReportsReportsBucket',
    ...MAIL,
  ],
  MailFailure: [...logsAndTraces('ReportStepsMailFailure'), ...MAIL],
};

it.each(FUNCTIONS)('%s may do just what it needs', (name) => {
  expect(permissionsOf(roleOf(name))).toEqual([...new Set(PERMISSIONS[name])].sort());
});

it('who claims contents or records operations may put nothing else into the ledger', () => {
  const writing = allowed.filter(
    ({ actions, resources }) =>
      actions.includes('dynamodb:PutItem') && resources.includes('TablesLedger'),
  );

  const partitions = [`${CONTENT_PREFIX}*`, `${CONTENT_PREFIX}*`, OPERATIONS_PARTITION];
  expect(writing.map(({ condition }) => condition)).toEqual(
    partitions.map((partition) => ({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partition] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    })),
  );
});

it.each([
  ['FilePipeline', 'Steps'],
  ['DailyReport', 'ReportSteps'],
] as const)(
  'the machine of %s may invoke its functions, and only their current version',
  (machine, steps) => {
    const [role] = resourcesOf(template, 'AWS::IAM::Role').filter(([id]) =>
      id.startsWith(`${machine}StateMachineRole`),
    );
    const invoked = permissionsOf(role![0]).filter((line) => line.startsWith('lambda:'));
    const functions = FUNCTIONS_OF[steps].flatMap((name) => [
      `lambda:InvokeFunction ${steps}${name}`,
      `lambda:InvokeFunction ${steps}${name}:$LATEST`,
    ]);

    expect(invoked).toEqual(functions.sort());
  },
);

describe('what contracts ask for beside clean records', () => {
  const REMOVE = underTarget('DeleteObject', ['manifests', 'processed', 'rejected']);
  const TAG = [
    's3:GetObjectVersionTagging UploadsSourceBucket/*',
    's3:PutObjectVersionTagging UploadsSourceBucket/*',
  ];
  const MOVE = [
    's3:DeleteObjectVersion UploadsSourceBucket/*',
    's3:GetObjectVersionTagging UploadsSourceBucket/*',
    's3:PutObjectTagging TargetBucket/archive/*',
    ...writeTarget('archive'),
  ];

  /** The template under the shipped kind of contract, and under one with these settings as well. */
  function synthesizeWith(...settings: object[]): Template {
    const contracts = [{}, ...settings].map((each, index) => {
      const millrace = { match: [`in/${index}/**`], ...each };
      const fields = [{ name: 'id', type: 'integer' }];
      return parseContract(JSON.stringify({ name: `data-${index}`, fields, millrace }), 'test');
    });
    return synthesize({}, contracts);
  }

  it.each([
    ['onSourceDeleted: remove', [{ onSourceDeleted: 'remove' }], { Dispatch: REMOVE }],
    ['archive: tag', [{ archive: { action: 'tag' } }], { Archive: TAG }],
    ['archive: move', [{ archive: { action: 'move' } }], { Archive: MOVE }],
    [
      'all of them',
      [{ onSourceDeleted: 'remove', archive: { action: 'move' } }, { archive: { action: 'tag' } }],
      { Dispatch: REMOVE, Archive: [...new Set([...MOVE, ...TAG])] },
    ],
  ] as [string, object[], Partial<Record<FunctionName, string[]>>][])(
    'may be done where one says %s, and nothing else',
    (_, settings, granted) => {
      const asked = synthesizeWith(...settings);

      for (const name of FUNCTIONS) {
        expect(permissionsOf(roleOf(name, asked), asked)).toEqual(
          [...new Set([...PERMISSIONS[name], ...(granted[name] ?? [])])].sort(),
        );
      }
    },
  );

  it('leaves Archive and Dispatch the names of what they would use', () => {
    for (const name of ['Archive', 'Dispatch'] as const) {
      expect(variablesOf(template, name)).toHaveProperty('TARGET_BUCKET');
      expect(variablesOf(template, name)).toHaveProperty('LEDGER_TABLE');
    }
  });

  it('under the shipped contracts nobody may delete but what a file had published before', () => {
    const deleting = FUNCTIONS.flatMap((name) =>
      permissionsOf(roleOf(name))
        .filter((line) => line.startsWith('s3:Delete'))
        .map((line) => `${name} ${line}`),
    );

    const superseded = underTarget('DeleteObject', ['processed', 'rejected']);
    const allowed = ['Quarantine', 'Write', 'WriteSplit'].flatMap((name) =>
      superseded.map((line) => `${name} ${line}`),
    );
    expect(deleting.sort()).toEqual(allowed.sort());
  });
});

it('no role has a policy of AWS or of another stack', () => {
  const managed = resourcesOf(template, 'AWS::IAM::Role').filter(
    ([, { Properties }]) => Properties.ManagedPolicyArns !== undefined,
  );

  expect(managed.map(([id]) => id)).toEqual([]);
});

/** Actions of services that know no resources: traces, and the delivery of logs. */
const NO_RESOURCES =
  /^(xray:(Put|GetSampling)\w+|logs:(\w*LogDelivery|\w*LogDeliveries|DescribeLogGroups|(Describe|Put)ResourcePolic(y|ies)))$/;

it('only what knows no resources is allowed on all of them', () => {
  const onAll = allowed.filter(
    ({ resources, principal }) => resources.includes('*') && principal === undefined,
  );

  expect(
    onAll.flatMap(({ actions }) => actions).filter((action) => !NO_RESOURCES.test(action)),
  ).toEqual([]);
});

/** The owner of a key must be able to do everything with it, or else nobody can repair its policy. */
const isKeyOwner = ({ holder, principal }: Statement): boolean =>
  holder.startsWith('TopicsKey') && JSON.stringify(principal).includes(':root');

it('no statement allows all actions of a service', () => {
  const wide = allowed.filter(
    (statement) =>
      !isKeyOwner(statement) && statement.actions.some((action) => /^\*|:\*$/.test(action)),
  );

  expect(wide).toEqual([]);
});
