import type { Report } from '../report.ts';
import { PRICES, TRACE_SAMPLING } from './prices.ts';
import type { Usage } from './usage.ts';

type ServiceCost = Report['cost']['services'][number];

/** What a day costs. */
export interface Cost {
  readonly usd: number;
  /** The dearest first; those that were not used are left out. */
  readonly services: readonly ServiceCost[];
}

const MIB_MILLISECONDS_PER_GIB_SECOND = 1_024 * 1_000;
/** Figures are rounded to this part of a dollar: what is behind it is noise of the calculation. */
const PARTS_OF_DOLLAR = 1e9;

/** What may be set of a deployment, as far as it decides what is paid. */
export interface Billing {
  /** Whether the file pipeline's executions log at level ALL. */
  readonly logsExecutions: boolean;
}

/**
 * Prices what was used, by service. Not in it: storage, data transfer, the idle polls of the queues,
 * KMS, alarms, the analytics, and whoever puts files or reads outputs.
 */
export function costOf(usage: Usage, { logsExecutions }: Billing): Cost {
  const logBytes = usage.logBytes + (logsExecutions ? usage.executionLogBytes : 0);
  const services = [
    lambda(usage),
    express(usage),
    service('Step Functions Standard', usage.standardTransitions * PRICES.standardTransition, [
      counted(usage.standardTransitions, 'transition'),
    ]),
    service('S3', usage.s3Writes * PRICES.s3Write + usage.s3Reads * PRICES.s3Read, [
      counted(usage.s3Writes, 'PUT or LIST request'),
      counted(usage.s3Reads, 'GET request'),
    ]),
    dynamoDb(usage),
    service('SQS', usage.sqsRequests * PRICES.sqsRequest, [counted(usage.sqsRequests, 'request')]),
    service('SNS', usage.snsPublishes * PRICES.snsPublish, [
      counted(usage.snsPublishes, 'publish request'),
    ]),
    service('CloudWatch Logs', (logBytes / 1e9) * PRICES.logGigabyte, [
      `about ${decimal(logBytes / 1e6)} MB`,
    ]),
    xRay(usage),
  ];
  const used = services.filter(({ usd }) => usd > 0).sort((a, b) => b.usd - a.usd);
  return { usd: rounded(used.reduce((sum, { usd }) => sum + usd, 0)), services: used };
}

/** What a million such files would cost; null where there is no file. */
export const usdPerMillion = (usd: number, files: number): number | null =>
  files === 0 ? null : Math.round((usd / files) * 1e8) / 100;

function lambda({ lambdaRequests, lambdaMibMilliseconds }: Usage): ServiceCost {
  const gibSeconds = lambdaMibMilliseconds / MIB_MILLISECONDS_PER_GIB_SECOND;
  const usd = lambdaRequests * PRICES.lambdaRequest + gibSeconds * PRICES.lambdaGibSecond;
  return service('Lambda', usd, [
    counted(lambdaRequests, 'request'),
    `about ${decimal(gibSeconds)} GB-seconds, taken from how long the attempts lasted`,
  ]);
}

function express({ expressRequests, expressMibMilliseconds }: Usage): ServiceCost {
  const gibSeconds = expressMibMilliseconds / MIB_MILLISECONDS_PER_GIB_SECOND;
  const usd = expressRequests * PRICES.expressRequest + gibSeconds * PRICES.expressGibSecond;
  return service('Step Functions Express', usd, [
    counted(expressRequests, 'execution'),
    `${decimal(gibSeconds)} GB-seconds`,
  ]);
}

function dynamoDb({ writeUnits, halfReadUnits }: Usage): ServiceCost {
  const readUnits = halfReadUnits / 2;
  return service('DynamoDB', writeUnits * PRICES.writeUnit + readUnits * PRICES.readUnit, [
    counted(writeUnits, 'write unit'),
    counted(Math.ceil(readUnits), 'read unit'),
  ]);
}

/** Every batch of the queue starts a trace, if it is sampled. */
function xRay({ expressRequests }: Usage): ServiceCost {
  const { perDay, share } = TRACE_SAMPLING;
  const sampled = Math.min(expressRequests, perDay);
  const traces = Math.ceil(sampled + (expressRequests - sampled) * share);
  return service('X-Ray', traces * PRICES.trace, [`at most ${counted(traces, 'trace')}`]);
}

function service(name: string, usd: number, basis: readonly string[]): ServiceCost {
  return { service: name, usd: rounded(usd), basis: basis.join(', ') };
}

const rounded = (usd: number): number => Math.round(usd * PARTS_OF_DOLLAR) / PARTS_OF_DOLLAR;

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

const decimal = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 1 });
