import { costOf, usdPerMillion } from '../../../src/report/cost/cost-of.ts';
import { PRICES } from '../../../src/report/cost/prices.ts';
import { NO_USAGE, sumOfUsages, timesUsage, type Usage } from '../../../src/report/cost/usage.ts';

const LOGGING = { logsExecutions: true };
const GB_SECONDS = 'GB-seconds, taken from how long the attempts lasted';
const ONE_GIB_SECOND = 1_024 * 1_000;

it('costs nothing when nothing is used', () => {
  expect(costOf(NO_USAGE, LOGGING)).toEqual({ usd: 0, services: [] });
});

it.each<[Partial<Usage>, string, number, string]>([
  [{ s3Writes: 1_000_000 }, 'S3', 5, '1,000,000 PUT or LIST requests, 0 GET requests'],
  [{ s3Reads: 1_000_000 }, 'S3', 0.4, '0 PUT or LIST requests, 1,000,000 GET requests'],
  [{ lambdaRequests: 1_000_000 }, 'Lambda', 0.2, `1,000,000 requests, about 0 ${GB_SECONDS}`],
  [
    { lambdaMibMilliseconds: 1_000 * ONE_GIB_SECOND },
    'Lambda',
    0.0133334,
    `0 requests, about 1,000 ${GB_SECONDS}`,
  ],
  [{ standardTransitions: 1_000 }, 'Step Functions Standard', 0.025, '1,000 transitions'],
  [{ sqsRequests: 1_000_000 }, 'SQS', 0.4, '1,000,000 requests'],
  [{ snsPublishes: 1_000_000 }, 'SNS', 0.5, '1,000,000 publish requests'],
  [{ writeUnits: 1_000_000 }, 'DynamoDB', 0.625, '1,000,000 write units, 0 read units'],
  [{ halfReadUnits: 2_000_000 }, 'DynamoDB', 0.125, '0 write units, 1,000,000 read units'],
  [{ logBytes: 1e9 }, 'CloudWatch Logs', 0.5, 'about 1,000 MB'],
])('prices %j', (usage, service, usd, basis) => {
  const cost = costOf(sumOfUsages(usage), LOGGING);
  expect(cost.services).toEqual([{ service, usd: expect.closeTo(usd, 8) as number, basis }]);
  expect(cost.usd).toBeCloseTo(usd, 8);
});

it.each([
  [true, 0.75],
  [false, 0.5],
])('prices what executions log, if they do (%s)', (logsExecutions, usd) => {
  const usage = sumOfUsages({ logBytes: 1e9, executionLogBytes: 5e8 });
  expect(costOf(usage, { logsExecutions }).usd).toBeCloseTo(usd, 8);
});

it('prices executions with the traces that are recorded of them', () => {
  const { services } = costOf(sumOfUsages({ expressRequests: 1_000_000 }), LOGGING);
  const traces = 86_400 + 0.05 * (1_000_000 - 86_400);
  expect(services).toEqual([
    {
      service: 'Step Functions Express',
      usd: 1,
      basis: '1,000,000 executions, 0 GB-seconds',
    },
    {
      service: 'X-Ray',
      usd: expect.closeTo(traces * PRICES.trace, 6) as number,
      basis: 'at most 132,080 traces',
    },
  ]);
});

it('names the dearest service first', () => {
  const { services } = costOf(
    sumOfUsages({ s3Reads: 10, snsPublishes: 1_000, s3Writes: 1 }),
    LOGGING,
  );
  expect(services.map(({ service }) => service)).toEqual(['SNS', 'S3']);
});

it('knows what a million files would cost, if there is one', () => {
  expect(usdPerMillion(0.002, 100)).toBe(20);
  expect(usdPerMillion(0.002, 0)).toBeNull();
});

it('counts the same twice as twice', () => {
  const usage = { s3Reads: 3, logBytes: 7 };
  expect(timesUsage(usage, 2)).toEqual(sumOfUsages(usage, usage));
});
