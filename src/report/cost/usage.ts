import * as z from 'zod/mini';

const Count = z.number().check(z.int(), z.nonnegative());

/**
 * What was used of AWS's services, in whole numbers, so that sums do not depend on their order.
 * Durations times memory are in MiB × ms: a day of a million files stays far below 2^53.
 */
export const Usage = z.object({
  /** PUT, COPY, POST and LIST. */
  s3Writes: Count,
  /** GET and all others. */
  s3Reads: Count,
  lambdaRequests: Count,
  lambdaMibMilliseconds: Count,
  expressRequests: Count,
  expressMibMilliseconds: Count,
  standardTransitions: Count,
  sqsRequests: Count,
  snsPublishes: Count,
  /** DynamoDB write request units, of 1 KiB. */
  writeUnits: Count,
  /** DynamoDB read request units in halves: an eventually consistent read of 4 KiB is one. */
  halfReadUnits: Count,
  /** What functions log. */
  logBytes: Count,
  /** What the executions of the file pipeline log at level ALL; less, if they log less. */
  executionLogBytes: Count,
});
export type Usage = z.infer<typeof Usage>;

/** Nothing used. */
export const NO_USAGE: Usage = {
  s3Writes: 0,
  s3Reads: 0,
  lambdaRequests: 0,
  lambdaMibMilliseconds: 0,
  expressRequests: 0,
  expressMibMilliseconds: 0,
  standardTransitions: 0,
  sqsRequests: 0,
  snsPublishes: 0,
  writeUnits: 0,
  halfReadUnits: 0,
  logBytes: 0,
  executionLogBytes: 0,
};

const NAMES = Object.keys(NO_USAGE) as (keyof Usage)[];

/** Adds up what was used; what is not stated is none. */
export function sumOfUsages(...usages: readonly Partial<Usage>[]): Usage {
  const sum = { ...NO_USAGE };
  for (const usage of usages) {
    for (const name of NAMES) sum[name] += usage[name] ?? 0;
  }
  return sum;
}

/** The same, so many times. */
export function timesUsage(usage: Partial<Usage>, times: number): Usage {
  const product = { ...NO_USAGE };
  for (const name of NAMES) product[name] = (usage[name] ?? 0) * times;
  return product;
}
